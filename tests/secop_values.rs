//! Datainfo: every type, what it makes of what comes, and that what is written is read the same.

use porthole::model::datatype::{DataType, EnumMember};
use porthole::model::format::{NumberFormat, NumberStyle};
use porthole::model::json::{Breaches, Json};
use porthole::model::value::Value;
use porthole::protocol::secop::datainfo::{DataInfo, Warnings};
use porthole::protocol::secop::violation::{Rule, Violations};
use proptest::prelude::*;

fn json(text: &str) -> Json<'_> {
    Json::parse(text, &mut Breaches::default()).expect("the tests give JSON")
}

fn parse(text: &str) -> (DataInfo, Vec<String>) {
    let mut warnings = Warnings::default();
    let datainfo = DataInfo::parse(&json(text), "K", "m:p", &mut warnings);
    (datainfo, warnings.into_texts())
}

fn sound(text: &str) -> DataInfo {
    let (datainfo, warnings) = parse(text);
    assert_eq!(warnings, [""; 0], "{text}");
    datainfo
}

fn decode(datainfo: &DataInfo, text: &str) -> (Value, Vec<Rule>) {
    let mut violations = Violations::default();
    let value = datainfo.decode(&json(text), &mut violations);
    (value, violations.iter().collect())
}

const ENUM: &str = r#"{"type": "enum", "members": {"off": 0, "on": 1, "auto": -1}}"#;

fn member(code: i64, label: Option<&str>) -> Value {
    Value::Enum { code, label: label.map(Into::into) }
}

fn unread(text: &str) -> Value {
    Value::Json(text.into())
}

