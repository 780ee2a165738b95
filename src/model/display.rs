//! Values, times and counts as people read them.
//!
//! What a peer sent is made harmless for the eye and bounded: one line, control characters and those that turn the
//! direction of writing shown as escapes. Type and value may not match (peers lie): then the value is shown as it
//! is.

use std::time::Duration;

use super::calendar;
use super::datatype::DataType;
use super::format::{NumberFormat, NumberStyle, fixed, shortest};
use super::hex;
use super::time::Timestamp;
use super::value::Value;

/// The text of a value, without its unit: one line of at most [`CELL_CHARS`] characters and a `…`.
pub fn show(value: &Value, data_type: &DataType) -> String {
    let mut sheet = Sheet { text: String::new(), room: CELL_CHARS, items: CELL_ITEMS, lines: false };
    sheet.value(value, data_type, true);
    sheet.text
}

/// The text of a value for a view that has room: line breaks stay, at most [`DETAIL_CHARS`] characters and a `…`.
pub fn show_full(value: &Value, data_type: &DataType) -> String {
    let mut sheet = Sheet { text: String::new(), room: DETAIL_CHARS, items: DETAIL_CHARS, lines: true };
    sheet.value(value, data_type, true);
    sheet.text
}

/// What a peer calls something, made harmless: one line of at most `chars` characters and a `…`.
pub fn harmless(text: &str, chars: usize) -> String {
    let mut sheet = Sheet { text: String::new(), room: chars, items: 0, lines: false };
    sheet.foreign(text);
    sheet.text
}

/// The unit of a type as it stands behind a value.
pub fn unit(data_type: &DataType) -> String {
    harmless(data_type.unit(), UNIT_CHARS)
}

/// How long ago: `0.2 s`, `12 s`, `2 min 16 s`, `3 h 5 min`, `2 d 4 h`. Rounded down.
pub fn age(age: Duration) -> String {
    let seconds = age.as_secs();
    match seconds {
        0..10 => format!("{seconds}.{} s", age.subsec_millis() / 100),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", count(seconds / 86_400), seconds / 3600 % 24),
    }
}

/// How long something usually takes: `2 ms`, `1.5 s`, `10 s`, then as [`age`].
pub fn interval(interval: Duration) -> String {
    match interval.as_secs() {
        0 => format!("{} ms", interval.as_millis()),
        1..10 => format!("{} s", trimmed(interval.as_secs_f64())),
        _ => age(interval),
    }
}

/// How often: `20/s`, `0.5/s`, `3/min`, `2/h`; nothing where that is not known.
pub fn rate(per_second: Option<f64>) -> String {
    let Some(per_second) = per_second.filter(|rate| rate.is_finite() && *rate >= 0.0) else {
        return NOTHING.to_owned();
    };
    let (number, unit) = match per_second {
        0.0 => (0.0, "s"),
        rate if rate >= 0.1 => (rate, "s"),
        rate if rate * 60.0 >= 0.1 => (rate * 60.0, "min"),
        rate => (rate * 3600.0, "h"),
    };
    if number >= 9.95 {
        format!("{}/{unit}", count(number.round() as u64))
    } else {
        format!("{}/{unit}", trimmed(number))
    }
}

/// The time of day in UTC: `14:31:25.2`.
pub fn clock_time(time: Timestamp) -> String {
    let tenths = time.0.div_euclid(100_000).rem_euclid(864_000);
    let seconds = tenths / 10;
    format!("{:02}:{:02}:{:02}.{}", seconds / 3600, seconds / 60 % 60, seconds % 60, tenths % 10)
}

/// The time of day to the millisecond, UTC: `14:31:25.204`.
pub fn clock_time_millis(time: Timestamp) -> String {
    let millis = time.0.div_euclid(1000).rem_euclid(86_400_000);
    let seconds = millis / 1000;
    format!("{:02}:{:02}:{:02}.{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60, millis % 1000)
}

/// A standard uncertainty, in the unit of the value: two significant digits, as is usual.
pub fn uncertainty(uncertainty: f64, data_type: &DataType) -> String {
    const TWO_DIGITS: NumberFormat = NumberFormat { style: NumberStyle::General, digits: 2 };
    match data_type {
        DataType::Number(number) if number.format.style == NumberStyle::Fixed => {
            number.format.write(uncertainty)
        }
        _ => TWO_DIGITS.write(uncertainty),
    }
}

/// Date and time as ISO 8601, UTC, in milliseconds: `2026-11-20T14:31:25.204Z`.
pub fn date_time(time: Timestamp) -> String {
    let (year, month, day) = calendar::date(time.0.div_euclid(MICROS_A_DAY));
    let millis = time.0.rem_euclid(MICROS_A_DAY) / 1000;
    let seconds = millis / 1000;
    // Years beyond four digits need a sign (ISO 8601, expanded representation).
    let year = if (0..=9999).contains(&year) { format!("{year:04}") } else { format!("{year:+07}") };
    format!(
        "{year}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        millis % 1000
    )
}

/// A count with separators: `31,039`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// JSON without the white space between its tokens. What is no JSON is not made worse by it.
pub(super) fn compact(json: &str) -> impl Iterator<Item = char> + '_ {
    let (mut in_string, mut escaped) = (false, false);
    json.chars().filter(move |&character| {
        let between = !in_string && character.is_ascii_whitespace();
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = in_string,
            '"' => in_string = !in_string,
            _ => {}
        }
        !between
    })
}

