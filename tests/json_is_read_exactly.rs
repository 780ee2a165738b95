//! The reader of JSON against `serde_json` and against public vectors.

use std::path::PathBuf;

use porthole::model::json::{Breaches, Json};
use proptest::prelude::*;

/// What a reader of strict JSON makes of it; `None` where it is no JSON.
fn strict(text: &str) -> Option<serde_json::Value> {
    serde_json::from_str(text).ok()
}

fn tolerant(text: &str) -> Option<String> {
    Json::parse(text, &mut Breaches::default()).ok().map(|json| json.to_text())
}

/// Whether both read the same. `serde_json` is off by the last digit of a double now and then, so this compares
/// with the value that was written.
fn same(json: &Json<'_>, value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (json, value) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(one), Value::Bool(other)) => one == other,
        (Json::Integer(one), Value::Number(other)) => *one.to_string() == other.to_string(),
        (Json::Number(one), Value::Number(other)) => other.as_f64().map(f64::to_bits) == Some(one.to_bits()),
        (Json::Text(one), Value::String(other)) => one == other,
        (Json::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Json::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| one.0 == *other.0 && same(&one.1, other.1))
        }
        _ => false,
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_others_write_is_read_the_same(value in json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let text = text.expect("it can be written");
        let mut breaches = Breaches::default();
        let read = Json::parse(&text, &mut breaches).expect("it is JSON");
        prop_assert!(breaches.is_empty());
        prop_assert!(read.is_strict());
        prop_assert!(same(&read, &value), "{read:?}");
        prop_assert_eq!(tolerant(&read.to_text()), Some(read.to_text()));
        prop_assert!(strict(&read.to_text()).is_some(), "it writes JSON");
        prop_assert!(!read.to_text().contains(['\n', '\r']));
    }

    #[test]
    fn nothing_makes_it_panic(text in "(\\PC|[\\[\\]{}\",:0-9eE.+\\-\\\\unNaIfity \u{0}-\u{1f}]){0,60}") {
        let read = tolerant(&text);
        if strict(&text).is_some() {
            prop_assert!(read.is_some(), "strict JSON is read");
        }
        if let Some(text) = read {
            prop_assert!(tolerant(&text).as_deref() == Some(text.as_str()), "it reads what it writes: {text:?}");
        }
    }
}

#[test]
fn the_public_vectors() {
    let folder = std::env::var_os("PORTHOLE_VECTORS")
        .map_or_else(|| PathBuf::from("../shared/vectors"), PathBuf::from);
    let Ok(files) = std::fs::read_dir(folder.join("json-parsing")) else {
        println!("skipped: no json-parsing in {}", folder.display());
        return;
    };
    let mut count = 0;
    for file in files {
        let path = file.expect("the folder can be read").path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // What is not UTF-8 is refused before anybody looks for JSON in it.
        let Ok(text) = String::from_utf8(std::fs::read(&path).expect("the file can be read")) else {
            assert!(!name.starts_with("y_"), "{name} is UTF-8");
            continue;
        };
        let read = tolerant(&text);
        match name.split('_').next() {
            Some("y") => assert!(read.is_some(), "{name} is JSON: {text:?}"),
            Some("n") => {
                let names_of_numbers =
                    read.iter().any(|read| read.contains("NaN") || read.contains("Infinity"));
                assert!(read.is_none() || names_of_numbers, "{name} is no JSON: {text:?}");
            }
            _ => {}
        }
        count += 1;
    }
    assert!(count > 100, "{count} vectors");
}
