//! What an editor is filled with reads back as the same value, for every type, and nothing that is typed breaks it.

use std::collections::BTreeMap;

use porthole::model::datatype::{DataType, EnumMember, Field, IntegerType, NumberType, TextType};
use porthole::model::display;
use porthole::model::entry::{check, parse, to_text};
use porthole::model::value::Value;
use proptest::prelude::*;

proptest! {
    #[test]
    fn what_an_editor_is_filled_with_reads_back((data_type, value) in typed_value()) {
        let text = to_text(&data_type, &value);
        prop_assert_eq!(check(&data_type, &value, None), Ok(()));
        prop_assert_eq!(parse(&data_type, &text), Ok(value), "{}", text);
    }

    #[test]
    fn anything_may_be_typed((data_type, _) in typed_value(), typed in ".{0,40}") {
        if let Err(error) = parse(&data_type, &typed) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn a_damaged_entry_is_refused_or_has_the_right_shape(
        (data_type, value) in typed_value(),
        cut in any::<prop::sample::Index>(),
    ) {
        let text = to_text(&data_type, &value);
        let kept: String = text.chars().take(cut.index(text.len() + 1)).collect();
        if let Ok(read) = parse(&data_type, &kept) {
            prop_assert_eq!(check(&data_type, &read, None), Ok(()));
        }
    }

    #[test]
    fn a_value_is_shown_whatever_its_type_is((data_type, _) in typed_value(), (_, value) in typed_value()) {
        for (text, limit) in [
            (display::show(&value, &data_type), display::CELL_CHARS),
            (display::show_full(&value, &data_type), display::DETAIL_CHARS),
        ] {
            prop_assert!(!text.is_empty());
            prop_assert!(text.chars().count() <= limit);
        }
        prop_assert!(!display::show(&value, &data_type).contains(char::is_control));
        // Nor does it harm to check it.
        let told = check(&data_type, &value, Some((Some(0.0), None))).err().map(|error| error.to_string());
        prop_assert_ne!(told.as_deref(), Some(""));
    }
}

/// A type and a value of it.
fn typed_value() -> impl Strategy<Value = (DataType, Value)> {
    scalar().prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            (inner.clone(), 0..4_usize).prop_map(|((item, value), times)| {
                let array = DataType::Array { item: Box::new(item), min_len: 0, max_len: None };
                (array, Value::Array(vec![value; times]))
            }),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|members| {
                let (types, values) = members.into_iter().unzip();
                (DataType::Tuple(types), Value::Array(values))
            }),
            proptest::collection::btree_map(".{0,5}", (inner, any::<bool>()), 0..4).prop_map(record),
        ]
    })
}

fn scalar() -> impl Strategy<Value = (DataType, Value)> {
    let whole = prop_oneof![any::<i64>().prop_map(i128::from), any::<u64>().prop_map(i128::from)];
    prop_oneof![
        any::<bool>().prop_map(|on| (DataType::Bool, Value::Bool(on))),
        whole.prop_map(|whole| (DataType::Integer(IntegerType::default()), Value::Integer(whole))),
        // A unit that looks like a part of a number must not be taken for the number's unit.
        (number(), prop_oneof![Just("K"), Just("e5"), Just("0"), Just("")]).prop_map(|(number, unit)| {
            (
                DataType::Number(NumberType { unit: unit.into(), ..NumberType::default() }),
                Value::Number(number),
            )
        }),
        (
            proptest::collection::btree_map(any::<i64>(), "[a-z0-9 ü]{1,6}", 1..6),
            any::<prop::sample::Index>()
        )
            .prop_filter_map("names are unique", |(members, index)| one_of(&members, index)),
        any::<String>().prop_map(|text| (DataType::Text(TextType::default()), Value::Text(text))),
        any::<Vec<u8>>().prop_map(|bytes| (DataType::Bytes { min: 0, max: None }, Value::Bytes(bytes))),
        matrix(),
        any::<Vec<(bool, String)>>().prop_map(|json| {
            (DataType::Json, Value::Json(serde_json::to_string(&json).expect("plain data is JSON")))
        }),
    ]
}

fn one_of(members: &BTreeMap<i64, String>, index: prop::sample::Index) -> Option<(DataType, Value)> {
    let names: std::collections::BTreeSet<_> = members.values().collect();
    if names.len() < members.len() {
        return None;
    }
    let members: Vec<_> = members
        .iter()
        .map(|(code, label)| EnumMember { code: *code, label: label.as_str().into() })
        .collect();
    let EnumMember { code, label } = index.get(&members).clone();
    Some((DataType::Enum(members), Value::Enum { code, label: Some(label) }))
}

fn matrix() -> impl Strategy<Value = (DataType, Value)> {
    (1..4_usize, 1..4_usize)
        .prop_flat_map(|(width, height)| {
            (Just(vec![width, height]), proptest::collection::vec(number(), width * height))
        })
        .prop_map(|(shape, elements)| {
            let axes = vec![("x".to_owned(), None), ("y".to_owned(), Some(4))];
            (DataType::Matrix { axes, element: "<f8".into() }, Value::Matrix { shape, elements })
        })
}

/// A record of some fields, of which the optional ones are left out.
fn record(fields: BTreeMap<String, ((DataType, Value), bool)>) -> (DataType, Value) {
    let (mut types, mut values) = (Vec::new(), Vec::new());
    for (name, ((data_type, value), optional)) in fields {
        types.push(Field { name: name.clone(), data_type, optional });
        if !optional {
            values.push((name, value));
        }
    }
    (DataType::Record(types), Value::Record(values))
}

fn number() -> impl Strategy<Value = f64> {
    any::<f64>().prop_filter("only finite numbers can be entered", |number| number.is_finite())
}