/// A text that grows until there is no room, and then ends in `…`.
struct Sheet {
    text: String,
    room: usize,
    /// How many items of a list are written out.
    items: usize,
    /// Line breaks and tabs may stay.
    lines: bool,
}

impl Sheet {
    fn value(&mut self, value: &Value, data_type: &DataType, outermost: bool) {
        match value {
            Value::Null => self.own(NOTHING),
            Value::Bool(on) => self.own(if *on { "true" } else { "false" }),
            Value::Integer(whole) => match data_type {
                // Some peers send 300 where they mean 300.0; beyond 2^53 the digits would be lost.
                DataType::Number(number) if whole.unsigned_abs() <= 1 << 53 => {
                    self.own(&number.format.write(*whole as f64));
                }
                _ => self.own(&whole.to_string()),
            },
            Value::Number(number) => match data_type {
                DataType::Number(described) => self.own(&described.format.write(*number)),
                _ => self.own(&shortest(*number)),
            },
            Value::Text(text) if outermost && !text.is_empty() => self.foreign(text),
            Value::Text(text) => {
                self.own("\"");
                self.foreign(text);
                self.own("\"");
            }
            Value::Enum { code, label } => match label.as_deref().or_else(|| label_of(*code, data_type)) {
                Some(label) if !label.is_empty() => self.foreign(label),
                _ => self.own(&code.to_string()),
            },
            Value::Array(items) => self.list(items, data_type),
            Value::Record(fields) => self.record(fields, data_type, outermost),
            Value::Matrix { shape, elements } => self.matrix(shape, elements),
            Value::Bytes(bytes) => self.bytes(bytes),
            Value::Json(json) => self.json(json),
        }
    }

    fn list(&mut self, items: &[Value], data_type: &DataType) {
        self.own("[");
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.own(", ");
            }
            if index == self.items {
                self.own(&format!("… ({})", items.len()));
                break;
            }
            let item_type = match data_type {
                DataType::Array { item, .. } => item,
                DataType::Tuple(members) => members.get(index).unwrap_or(&DataType::Json),
                _ => &DataType::Json,
            };
            self.value(item, item_type, false);
            if self.is_full() {
                return;
            }
        }
        self.own("]");
    }

    fn record(&mut self, fields: &[(String, Value)], data_type: &DataType, outermost: bool) {
        let described = if let DataType::Record(described) = data_type { described.as_slice() } else { &[] };
        let braces = !outermost || fields.is_empty();
        self.own(if braces { "{" } else { "" });
        for (index, (name, value)) in fields.iter().enumerate() {
            if index > 0 {
                self.own(", ");
            }
            if index == self.items {
                self.own(&format!("… ({})", fields.len()));
                break;
            }
            self.foreign(name);
            self.own(": ");
            let field = described.iter().find(|field| field.name == *name);
            self.value(value, field.map_or(&DataType::Json, |field| &field.data_type), false);
            if self.is_full() {
                return;
            }
        }
        self.own(if braces { "}" } else { "" });
    }

    fn matrix(&mut self, shape: &[usize], elements: &[f64]) {
        for (index, length) in shape.iter().enumerate() {
            self.own(&format!("{}{length}", if index > 0 { " × " } else { "" }));
            if self.is_full() {
                return;
            }
        }
        self.own(if shape.is_empty() { "0 numbers" } else { " numbers" });
        if self.lines {
            self.own(": ");
            for (index, number) in elements.iter().enumerate() {
                self.own(if index > 0 { ", " } else { "" });
                self.own(&NumberFormat::default().write(*number));
                if self.is_full() {
                    return;
                }
            }
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.own(&format!(
            "{} {}",
            count(bytes.len() as u64),
            if bytes.len() == 1 { "byte" } else { "bytes" }
        ));
        let shown = bytes.len().min(2 * self.items);
        for byte in &bytes[..shown] {
            self.own(" ");
            self.own(&hex::packed(&[*byte]));
            if self.is_full() {
                return;
            }
        }
        if shown < bytes.len() {
            self.own(" …");
        }
    }

    fn json(&mut self, json: &str) {
        for character in compact(json) {
            self.foreign_char(character);
            if self.is_full() {
                return;
            }
        }
    }

    /// Text of this program.
    fn own(&mut self, text: &str) {
        for character in text.chars() {
            self.char(character);
        }
    }

    /// Text of a peer.
    fn foreign(&mut self, text: &str) {
        for character in text.chars() {
            if self.is_full() {
                return;
            }
            self.foreign_char(character);
        }
    }

    fn foreign_char(&mut self, character: char) {
        match character {
            '\n' | '\t' if self.lines => self.char(character),
            '\n' => self.own("\\n"),
            '\r' => self.own("\\r"),
            '\t' => self.own("\\t"),
            _ if is_unseen(character) => self.own(&format!("\\u{{{:X}}}", u32::from(character))),
            _ => self.char(character),
        }
    }

    fn char(&mut self, character: char) {
        if self.room > 1 {
            self.room -= 1;
            self.text.push(character);
        } else if self.room == 1 {
            self.room = 0;
            self.text.push('…');
        }
    }

    fn is_full(&self) -> bool {
        self.room == 0
    }
}

