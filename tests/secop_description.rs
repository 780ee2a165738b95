//! From what a node says of itself to a catalog: old and new, whole and broken.

use porthole::model::catalog::{Access, Catalog, Channel, CommandRole, Group, Level, LimitSource, Role};
use porthole::model::datatype::DataType;
use porthole::model::value::Value;
use porthole::protocol::secop::description::{Description, LIMIT};
use porthole::protocol::secop::violation::Violations;
use proptest::prelude::*;

const FRAPPY: &str = include_str!("data/secop/frappy_describe.json");
/// In the manner of nodes from before 1.0, made with a graphical language: lists named `order`, `pollinterval` at accessibles.
const LABVIEW: &str = include_str!("data/secop/labview_describe.json");

fn catalog(text: &str) -> Catalog {
    Description::parse(text, &mut Violations::default()).expect("a description").catalog
}

/// A catalog of one module `m` with these properties and accessibles.
fn module(properties: &str, accessibles: &str) -> Catalog {
    catalog(&format!("{{\"modules\": {{\"m\": {{{properties} \"accessibles\": {{{accessibles}}}}}}}}}"))
}

fn group<'a>(catalog: &'a Catalog, path: &str) -> &'a Group {
    catalog.groups.iter().find(|group| group.path == path).expect("the module is described")
}

fn channel<'a>(catalog: &'a Catalog, path: &str) -> &'a Channel {
    catalog.channels.iter().find(|channel| channel.path == path).expect("the parameter is described")
}

fn fact<'a>(facts: &'a [(String, String)], name: &str) -> Option<&'a str> {
    facts.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[test]
fn a_real_description_is_understood_as_a_whole() {
    let catalog = catalog(FRAPPY);
    assert_eq!(catalog.warnings, [""; 0]);
    assert_eq!(catalog.title, "peer.test");
    assert_eq!(catalog.description, "our own test node\n\nfor the browser client");
    assert_eq!(fact(&catalog.facts, "firmware"), Some("FRAPPY 0.20.9"));
    let paths: Vec<_> = catalog.groups.iter().map(|group| group.path.as_str()).collect();
    assert_eq!(paths, ["cryo", "fast", "flaky", "types", "nan", "bare"]);

    let cryo = group(&catalog, "cryo");
    assert_eq!(
        (cryo.title.as_str(), cryo.within.as_slice(), cryo.importance),
        ("a cryostat", &["sample".to_owned()][..], 20)
    );
    assert_eq!(fact(&cryo.facts, "class"), Some("Drivable"));
    assert_eq!(fact(&cryo.facts, "meaning"), Some("temperature"));
    let names: Vec<_> = cryo.channels.iter().map(|&index| catalog.channels[index].name.as_str()).collect();
    assert_eq!(names, ["value", "status", "target", "pollinterval", "ramp"]);
    let roles: Vec<_> = cryo.channels.iter().map(|&index| catalog.channels[index].role).collect();
    assert_eq!(roles, [Role::Main, Role::Status, Role::Target, Role::Parameter, Role::Parameter]);
    assert_eq!(channel(&catalog, "cryo/ramp").section, "control");
    assert_eq!(channel(&catalog, "cryo/target").access, Access::ReadWrite);
    assert_eq!(channel(&catalog, "cryo/value").access, Access::Read);
    let stop = &catalog.commands[cryo.commands[0]];
    assert_eq!((stop.path.as_str(), stop.role, stop.callable), ("cryo/stop", CommandRole::Stop, true));

    let types = group(&catalog, "types");
    assert_eq!(types.level, Level::Advanced);
    assert_eq!(channel(&catalog, "types/_expert").level, Level::Expert);
    assert_eq!(channel(&catalog, "types/_d").level, Level::Advanced, "the module's level narrows");
    let constant = channel(&catalog, "types/_const").constant.as_ref().and_then(Value::as_number);
    assert_eq!(constant.map(|number| number.to_string()).as_deref(), Some("3.14"));
    assert_eq!(fact(&group(&catalog, "bare").facts, "class"), Some("generic"));
}

