//! The status of a module: `[code, text]` (SECoP 2.0, "Status codes").
//!
//! The code decides, not the name that a node gives it: hundreds say what the module does, tens how. A code that
//! is not defined counts as the generic one of its tens.

use crate::model::reading::{Activity, State};
use crate::model::value::Value;

/// Reads a status from its value; `None` where there is no code.
pub fn state_of(status: &Value) -> Option<State> {
    let (code, text) = match status {
        Value::Array(parts) => (parts.first()?, parts.get(1)),
        single => (single, None),
    };
    let (code, name) = if let Value::Enum { code, label } = code {
        (*code, label.as_deref())
    } else if let Value::Integer(code) = code {
        (i64::try_from(*code).ok()?, None)
    } else {
        return None;
    };
    let text = if let Some(Value::Text(text)) = text { text.clone() } else { String::new() };
    let (activity, generic) = activity_of(code);
    let label = match (name.filter(|name| !name.is_empty()), activity, phase_of(code)) {
        (Some(name), _, _) => name.to_owned(),
        (None, Activity::Unknown, _) => format!("code {code}"),
        (None, _, Some(phase)) => format!("{generic} {phase}"),
        (None, _, None) => generic.to_owned(),
    };
    Some(State { activity, label, text })
}

fn activity_of(code: i64) -> (Activity, &'static str) {
    match code.div_euclid(100) {
        0 => (Activity::Disabled, "DISABLED"),
        1 => (Activity::Idle, "IDLE"),
        2 => (Activity::Warn, "WARN"),
        3 => (Activity::Busy, "BUSY"),
        4 => (Activity::Error, "ERROR"),
        _ => (Activity::Unknown, ""),
    }
}

fn phase_of(code: i64) -> Option<&'static str> {
    match code.rem_euclid(100) / 10 {
        1 => Some("disabling"),
        2 => Some("initializing"),
        3 => Some("standby"),
        4 => Some("preparing"),
        5 => Some("prepared"),
        6 => Some("starting"),
        7 => Some("ramping"),
        8 => Some("stabilizing"),
        9 => Some("finalizing"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(code: i64, name: Option<&str>) -> State {
        let code = Value::Enum { code, label: name.map(Into::into) };
        state_of(&Value::Array(vec![code, Value::Text("words".into())])).expect("a status")
    }

    #[test]
    fn the_code_decides_and_the_name_is_shown() {
        for (code, name, activity, label) in [
            (100, Some("IDLE"), Activity::Idle, "IDLE"),
            (370, Some("RAMPING"), Activity::Busy, "RAMPING"),
            (370, None, Activity::Busy, "BUSY ramping"),
            (376, None, Activity::Busy, "BUSY ramping"),
            (390, None, Activity::Busy, "BUSY finalizing"),
            (300, None, Activity::Busy, "BUSY"),
            (303, None, Activity::Busy, "BUSY"),
            (0, None, Activity::Disabled, "DISABLED"),
            (130, None, Activity::Idle, "IDLE standby"),
            (200, Some("ERROR"), Activity::Warn, "ERROR"),
            (450, None, Activity::Error, "ERROR prepared"),
            (500, None, Activity::Unknown, "code 500"),
            (-1, None, Activity::Unknown, "code -1"),
            (i64::MIN, None, Activity::Unknown, "code -9223372036854775808"),
            (570, Some("ODD"), Activity::Unknown, "ODD"),
        ] {
            let state = state(code, name);
            assert_eq!((state.activity, state.label.as_str()), (activity, label), "{code}");
            assert_eq!(state.text, "words");
        }
    }

    #[test]
    fn what_has_no_code_is_no_status() {
        for value in
            [Value::Null, Value::Array(vec![]), Value::Text("IDLE".into()), Value::Json("[100]".into())]
        {
            assert_eq!(state_of(&value), None);
        }
        assert_eq!(state_of(&Value::Integer(300)).map(|state| state.label), Some("BUSY".to_owned()));
    }
}