/// Characters that change how others look without being seen themselves.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' // Arabic letter mark
            | '\u{200b}' // zero width space
            | '\u{200e}'..='\u{200f}' // direction marks
            | '\u{2028}'..='\u{202e}' // line and paragraph separators, embeddings and overrides
            | '\u{2060}'..='\u{206f}' // isolates, invisible operators, deprecated format characters
            | '\u{feff}' // byte order mark
        )
}

fn label_of(code: i64, data_type: &DataType) -> Option<&str> {
    let DataType::Enum(members) = data_type else { return None };
    members.iter().find(|member| member.code == code).map(|member| &*member.label)
}

/// One digit after the point, and none where it is zero.
fn trimmed(number: f64) -> String {
    let mut text = fixed(number, 1);
    if text.ends_with(".0") {
        text.truncate(text.len() - 2);
    }
    text
}

/// Stands for no value.
pub const NOTHING: &str = "–";
/// The longest text of [`show`].
pub const CELL_CHARS: usize = 200;
/// The longest name of a connection, a group or a channel where it stands in a line with others.
pub const NAME_CHARS: usize = 80;
/// The longest unit.
const UNIT_CHARS: usize = 20;
/// How many items of a list [`show`] writes out.
const CELL_ITEMS: usize = 8;
/// The longest text of [`show_full`].
pub const DETAIL_CHARS: usize = 10_000;
const MICROS_A_DAY: i64 = 86_400_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::datatype::{EnumMember, Field, IntegerType, NumberType};

    fn number(fmtstr: &str) -> DataType {
        let format = NumberFormat::parse(fmtstr).expect("a valid format");
        DataType::Number(NumberType { format, ..NumberType::default() })
    }

    fn array(item: DataType) -> DataType {
        DataType::Array { item: Box::new(item), min_len: 0, max_len: None }
    }

    fn numbers(values: &[f64]) -> Value {
        Value::Array(values.iter().copied().map(Value::Number).collect())
    }

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    #[test]
    fn values_are_shown_by_their_type() {
        let switch = DataType::Enum(vec![EnumMember { code: 1, label: "on".into() }]);
        let record =
            DataType::Record(vec![Field { name: "p".into(), data_type: number("%.1f"), optional: false }]);
        let pair = Value::Record(vec![("p".into(), Value::Number(1.0)), ("on".into(), Value::Bool(false))]);
        let nested = Value::Array(vec![pair.clone(), text("x")]);
        let tuple = DataType::Tuple(vec![record.clone(), DataType::Json]);
        for (value, data_type, shown) in [
            (Value::Null, DataType::Json, "–"),
            (Value::Bool(true), DataType::Bool, "true"),
            (
                Value::Integer(i128::from(u64::MAX)),
                DataType::Integer(IntegerType::default()),
                "18446744073709551615",
            ),
            (Value::Number(2.5), number("%.3f"), "2.500"),
            (Value::Integer(300), number("%.2f"), "300.00"),
            (Value::Integer((1 << 53) + 1), number("%.2f"), "9007199254740993"),
            (Value::Number(f64::NAN), number("%.2f"), "NaN"),
            (Value::Enum { code: 1, label: Some("heating".into()) }, switch.clone(), "heating"),
            (Value::Enum { code: 1, label: None }, switch.clone(), "on"),
            (Value::Enum { code: 7, label: None }, switch, "7"),
            (text("a b"), DataType::Json, "a b"),
            (text(""), DataType::Json, "\"\""),
            (numbers(&[1.0, 2.0]), array(number("%.1f")), "[1.0, 2.0]"),
            (numbers(&[]), array(number("%.1f")), "[]"),
            (pair, record, "p: 1.0, on: false"),
            (nested, tuple, "[{p: 1.0, on: false}, \"x\"]"),
            (Value::Bytes(vec![0, 255]), DataType::Bytes { min: 0, max: None }, "2 bytes 00 ff"),
            (Value::Bytes(vec![7]), DataType::Json, "1 byte 07"),
            (Value::Matrix { shape: vec![3, 4], elements: vec![0.0; 12] }, DataType::Json, "3 × 4 numbers"),
            (Value::Json("{ \"a b\" : [1,\n 2] }".into()), DataType::Json, "{\"a b\":[1,2]}"),
        ] {
            assert_eq!(show(&value, &data_type), shown);
        }
    }

    #[test]
    fn a_value_of_another_type_is_shown_as_it_is() {
        assert_eq!(show(&text("off"), &number("%.1f")), "off");
        assert_eq!(show(&Value::Number(0.1), &DataType::Bool), "0.1");
        assert_eq!(show(&numbers(&[1.0]), &number("%.1f")), "[1]");
    }

    #[test]
    fn long_values_are_cut() {
        let many = numbers(&[1.0; 1000]);
        assert_eq!(show(&many, &array(number("%.0f"))), "[1, 1, 1, 1, 1, 1, 1, 1, … (1000)]");
        for long in [text(&"ü".repeat(10_000)), Value::Json("[".repeat(10_000)), numbers(&[1e-300; 500])] {
            for (shown, limit) in [
                (show(&long, &array(number("%.17g"))), CELL_CHARS),
                (show_full(&Value::Array(vec![long; 1000]), &DataType::Json), DETAIL_CHARS),
            ] {
                assert!(shown.chars().count() <= limit, "{} characters", shown.chars().count());
            }
        }
        assert!(show(&text(&"x".repeat(201)), &DataType::Json).ends_with("x…"));
        assert!(show(&Value::Bytes(vec![0; 99]), &DataType::Json).ends_with("00 …"));
    }

    #[test]
    fn what_is_unseen_is_shown() {
        assert_eq!(show(&text("a\u{202e}b\n\u{1b}[2J\0"), &DataType::Json), "a\\u{202E}b\\n\\u{1B}[2J\\u{0}");
        assert_eq!(show_full(&text("a\n\u{2066}b"), &DataType::Json), "a\n\\u{2066}b");
        assert_eq!(harmless("T\u{200f}1 Größe", 40), "T\\u{200F}1 Größe");
        assert_eq!(harmless("too long", 5), "too …");
    }

    #[test]
    fn ages_intervals_and_rates_have_fitting_units() {
        for (millis, text) in [
            (0, "0.0 s"),
            (290, "0.2 s"),
            (9999, "9.9 s"),
            (12_900, "12 s"),
            (136_000, "2 min 16 s"),
            (11_100_000, "3 h 5 min"),
            (187_200_000, "2 d 4 h"),
        ] {
            assert_eq!(age(Duration::from_millis(millis)), text);
        }
        for (millis, text) in
            [(2, "2 ms"), (999, "999 ms"), (1000, "1 s"), (1500, "1.5 s"), (180_000, "3 min 0 s")]
        {
            assert_eq!(interval(Duration::from_millis(millis)), text);
        }
        for (per_second, text) in [
            (0.0, "0/s"),
            (20.0, "20/s"),
            (9.97, "10/s"),
            (2.5, "2.5/s"),
            (0.5, "0.5/s"),
            (0.05, "3/min"),
            (2.0 / 3600.0, "2/h"),
            (12_345.6, "12,346/s"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(rate(Some(per_second)), text);
        }
        assert_eq!(rate(None), "–");
    }

    #[test]
    fn times_are_utc() {
        let time = Timestamp(1_795_205_879_942_118);
        assert_eq!(date_time(time), "2026-11-20T20:17:59.942Z");
        assert_eq!(clock_time(time), "20:17:59.9");
        assert_eq!(date_time(Timestamp(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(date_time(Timestamp(-1)), "1969-12-31T23:59:59.999Z");
        assert_eq!(clock_time(Timestamp(-1)), "23:59:59.9");
        assert_eq!(date_time(Timestamp(951_782_400_000_000)), "2000-02-29T00:00:00.000Z");
        assert_eq!(date_time(Timestamp(i64::MAX)), "+294247-01-10T04:00:54.775Z");
        assert_eq!(date_time(Timestamp(i64::MIN)), "-290308-12-21T19:59:05.224Z");
    }

    #[test]
    fn counts_have_separators() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (31_039, "31,039"), (1_234_567, "1,234,567")]
        {
            assert_eq!(count(number), text);
        }
    }
}
