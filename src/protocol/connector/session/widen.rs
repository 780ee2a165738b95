//! The type that holds for all that a channel has said so far.

use crate::model::datatype::{DataType, EnumMember, IntegerType, NumberType};

/// The type for what a channel has said and for what it says now; `None` where the old one holds for both.
pub(super) fn widened(old: &DataType, new: &DataType) -> Option<DataType> {
    if old == new {
        return None;
    }
    match (old, new) {
        (DataType::Number(old), DataType::Number(new)) => {
            let unit = other_unit(&old.unit, &new.unit)?;
            Some(DataType::Number(NumberType { unit, ..new.clone() }))
        }
        (DataType::Number(old), DataType::Integer(new)) => {
            let unit = other_unit(&old.unit, &new.unit)?;
            Some(DataType::Number(NumberType { unit, ..old.clone() }))
        }
        (DataType::Integer(old), DataType::Integer(new)) => {
            let unit = other_unit(&old.unit, &new.unit)?;
            Some(DataType::Integer(IntegerType { unit, ..new.clone() }))
        }
        (DataType::Integer(old), DataType::Number(new)) => {
            let unit = if new.unit.is_empty() { &old.unit } else { &new.unit };
            Some(DataType::Number(NumberType { unit: unit.clone(), ..new.clone() }))
        }
        (DataType::Enum(old), DataType::Enum(new)) => together(old, new),
        (DataType::Integer(_), DataType::Enum(_)) => Some(new.clone()),
        (DataType::Array { item: old, .. }, DataType::Array { item: new, .. }) => {
            let item = Box::new(widened(old, new)?);
            Some(DataType::Array { item, min_len: 0, max_len: None })
        }
        // A number without a name, and texts and bytes of another length.
        (DataType::Enum(_), DataType::Integer(_))
        | (DataType::Text(_), DataType::Text(_))
        | (DataType::Bytes { .. }, DataType::Bytes { .. })
        | (DataType::Json, _) => None,
        (
            DataType::Bool
            | DataType::Number(_)
            | DataType::Integer(_)
            | DataType::Enum(_)
            | DataType::Text(_)
            | DataType::Bytes { .. }
            | DataType::Array { .. }
            | DataType::Tuple(_)
            | DataType::Record(_)
            | DataType::Matrix { .. },
            _,
        ) => Some(DataType::Json),
    }
}

/// The new unit, if it is another one. Limits that differ from message to message are not worth a new type.
fn other_unit(old: &str, new: &str) -> Option<String> {
    (!new.is_empty() && old != new).then(|| new.to_owned())
}

/// The members of both; `None` where the new ones are all known.
fn together(old: &[EnumMember], new: &[EnumMember]) -> Option<DataType> {
    let mut members = old.to_vec();
    for member in new {
        match members.iter_mut().find(|known| known.code == member.code) {
            Some(known) => known.clone_from(member),
            None => members.push(member.clone()),
        }
    }
    (members != old).then_some(DataType::Enum(members))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::datatype::TextType;

    fn number(unit: &str) -> DataType {
        DataType::Number(NumberType { unit: unit.to_owned(), ..NumberType::default() })
    }

    fn integer(unit: &str) -> DataType {
        DataType::Integer(IntegerType { unit: unit.to_owned(), ..IntegerType::default() })
    }

    fn states(members: &[(i64, &str)]) -> DataType {
        let members =
            members.iter().map(|(code, label)| EnumMember { code: *code, label: Arc::from(*label) });
        DataType::Enum(members.collect())
    }

    #[test]
    fn a_type_grows_as_little_as_it_must() {
        let text = DataType::Text(TextType::default());
        for (old, new, expected) in [
            (number("V"), number("V"), None),
            (number("V"), number(""), None),
            (number(""), number("V"), Some(number("V"))),
            (number("V"), integer(""), None),
            (integer("V"), number(""), Some(number("V"))),
            (integer(""), states(&[(0, "off")]), Some(states(&[(0, "off")]))),
            (states(&[(0, "off")]), integer(""), None),
            (states(&[(0, "off")]), states(&[(1, "on")]), Some(states(&[(0, "off"), (1, "on")]))),
            (states(&[(0, "off"), (1, "on")]), states(&[(1, "on")]), None),
            (number("V"), text.clone(), Some(DataType::Json)),
            (text.clone(), DataType::Bool, Some(DataType::Json)),
            (DataType::Bool, integer(""), Some(DataType::Json)),
            (DataType::Json, text, None),
        ] {
            assert_eq!(widened(&old, &new), expected, "{old:?} and {new:?}");
        }
    }
}
