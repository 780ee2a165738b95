//! Reads JSON; see the module above for what it tolerates.

use std::borrow::Cow;

use super::{Breach, Breaches, Json};
use crate::model::number;

/// Arrays and objects may stand within each other so deep, as with `serde_json`.
pub const DEPTH_LIMIT: usize = 128;

/// Why a text is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {at}")]
pub struct JsonError {
    /// What is wrong.
    pub what: JsonFault,
    /// Where, in bytes from the beginning of the text.
    pub at: usize,
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonFault {
    /// The text ends in the middle of a value.
    #[error("unexpected end of the JSON data")]
    End,
    /// Something stands where a value should.
    #[error("no JSON value")]
    NoValue,
    /// A number is not written as JSON wants it.
    #[error("malformed number")]
    Number,
    /// A control character or an unknown escape in a string.
    #[error("malformed string")]
    Text,
    /// Neither a comma nor the closing bracket.
    #[error("expected a comma or a closing bracket")]
    Comma,
    /// A member of an object does not begin with a string.
    #[error("expected a member's name in quotes")]
    Name,
    /// A member's name is not followed by a colon.
    #[error("expected a colon")]
    Colon,
    /// Something follows the value.
    #[error("something after the end of the JSON data")]
    Trailing,
    /// More than [`DEPTH_LIMIT`] levels.
    #[error("nested too deep")]
    Depth,
}

/// Where a reader stands in a text.
pub(super) struct Reader<'a, 'v> {
    text: &'a str,
    at: usize,
    depth: usize,
    breaches: &'v mut Breaches,
}

impl<'a, 'v> Reader<'a, 'v> {
    /// Reads a whole text.
    pub(super) fn read(text: &'a str, breaches: &'v mut Breaches) -> Result<Json<'a>, JsonError> {
        let mut reader = Self { text, at: 0, depth: 0, breaches };
        let value = reader.value()?;
        reader.skip_blanks();
        if reader.at < text.len() {
            return Err(reader.fault(JsonFault::Trailing));
        }
        Ok(value)
    }

    fn value(&mut self) -> Result<Json<'a>, JsonError> {
        self.skip_blanks();
        match self.peek() {
            None => Err(self.fault(JsonFault::End)),
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => Ok(Json::Text(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.word(),
        }
    }

    fn word(&mut self) -> Result<Json<'a>, JsonError> {
        for (word, value) in [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))]
        {
            if self.take(word) {
                return Ok(value);
            }
        }
        for (word, number) in [("NaN", f64::NAN), ("Infinity", f64::INFINITY)] {
            if self.take(word) {
                self.breaches.add(Breach::BareNumberName);
                return Ok(Json::Number(number));
            }
        }
        Err(self.fault(JsonFault::NoValue))
    }

    fn number(&mut self) -> Result<Json<'a>, JsonError> {
        let start = self.at;
        if self.take("-Infinity") {
            self.breaches.add(Breach::BareNumberName);
            return Ok(Json::Number(f64::NEG_INFINITY));
        }
        self.take("-");
        // A number does not begin with a zero unless that is all there is before the point.
        if !self.take("0") && self.digits() == 0 {
            return Err(self.fault(JsonFault::Number));
        }
        let mut whole = true;
        if self.take(".") {
            whole = false;
            if self.digits() == 0 {
                return Err(self.fault(JsonFault::Number));
            }
        }
        if self.take("e") || self.take("E") {
            whole = false;
            if !self.take("+") {
                self.take("-");
            }
            if self.digits() == 0 {
                return Err(self.fault(JsonFault::Number));
            }
        }
        let digits = &self.text[start..self.at];
        if whole && digits != "-0" {
            return Ok(digits.parse().map_or(Json::Huge(digits), Json::Integer));
        }
        let number = number::parse(digits).ok_or_else(|| self.fault(JsonFault::Number))?;
        if number.is_infinite() {
            self.breaches.add(Breach::NumberTooLarge);
        }
        Ok(Json::Number(number))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn array(&mut self) -> Result<Json<'a>, JsonError> {
        self.enter()?;
        let mut items = Vec::new();
        self.skip_blanks();
        if !self.take("]") {
            loop {
                items.push(self.value()?);
                if self.closes("]")? {
                    break;
                }
            }
        }
        self.depth -= 1;
        Ok(Json::Array(items))
    }

    fn object(&mut self) -> Result<Json<'a>, JsonError> {
        self.enter()?;
        let mut members = Vec::new();
        self.skip_blanks();
        if !self.take("}") {
            loop {
                self.skip_blanks();
                match self.peek() {
                    Some(b'"') => {}
                    Some(_) => return Err(self.fault(JsonFault::Name)),
                    None => return Err(self.fault(JsonFault::End)),
                }
                let name = self.string()?;
                self.skip_blanks();
                if !self.take(":") {
                    return Err(self.fault(JsonFault::Colon));
                }
                members.push((name, self.value()?));
                if self.closes("}")? {
                    break;
                }
            }
        }
        self.depth -= 1;
        Ok(Json::Object(members))
    }

    fn enter(&mut self) -> Result<(), JsonError> {
        if self.depth == DEPTH_LIMIT {
            return Err(self.fault(JsonFault::Depth));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// After an element: whether the bracket closes, or a comma announces another one.
    fn closes(&mut self, bracket: &str) -> Result<bool, JsonError> {
        self.skip_blanks();
        if self.take(bracket) {
            Ok(true)
        } else if self.take(",") {
            Ok(false)
        } else if self.peek().is_none() {
            Err(self.fault(JsonFault::End))
        } else {
            Err(self.fault(JsonFault::Comma))
        }
    }

    /// A string; borrowed unless there are escapes in it.
    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.at += 1;
        let mut unescaped = String::new();
        let mut start = self.at;
        loop {
            match self.peek() {
                None => return Err(self.fault(JsonFault::End)),
                Some(b'"') => {
                    let rest = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(if unescaped.is_empty() {
                        Cow::Borrowed(rest)
                    } else {
                        unescaped.push_str(rest);
                        Cow::Owned(unescaped)
                    });
                }
                Some(b'\\') => {
                    unescaped.push_str(&self.text[start..self.at]);
                    self.at += 1;
                    unescaped.push(self.escape()?);
                    start = self.at;
                }
                Some(0..b' ') => return Err(self.fault(JsonFault::Text)),
                Some(_) => self.at += 1,
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<char, JsonError> {
        let Some(byte) = self.peek() else { return Err(self.fault(JsonFault::End)) };
        let char = match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.fault(JsonFault::Text)),
        };
        self.at += 1;
        Ok(char)
    }

    /// What follows `\u`: four digits, or two such groups for a character beyond U+FFFF.
    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let first = self.four_digits()?;
        if let Some(char) = char::from_u32(first) {
            return Ok(char);
        }
        if first < LOW_SURROGATES && self.text[self.at..].starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.four_digits()?;
            let low = second.checked_sub(LOW_SURROGATES).filter(|low| *low < 0x400);
            let code = low.map(|low| 0x1_0000 + ((first - HIGH_SURROGATES) << 10) + low);
            if let Some(char) = code.and_then(char::from_u32) {
                return Ok(char);
            }
            self.at = before;
        }
        self.breaches.add(Breach::LoneSurrogate);
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn four_digits(&mut self) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(byte) = self.peek() else { return Err(self.fault(JsonFault::End)) };
            let Some(digit) = char::from(byte).to_digit(16) else { return Err(self.fault(JsonFault::Text)) };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.text.as_bytes()[self.at..].starts_with(token.as_bytes());
        if found {
            self.at += token.len();
        }
        found
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault(&self, what: JsonFault) -> JsonError {
        JsonError { what, at: self.at }
    }
}