#[test]
fn values_that_fit_and_values_that_do_not() {
    let struct_ = r#"{"type": "struct", "members": {"p": {"type": "double"}, "on": {"type": "bool"}}}"#;
    let tuple = r#"{"type": "tuple", "members": [{"type": "int"}, {"type": "string"}]}"#;
    let array = r#"{"type": "array", "maxlen": 3, "members": {"type": "double"}}"#;
    let matrix = r#"{"type": "matrix", "names": ["x", "y"], "maxlen": [9, 9], "elementtype": "<u2"}"#;
    let record = |on: Value| Value::Record(vec![("p".into(), Value::Number(2.0)), ("on".into(), on)]);
    let cases: Vec<(&str, &str, Value, &[Rule])> = vec![
        (r#"{"type": "double"}"#, "1.5", Value::Number(1.5), &[]),
        (r#"{"type": "double", "max": 10}"#, "11", Value::Number(11.0), &[]),
        (r#"{"type": "double"}"#, "\"1.5\"", unread("\"1.5\""), &[Rule::Mismatch]),
        (r#"{"type": "double"}"#, "null", Value::Null, &[Rule::NoValue]),
        (r#"{"type": "scaled", "scale": 0.5, "min": 0, "max": 9}"#, "3", Value::Number(1.5), &[]),
        (
            r#"{"type": "scaled", "scale": 0.5, "min": 0, "max": 9}"#,
            "2.5",
            Value::Number(1.25),
            &[Rule::Fraction],
        ),
        (r#"{"type": "int", "min": 0, "max": 9}"#, "5", Value::Integer(5), &[]),
        (r#"{"type": "int", "min": 0, "max": 9}"#, "5.0", Value::Integer(5), &[]),
        (r#"{"type": "int"}"#, "18446744073709551615", Value::Integer(u64::MAX.into()), &[]),
        (r#"{"type": "int"}"#, "5.5", Value::Number(5.5), &[Rule::Fraction]),
        (r#"{"type": "int"}"#, "true", unread("true"), &[Rule::Mismatch]),
        (
            r#"{"type": "int"}"#,
            "1234567890123456789012345678901234567890",
            unread("1234567890123456789012345678901234567890"),
            &[Rule::Mismatch],
        ),
        (r#"{"type": "bool"}"#, "true", Value::Bool(true), &[]),
        (r#"{"type": "bool"}"#, "0", Value::Bool(false), &[Rule::NumberForBool]),
        (r#"{"type": "bool"}"#, "2", unread("2"), &[Rule::Mismatch]),
        (ENUM, "-1", member(-1, Some("auto")), &[]),
        (ENUM, "1.0", member(1, Some("on")), &[]),
        (ENUM, "\"on\"", member(1, Some("on")), &[]),
        (ENUM, "17", member(17, None), &[Rule::UnknownMember]),
        (ENUM, "\"none\"", unread("\"none\""), &[Rule::Mismatch]),
        (r#"{"type": "string"}"#, r#""gr\u00fc\u00dfe \n x""#, Value::Text("grüße \n x".into()), &[]),
        (r#"{"type": "string"}"#, "5", unread("5"), &[Rule::Mismatch]),
        (r#"{"type": "blob", "maxbytes": 9}"#, "\"AAEC\"", Value::Bytes(vec![0, 1, 2]), &[]),
        (r#"{"type": "blob", "maxbytes": 9}"#, "\"AP8\"", Value::Bytes(vec![0, 255]), &[]),
        (r#"{"type": "blob", "maxbytes": 9}"#, "\"AP\\n8=\"", Value::Bytes(vec![0, 255]), &[]),
        (r#"{"type": "blob", "maxbytes": 9}"#, "\"***\"", unread("\"***\""), &[Rule::Mismatch]),
        (array, "[1, 2]", Value::Array(vec![Value::Number(1.0), Value::Number(2.0)]), &[]),
        (array, "[1, []]", Value::Array(vec![Value::Number(1.0), unread("[]")]), &[Rule::Mismatch]),
        (array, "5", unread("5"), &[Rule::Mismatch]),
        (tuple, "[3, \"a\"]", Value::Array(vec![Value::Integer(3), Value::Text("a".into())]), &[]),
        (tuple, "[3]", unread("[3]"), &[Rule::Mismatch]),
        (struct_, r#"{"p": 2, "on": true}"#, record(Value::Bool(true)), &[]),
        (struct_, r#"{"p": 2, "on": "x"}"#, record(unread("\"x\"")), &[Rule::Mismatch]),
        (struct_, "[2, true]", unread("[2,true]"), &[Rule::Mismatch]),
        (
            matrix,
            r#"{"len": [1, 2], "blob": "AQACAA=="}"#,
            Value::Matrix { shape: vec![1, 2], elements: vec![1.0, 2.0] },
            &[],
        ),
        (
            matrix,
            r#"{"len": [9, 9], "blob": "AQA="}"#,
            unread(r#"{"len":[9,9],"blob":"AQA="}"#),
            &[Rule::Mismatch],
        ),
    ];
    for (datainfo, text, value, rules) in cases {
        assert_eq!(decode(&sound(datainfo), text), (value, rules.to_vec()), "{datainfo} of {text}");
    }
}

#[test]
fn what_is_not_understood_stays_json_with_a_warning() {
    for (text, warnings) in [
        ("{}", 1),
        ("5", 1),
        (r#"{"type": "quaternion"}"#, 1),
        (r#"{"type": "scaled"}"#, 1),
        (r#"{"type": "scaled", "scale": 0}"#, 1),
        (r#"{"type": "tuple"}"#, 1),
        (r#"{"type": "struct", "members": []}"#, 1),
        (r#"{"type": "matrix", "names": ["x"], "elementtype": "<f2"}"#, 1),
        (r#"{"type": "matrix", "names": ["x"], "elementtype": "<f4", "compression": "zip"}"#, 1),
        (r#"{"type": "matrix", "elementtype": "<f4"}"#, 1),
    ] {
        let (datainfo, told) = parse(text);
        assert_eq!((&datainfo, told.len()), (&DataInfo::Generic, warnings), "{text}: {told:?}");
        assert_eq!(decode(&datainfo, "[1, {\"a\": NaN}]").0, unread("[1,{\"a\":NaN}]"));
        assert_eq!(datainfo.data_type(), DataType::Json);
    }
}

#[test]
fn a_broken_part_does_not_take_the_rest_with_it() {
    let (datainfo, warnings) = parse(
        r#"{"type": "struct", "members": {"a": {"type": "quaternion"}, "b": {"type": "int", "min": "low", "max": 9}}}"#,
    );
    assert_eq!(warnings.len(), 2);
    let fields = Value::Record(vec![("a".into(), unread("[1]")), ("b".into(), Value::Integer(3))]);
    assert_eq!(decode(&datainfo, r#"{"a": [1], "b": 3}"#), (fields, vec![]));
}

#[test]
fn describing_keys_become_limits_units_and_formats() {
    let DataType::Number(number) =
        sound(r#"{"type": "double", "min": -1, "max": 2.5, "unit": "$/min", "fmtstr": "%.3f"}"#).data_type()
    else {
        panic!("a number")
    };
    assert_eq!((number.min, number.max, number.unit.as_str()), (Some(-1.0), Some(2.5), "K/min"));
    assert_eq!(number.format, NumberFormat { style: NumberStyle::Fixed, digits: 3 });
    for (scale, digits) in [("0.1", 1), ("0.01", 2), ("0.25", 1), ("1", 0), ("100", 0), ("0.002", 3)] {
        let text = format!(r#"{{"type": "scaled", "scale": {scale}, "min": 0, "max": 10}}"#);
        let DataType::Number(number) = sound(&text).data_type() else { panic!("a number") };
        assert_eq!(number.format, NumberFormat { style: NumberStyle::Fixed, digits }, "{scale}");
        let scale: f64 = scale.parse().expect("a number");
        assert_eq!((number.max, number.step), (Some(10.0 * scale), Some(scale)));
    }
    let (datainfo, warnings) = parse(r#"{"type": "double", "fmtstr": "%d"}"#);
    let DataType::Number(number) = datainfo.data_type() else { panic!("a number") };
    assert_eq!((number.format, warnings.len()), (NumberFormat::default(), 1));
    let DataType::Enum(members) = sound(ENUM).data_type() else { panic!("a list") };
    assert_eq!(members[2], EnumMember { code: -1, label: "auto".into() });
    let DataType::Text(text) = sound(r#"{"type": "string", "maxchars": 9}"#).data_type() else {
        panic!("a text")
    };
    assert_eq!((text.max_chars, text.ascii), (Some(9), true));
    let element =
        sound(r#"{"type": "matrix", "names": ["x", "y"], "maxlen": [3], "elementtype": ">f8"}"#).data_type();
    let axes = vec![("x".to_owned(), Some(3)), ("y".to_owned(), None)];
    assert_eq!(element, DataType::Matrix { axes, element: ">f8".into() });
}

#[test]
fn what_is_written() {
    let struct_ = r#"{"type": "struct", "members": {"p": {"type": "double"}, "i": {"type": "int"}}, "optional": ["i"]}"#;
    let p = |value: Value| Value::Record(vec![("p".into(), value)]);
    let cases: Vec<(&str, Value, Result<&str, &str>)> = vec![
        (r#"{"type": "double"}"#, Value::Number(0.1), Ok("0.1")),
        (r#"{"type": "double"}"#, Value::Number(1e300), Ok("1e300")),
        (r#"{"type": "double"}"#, Value::Integer(300), Ok("300")),
        (r#"{"type": "double"}"#, Value::Number(f64::NAN), Err("NaN and the infinities cannot be sent")),
        (r#"{"type": "double"}"#, Value::Null, Err("a value of another type is wanted: a number")),
        (r#"{"type": "scaled", "scale": 0.1}"#, Value::Number(12.34), Ok("123")),
        (r#"{"type": "scaled", "scale": 0.1}"#, Value::Number(-12.36), Ok("-124")),
        (r#"{"type": "scaled", "scale": 1e-300}"#, Value::Number(1.0), Err("the number does not fit")),
        (r#"{"type": "int"}"#, Value::Integer(i64::MIN.into()), Ok("-9223372036854775808")),
        (r#"{"type": "int"}"#, Value::Number(5.0), Ok("5")),
        (r#"{"type": "int"}"#, Value::Number(5.5), Err("a value of another type is wanted: a whole number")),
        (r#"{"type": "bool"}"#, Value::Bool(false), Ok("false")),
        (ENUM, member(-1, None), Ok("-1")),
        (ENUM, Value::Text("auto".into()), Ok("-1")),
        (ENUM, Value::Text("none".into()), Err("\"none\" is not one of the list")),
        (r#"{"type": "string"}"#, Value::Text("grüße \"☃\" \n\u{1}".into()), Ok(r#""grüße \"☃\" \n\u0001""#)),
        (r#"{"type": "blob", "maxbytes": 9}"#, Value::Bytes(vec![0, 255]), Ok("\"AP8=\"")),
        (struct_, p(Value::Number(2.0)), Ok(r#"{"p":2.0}"#)),
        (struct_, Value::Record(vec![]), Err("\"p\" is missing")),
        (struct_, p(Value::Bool(true)), Err("a value of another type is wanted: a number")),
        (
            struct_,
            Value::Record(vec![("p".into(), Value::Integer(1)), ("q".into(), Value::Integer(1))]),
            Err("\"q\" is not a member"),
        ),
        (r#"{"type": "tuple", "members": []}"#, Value::Array(vec![]), Ok("[]")),
        (
            r#"{"type": "tuple", "members": []}"#,
            Value::Array(vec![Value::Null]),
            Err("0 elements are wanted, not 1"),
        ),
    ];
    for (datainfo, value, wanted) in cases {
        let written = sound(datainfo).encode(&value).map_err(|error| error.to_string());
        assert_eq!(written, wanted.map(Into::into).map_err(Into::into), "{datainfo} of {value:?}");
    }
    let generic = |text: &str| DataInfo::Generic.encode(&unread(text)).map_err(|error| error.to_string());
    assert_eq!(generic("{ \"a\":\n [1, 2.50] }"), Ok("{\"a\":[1,2.5]}".to_owned()));
    assert_eq!(generic("[NaN]"), Err("NaN and the infinities cannot be sent".to_owned()));
    assert_eq!(generic("{a}"), Err("not JSON: expected a member's name in quotes at byte 1".to_owned()));
}

/// A datainfo as a node would describe it, and a value that fits.
fn fitting() -> impl Strategy<Value = (String, Value)> {
    let finite = || any::<f64>().prop_filter("finite", |number| number.is_finite());
    let leaf = prop_oneof![
        finite().prop_map(|number| (r#"{"type":"double"}"#.to_owned(), Value::Number(number))),
        // The number of steps comes back as long as it is well below 2^53.
        (-(1_i64 << 50)..(1_i64 << 50), prop::sample::select(vec![0.1, 0.25, 1e-9, 3.0, 1e6])).prop_map(
            |(steps, scale)| {
                (format!(r#"{{"type":"scaled","scale":{scale:?}}}"#), Value::Number(steps as f64 * scale))
            }
        ),
        any::<i64>().prop_map(|whole| (r#"{"type":"int"}"#.to_owned(), Value::Integer(whole.into()))),
        any::<u64>().prop_map(|whole| (r#"{"type":"int"}"#.to_owned(), Value::Integer(whole.into()))),
        any::<bool>().prop_map(|on| (r#"{"type":"bool"}"#.to_owned(), Value::Bool(on))),
        any::<String>().prop_map(|text| (r#"{"type":"string"}"#.to_owned(), Value::Text(text))),
        prop::collection::vec(any::<u8>(), 0..40)
            .prop_map(|bytes| (r#"{"type":"blob","maxbytes":40}"#.to_owned(), Value::Bytes(bytes))),
        prop::sample::select(vec![("off", 0), ("on", 1), ("auto", -1)])
            .prop_map(|(label, code)| (ENUM.to_owned(), member(code, Some(label)))),
        (prop::sample::select(vec!["<i4", ">i4", "<f8", ">f8", "<u2", ">u1"]), 0..5_usize, 0..5_usize).prop_flat_map(
            |(element, width, height)| {
                prop::collection::vec((0..200_u8).prop_map(f64::from), width * height).prop_map(move |elements| {
                    let info = format!(r#"{{"type":"matrix","names":["x","y"],"maxlen":[9,9],"elementtype":"{element}"}}"#);
                    (info, Value::Matrix { shape: vec![width, height], elements })
                })
            }
        ),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            (inner.clone(), 0..4_usize).prop_map(|((info, value), count)| {
                (
                    format!(r#"{{"type":"array","maxlen":9,"members":{info}}}"#),
                    Value::Array(vec![value; count]),
                )
            }),
            prop::collection::vec(inner.clone(), 0..4).prop_map(|members| {
                let (infos, values): (Vec<_>, Vec<_>) = members.into_iter().unzip();
                (format!(r#"{{"type":"tuple","members":[{}]}}"#, infos.join(",")), Value::Array(values))
            }),
            prop::collection::vec(inner, 0..4).prop_map(|members| {
                let infos: Vec<_> = members
                    .iter()
                    .enumerate()
                    .map(|(index, (info, _))| format!("\"m{index}\":{info}"))
                    .collect();
                let fields =
                    members.into_iter().enumerate().map(|(index, (_, value))| (format!("m{index}"), value));
                (
                    format!(r#"{{"type":"struct","members":{{{}}}}}"#, infos.join(",")),
                    Value::Record(fields.collect()),
                )
            }),
        ]
    })
}

/// JSON that may or may not be a datainfo or a value.
fn anything() -> impl Strategy<Value = String> {
    let words = vec![
        "null",
        "true",
        "0",
        "1",
        "-1",
        "5.5",
        "1e400",
        "NaN",
        "\"\"",
        "\"on\"",
        "\"AAEC\"",
        "\"<f4\"",
        "99999999999999999999",
    ];
    let types = vec![
        "double", "scaled", "int", "bool", "enum", "string", "blob", "array", "tuple", "struct", "matrix",
        "command", "x",
    ];
    let keys = vec![
        "members",
        "min",
        "max",
        "scale",
        "unit",
        "fmtstr",
        "maxlen",
        "names",
        "elementtype",
        "optional",
        "len",
        "blob",
        "a",
    ];
    prop::sample::select(words).prop_map(str::to_owned).prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|items| format!("[{}]", items.join(","))),
            (
                prop::sample::select(types.clone()),
                prop::collection::vec((prop::sample::select(keys.clone()), inner), 0..5)
            )
                .prop_map(|(name, members)| {
                    let members: Vec<_> =
                        members.iter().map(|(key, value)| format!(",\"{key}\":{value}")).collect();
                    format!("{{\"type\":\"{name}\"{}}}", members.concat())
                }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_the_same((info, value) in fitting()) {
        let datainfo = sound(&info);
        let written = datainfo.encode(&value).expect("it fits");
        prop_assert!(!written.contains(['\n', '\r']));
        let (read, rules) = decode(&datainfo, &written);
        prop_assert_eq!(rules, vec![]);
        prop_assert_eq!(read, value);
    }

    #[test]
    fn nothing_makes_it_panic(info in anything(), value in anything()) {
        let (datainfo, _warnings) = parse(&info);
        let (read, rules) = decode(&datainfo, &value);
        // What was read without a breach can be written again, unless JSON has no word for it.
        if rules.is_empty()
            && let Ok(written) = datainfo.encode(&read)
        {
            prop_assert!(Json::parse(&written, &mut Breaches::default()).is_ok());
        }
        let _: DataType = datainfo.data_type();
    }
}