#[test]
fn a_description_of_before_1_0_is_understood() {
    let catalog = catalog(LABVIEW);
    assert_eq!(catalog.warnings, [""; 0]);
    assert_eq!(catalog.channels.len(), 27);
    let mass = channel(&catalog, "mass_spec/_mass_7");
    assert_eq!((mass.data_type.unit(), mass.section.as_str()), ("mbar", "bar scan"));
    assert_eq!(channel(&catalog, "mass_spec/_spectrum").data_type.unit(), "mbar");
    assert!(
        matches!(&channel(&catalog, "mass_spec/_device").data_type, DataType::Record(fields) if fields.len() == 4)
    );
    assert!(channel(&catalog, "mass_spec/target").write_hint.contains("go"));
}

#[test]
fn a_module_is_called_by_its_short_headline_or_its_name() {
    let title = |description: &str| {
        group(&module(&format!("\"description\": \"{description}\","), ""), "m").title.clone()
    };
    assert_eq!(title("Sample temperature\\n\\nof the insert"), "Sample temperature");
    assert_eq!(title("a long sentence that explains at length what this module is about"), "m");
    assert_eq!(title(""), "m");
}

#[test]
fn meaning_and_groups_in_old_and_new_form() {
    let old = module(r#""meaning": ["temperature", 20], "group": "sample: stick","#, "");
    let new = module(r#""meaning": {"function": "temperature", "importance": 90, "key": "x"},"#, "");
    assert_eq!(fact(&group(&old, "m").facts, "meaning"), fact(&group(&new, "m").facts, "meaning"));
    assert_eq!((group(&old, "m").importance, group(&new, "m").importance), (20, 50));
    assert_eq!(group(&old, "m").within, ["sample", "stick"]);
    assert_eq!(group(&module("\"meaning\": 5, \"group\": 7,", ""), "m").importance, 0);
}

#[test]
fn the_first_known_interface_class_counts() {
    for (classes, class) in [
        (r#"["MyDrive", "Drivable", "Readable"]"#, "Drivable"),
        (r#"["Communicator"]"#, "Communicator"),
        (r#"["AcquisitionController"]"#, "AcquisitionController"),
        ("[]", "generic"),
        (r#"["Unknown", 5]"#, "generic"),
        ("\"Drivable\"", "generic"),
    ] {
        let catalog = module(&format!("\"interface_classes\": {classes},"), "");
        assert_eq!(fact(&group(&catalog, "m").facts, "class"), Some(class), "{classes}");
    }
}

#[test]
fn limits_that_change_are_found() {
    let double = r#"{"datainfo": {"type": "double"}, "readonly": false}"#;
    let accessibles: Vec<_> = ["target_limits", "target", "ramp", "ramp_max", "ramp_min", "_x", "_x_min"]
        .iter()
        .map(|name| format!("\"{name}\": {double}"))
        .collect();
    let catalog = module("", &accessibles.join(","));
    assert_eq!(channel(&catalog, "m/target").limits, Some(LimitSource::Pair(0)));
    assert_eq!(
        channel(&catalog, "m/ramp").limits,
        Some(LimitSource::Separate { min: Some(4), max: Some(3) })
    );
    assert_eq!(channel(&catalog, "m/_x").limits, Some(LimitSource::Separate { min: Some(6), max: None }));
    assert_eq!(channel(&catalog, "m/ramp_max").limits, None);
}

#[test]
fn who_may_write_is_the_stricter_of_all() {
    for (module_visibility, visibility, readonly, access, level) in [
        ("www", "www", "false", Access::ReadWrite, Level::User),
        ("www", "www", "true", Access::Read, Level::User),
        ("rrr", "www", "false", Access::Read, Level::User),
        ("ww-", "wwr", "false", Access::ReadWrite, Level::Advanced),
        ("expert", "user", "false", Access::ReadWrite, Level::Expert),
        ("---", "user", "false", Access::Read, Level::Hidden),
        ("nonsense", "advanced", "false", Access::ReadWrite, Level::Advanced),
    ] {
        let accessible = format!(
            r#""p": {{"datainfo": {{"type": "int"}}, "visibility": "{visibility}", "readonly": {readonly}}}"#
        );
        let catalog = module(&format!("\"visibility\": \"{module_visibility}\","), &accessible);
        let channel = channel(&catalog, "m/p");
        assert_eq!(
            (channel.access, channel.level),
            (access, level),
            "{module_visibility} {visibility} {readonly}"
        );
    }
}

#[test]
fn what_is_broken_is_warned_of_and_the_rest_is_used() {
    let catalog = catalog(
        r#"{"modules": {"a": {"accessibles": {"value": {}, "x y": {"datainfo": {"type": "int"}},
            "1st": {"datainfo": {"type": "int"}}, "z": 5}}, "b": {"accessibles": 7}, "c": 9, "d e": {}, "a": {}},
            "description": 5}"#,
    );
    let paths: Vec<_> = catalog.channels.iter().map(|channel| channel.path.as_str()).collect();
    assert_eq!(paths, ["a/value", "a/1st", "a/z"]);
    assert_eq!(catalog.groups.len(), 3);
    assert_eq!(channel(&catalog, "a/value").data_type, DataType::Json);
    let about = |words: &str| catalog.warnings.iter().any(|warning| warning.contains(words));
    for words in [
        "cannot be sent",
        "no name by",
        "no datainfo",
        "accessibles are no object",
        "no accessibles",
        "twice",
        "no string",
    ] {
        assert!(about(words), "{words} in {:?}", catalog.warnings);
    }
}

#[test]
fn numbers_and_texts_are_bounded() {
    let accessibles: Vec<_> = (0..LIMIT + 5)
        .map(|index| format!("\"p{index}\": {{\"datainfo\": {{\"type\": \"int\"}}}}"))
        .collect();
    let many = module("", &accessibles.join(","));
    assert_eq!(many.channels.len(), LIMIT);
    assert!(many.warnings.iter().any(|warning| warning.contains("too many")));
    let long = module(&format!("\"description\": \"{}\",", "ü".repeat(1 << 20)), "");
    assert!(group(&long, "m").description.len() < 100_000);
    assert!(long.warnings.iter().any(|warning| warning.contains("too long")));
    let broken: Vec<_> = (0..1000).map(|index| format!("\"p{index}\": {{}}")).collect();
    assert!(module("", &broken.join(",")).warnings.len() <= 101);
}

#[test]
fn the_node_says_how_long_it_may_take() {
    for (timeout, seconds) in
        [("3", 3.0), ("0.5", 0.5), ("0", 10.0), ("-1", 10.0), ("\"x\"", 10.0), ("1e9", 3600.0), ("NaN", 10.0)]
    {
        let text = format!("{{\"timeout\": {timeout}, \"modules\": {{}}}}");
        let node = Description::parse(&text, &mut Violations::default()).expect("a description");
        assert!((node.timeout.as_secs_f64() - seconds).abs() < 1e-9, "{timeout}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    /// A real description with a piece cut out, doubled or overwritten.
    #[test]
    fn nothing_makes_it_panic(start in 0_usize..7000, length in 0_usize..200, piece in "(\\PC|[\\[\\]{}\",:0-9]){0,20}") {
        let start = start.min(FRAPPY.len());
        let end = (start + length).min(FRAPPY.len());
        if FRAPPY.is_char_boundary(start) && FRAPPY.is_char_boundary(end) {
            let text = format!("{}{piece}{}", &FRAPPY[..start], &FRAPPY[end..]);
            if let Ok(node) = Description::parse(&text, &mut Violations::default()) {
                prop_assert_eq!(node.catalog.channels.len(), node.parameters.len());
                prop_assert_eq!(node.catalog.commands.len(), node.commands.len());
                prop_assert_eq!(node.catalog.groups.len(), node.modules.len());
            }
        }
    }
}