const HIGH_SURROGATES: u32 = 0xD800;
const LOW_SURROGATES: u32 = 0xDC00;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Result<Json<'_>, JsonError>, Breaches) {
        let mut breaches = Breaches::default();
        (Json::parse(text, &mut breaches), breaches)
    }

    #[test]
    fn bare_names_of_numbers_are_read_and_noted() {
        let (json, breaches) = read(r#"[NaN, Infinity, -Infinity, "NaN, Infinity"]"#);
        let json = json.expect("tolerated");
        assert_eq!(json.to_text(), r#"[NaN,Infinity,-Infinity,"NaN, Infinity"]"#);
        assert_eq!(breaches.iter().collect::<Vec<_>>(), [Breach::BareNumberName]);
        assert!(!json.is_strict());
    }

    #[test]
    fn whole_numbers_keep_their_digits() {
        for (text, json) in [
            ("9007199254740993", Json::Integer(9_007_199_254_740_993)),
            ("18446744073709551615", Json::Integer(u64::MAX.into())),
            ("-9223372036854775808", Json::Integer(i64::MIN.into())),
            (
                "1234567890123456789012345678901234567890",
                Json::Huge("1234567890123456789012345678901234567890"),
            ),
            ("-0", Json::Number(-0.0)),
            ("5.0", Json::Number(5.0)),
        ] {
            assert_eq!(read(text).0, Ok(json));
        }
    }

    #[test]
    fn half_a_surrogate_pair_is_replaced_and_noted() {
        for (text, wanted, noted) in [
            (r#""\ud83d\ude00""#, "😀", false),
            (r#""\ud83dx""#, "\u{fffd}x", true),
            (r#""\ude00""#, "\u{fffd}", true),
            (r#""\ud83d\u0041""#, "\u{fffd}A", true),
        ] {
            let (json, breaches) = read(text);
            assert_eq!(json, Ok(Json::Text(wanted.into())), "{text}");
            assert_eq!(!breaches.is_empty(), noted, "{text}");
        }
    }

    #[test]
    fn an_error_has_a_place() {
        for (text, what, at) in [
            ("[1, 2", JsonFault::End, 5),
            ("[1 2]", JsonFault::Comma, 3),
            ("{bad", JsonFault::Name, 1),
            ("[nan]", JsonFault::NoValue, 1),
            ("01", JsonFault::Trailing, 1),
            ("-", JsonFault::Number, 1),
            ("\"a\nb\"", JsonFault::Text, 2),
            ("{\"a\" 1}", JsonFault::Colon, 5),
            ("", JsonFault::End, 0),
        ] {
            assert_eq!(read(text).0, Err(JsonError { what, at }), "{text}");
        }
    }

    #[test]
    fn depth_is_limited() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(&nested(DEPTH_LIMIT)).0.is_ok());
        assert_eq!(read(&nested(DEPTH_LIMIT + 1)).0.map_err(|error| error.what), Err(JsonFault::Depth));
        assert_eq!(read(&"[".repeat(1_000_000)).0.map_err(|error| error.what), Err(JsonFault::Depth));
    }
}
