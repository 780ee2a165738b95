//! What a person chose for a connection.

use crate::model::number;
use crate::protocol::options::Options;

/// The gap that is asked for where nothing that can be read was chosen, in milliseconds.
const GAP_MILLIS: i32 = 200;
/// The same for the items of a message.
const ITEMS: i32 = 10_000;
/// The least time that a person may ask for is nothing; the most is a minute.
const GAP_MILLIS_MOST: i32 = 60_000;
/// The most items of a message that a person may ask for.
const ITEMS_MOST: i32 = 1_000_000;
/// Values of the past that are asked for where nothing that can be read was chosen.
const HISTORY: u32 = 600;
/// The most of them.
const HISTORY_MOST: u32 = 40_000;
/// The most numbers that stand for no value.
const NULLS_MOST: usize = 32;
/// The most URIs that a person may name.
const URIS_MOST: usize = 200;

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Settings {
    /// The least time between two messages of data, in milliseconds.
    pub(super) gap_millis: i32,
    /// The most items in one.
    pub(super) items: i32,
    /// So many of the last values come first.
    pub(super) history: u32,
    /// Numbers that stand for no value; NaN does anyway.
    pub(super) nulls: Vec<f64>,
    /// What is to be described; empty for what the server lists.
    pub(super) uris: Vec<String>,
    /// What is to be shown in `Authorize`; empty for nothing.
    pub(super) token: String,
}

impl Settings {
    pub(super) fn of(options: &Options) -> Self {
        let number = |name: &str, default: i32, most: i32| {
            options.get(name).trim().parse::<i32>().map_or(default, |number| number.clamp(0, most))
        };
        let words = |name: &str| {
            let separators = |letter: char| letter.is_whitespace() || letter == ',' || letter == ';';
            let words = options.get(name).split(separators).filter(|word| !word.is_empty());
            words.map(str::to_owned).collect::<Vec<_>>()
        };
        let nulls = words("nulls");
        Self {
            gap_millis: number("gap", GAP_MILLIS, GAP_MILLIS_MOST),
            items: number("items", ITEMS, ITEMS_MOST).max(1),
            history: options.get("history").trim().parse().unwrap_or(HISTORY).min(HISTORY_MOST),
            nulls: nulls.iter().filter_map(|word| number::parse(word)).take(NULLS_MOST).collect(),
            uris: words("uris").into_iter().take(URIS_MOST).collect(),
            token: match options.get("auth") {
                "authorize" => bearer(options.get("token")),
                _ => String::new(),
            },
        }
    }

    /// Whether a number stands for no value.
    pub(super) fn is_null(&self, number: f64) -> bool {
        number.is_nan() || self.nulls.contains(&number)
    }
}

/// A token as the header `Authorization` has it (RFC 6750, 2.1); one that names its scheme stays.
pub(in crate::protocol::etp) fn bearer(token: &str) -> String {
    if token.is_empty() || token.contains(' ') { token.to_owned() } else { ["Bearer ", token].concat() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(chosen: &[(&str, &str)]) -> Settings {
        let chosen: Vec<_> = chosen.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Settings::of(&Options::new(&chosen))
    }

    #[test]
    fn what_cannot_be_read_has_its_default_and_what_is_too_much_its_bound() {
        let settings =
            settings(&[("gap", "-5"), ("items", "0"), ("history", "x"), ("nulls", "-999.25, -9999; a 0")]);
        assert_eq!((settings.gap_millis, settings.items, settings.history), (0, 1, HISTORY));
        assert_eq!(settings.nulls, [-999.25, -9999.0, 0.0]);
        assert!(settings.is_null(f64::NAN) && settings.is_null(-0.0) && !settings.is_null(-999.0));
    }

    #[test]
    fn a_token_has_a_scheme() {
        assert_eq!(bearer("abc"), "Bearer abc");
        assert_eq!(bearer("Basic dTpw"), "Basic dTpw");
        assert_eq!(bearer(""), "");
        assert_eq!(settings(&[("auth", "authorize"), ("token", "abc")]).token, "Bearer abc");
        assert_eq!(settings(&[("auth", "query"), ("token", "abc")]).token, "", "it is in the address");
    }
}
