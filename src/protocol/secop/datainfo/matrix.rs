//! The `matrix` type (SECoP 2.0): numbers in a grid, as bytes in base64.

use crate::model::base64;
use crate::model::json::Json;
use crate::model::value::Value;

/// A matrix's dimensions and the type of its elements.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixInfo {
    /// The name and the greatest length of each dimension; the first varies fastest.
    pub axes: Vec<(String, Option<u64>)>,
    /// The type of an element.
    pub element: Element,
}

/// The type of an element, with its byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    name: &'static str,
    kind: Kind,
    size: usize,
    big_endian: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Float,
    Signed,
    Unsigned,
}

impl Element {
    /// Reads `<f4`, `>u2` and the like: byte order, kind, size in bytes. A single byte needs no order.
    pub fn parse(text: &str) -> Option<Self> {
        ELEMENTS.into_iter().find(|element| {
            text == element.name
                || (element.size == 1
                    && !element.big_endian
                    && text.trim_start_matches(['<', '>', '|', '=']) == &element.name[1..])
        })
    }

    /// All types.
    pub fn all() -> impl Iterator<Item = Self> {
        ELEMENTS.into_iter()
    }

    /// As the node names it.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Reads one element of exactly its size.
    fn read(self, bytes: &[u8]) -> f64 {
        let raw = bytes.iter().enumerate().fold(0_u64, |raw, (index, byte)| {
            let place = if self.big_endian { self.size - 1 - index } else { index };
            raw | u64::from(*byte) << (8 * place)
        });
        match (self.kind, self.size) {
            (Kind::Float, 4) => f64::from(f32::from_bits(raw as u32)),
            (Kind::Float, _) => f64::from_bits(raw),
            (Kind::Unsigned, _) => raw as f64,
            (Kind::Signed, size) => {
                let unused = 64 - 8 * size;
                ((raw << unused).cast_signed() >> unused) as f64
            }
        }
    }

    /// Writes one element; `None` where it does not fit.
    fn write(self, number: f64, out: &mut Vec<u8>) -> Option<()> {
        let bits = 8 * self.size;
        let raw = match (self.kind, self.size) {
            (Kind::Float, 4) => {
                let single = number as f32;
                if single.is_infinite() && number.is_finite() {
                    return None;
                }
                u64::from(single.to_bits())
            }
            (Kind::Float, _) => number.to_bits(),
            // The limits as doubles are exact below, and beyond by one above for 64 bits: hence `<`.
            (Kind::Unsigned, _) => {
                let fits = number.fract() == 0.0 && number >= 0.0 && number < power_of_two(bits);
                fits.then_some(number as u64)?
            }
            (Kind::Signed, _) => {
                let limit = power_of_two(bits - 1);
                let fits = number.fract() == 0.0 && number >= -limit && number < limit;
                fits.then_some((number as i64).cast_unsigned())?
            }
        };
        let bytes = raw.to_le_bytes();
        let bytes = &bytes[..self.size];
        if self.big_endian {
            out.extend(bytes.iter().rev());
        } else {
            out.extend(bytes);
        }
        Some(())
    }
}

impl MatrixInfo {
    /// Reads `{"len": [...], "blob": "..."}`; `None` where the sizes do not agree. Nothing is allocated beyond what
    /// the frame holds.
    pub(super) fn decode(&self, json: &Json<'_>) -> Option<Value> {
        let Json::Array(lengths) = json.get("len")? else { return None };
        if lengths.len() != self.axes.len() {
            return None;
        }
        let shape: Vec<usize> =
            lengths.iter().map(|length| usize::try_from(length.as_whole()?).ok()).collect::<Option<_>>()?;
        let bytes = base64::decode_unpadded(json.get("blob")?.as_text()?)?;
        let wanted = shape.iter().try_fold(self.element.size, |size, length| size.checked_mul(*length))?;
        if bytes.len() != wanted {
            return None;
        }
        let elements = bytes.chunks_exact(self.element.size).map(|bytes| self.element.read(bytes)).collect();
        Some(Value::Matrix { shape, elements })
    }

    /// Writes a matrix; `None` where its shape or an element does not fit.
    pub(super) fn encode(&self, shape: &[usize], elements: &[f64], out: &mut String) -> Option<()> {
        let count = shape.iter().try_fold(1_usize, |count, length| count.checked_mul(*length))?;
        if shape.len() != self.axes.len() || count != elements.len() {
            return None;
        }
        let mut bytes = Vec::with_capacity(elements.len() * self.element.size);
        for element in elements {
            self.element.write(*element, &mut bytes)?;
        }
        let lengths: Vec<String> = shape.iter().map(usize::to_string).collect();
        for part in ["{\"len\":[", &lengths.join(","), "],\"blob\":\"", &base64::encode(&bytes), "\"}"] {
            out.push_str(part);
        }
        Some(())
    }
}

const fn element(name: &'static str, kind: Kind, size: usize, big_endian: bool) -> Element {
    Element { name, kind, size, big_endian }
}

/// Half precision and complex numbers have no place in it: they stay JSON.
const ELEMENTS: [Element; 20] = [
    element("<f4", Kind::Float, 4, false),
    element("<f8", Kind::Float, 8, false),
    element("<i1", Kind::Signed, 1, false),
    element("<i2", Kind::Signed, 2, false),
    element("<i4", Kind::Signed, 4, false),
    element("<i8", Kind::Signed, 8, false),
    element("<u1", Kind::Unsigned, 1, false),
    element("<u2", Kind::Unsigned, 2, false),
    element("<u4", Kind::Unsigned, 4, false),
    element("<u8", Kind::Unsigned, 8, false),
    element(">f4", Kind::Float, 4, true),
    element(">f8", Kind::Float, 8, true),
    element(">i1", Kind::Signed, 1, true),
    element(">i2", Kind::Signed, 2, true),
    element(">i4", Kind::Signed, 4, true),
    element(">i8", Kind::Signed, 8, true),
    element(">u1", Kind::Unsigned, 1, true),
    element(">u2", Kind::Unsigned, 2, true),
    element(">u4", Kind::Unsigned, 4, true),
    element(">u8", Kind::Unsigned, 8, true),
];

/// Exact for all sizes of elements.
fn power_of_two(bits: usize) -> f64 {
    (1_u128 << bits) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::secop::violation::Violations;

    fn info(element: &str, axes: usize) -> MatrixInfo {
        MatrixInfo {
            axes: (0..axes).map(|index| (index.to_string(), None)).collect(),
            element: Element::parse(element).expect("a known type"),
        }
    }

    fn decode(info: &MatrixInfo, json: &str) -> Option<Value> {
        let json = Violations::default().read(json).expect("JSON");
        info.decode(&json)
    }

    #[test]
    fn byte_orders_and_signs() {
        for (element, blob, number) in [
            ("<f4", "AACAPw==", 1.0),
            (">f4", "P4AAAA==", 1.0),
            (">f8", "P/AAAAAAAAA=", 1.0),
            ("<u2", "AQA=", 1.0),
            (">u2", "AAE=", 1.0),
            ("<i2", "/v8=", -2.0),
            (">i2", "//4=", -2.0),
            ("i1", "/w==", -1.0),
            ("|u1", "/w==", 255.0),
            ("<i8", "//////////8=", -1.0),
        ] {
            let json = format!("{{\"len\": [1], \"blob\": \"{blob}\"}}");
            let wanted = Value::Matrix { shape: vec![1], elements: vec![number] };
            assert_eq!(decode(&info(element, 1), &json), Some(wanted), "{element}");
        }
    }

    #[test]
    fn sizes_that_do_not_agree_are_refused_before_anything_is_allocated() {
        let square = info("<u2", 2);
        for json in [
            r#"{"len": [1], "blob": "AQA="}"#,
            r#"{"len": [2, 1], "blob": "AQA="}"#,
            r#"{"len": [-1, -1], "blob": "AQA="}"#,
            r#"{"len": [4294967296, 4294967296], "blob": "AQA="}"#,
            r#"{"len": [0.5, 2], "blob": "AQA="}"#,
            r#"{"len": [1, 1]}"#,
            r#"{"len": [1, 1], "blob": "!"}"#,
            "[]",
        ] {
            assert_eq!(decode(&square, json), None, "{json}");
        }
        let empty = Value::Matrix { shape: vec![0, 7], elements: vec![] };
        assert_eq!(decode(&square, r#"{"len": [0, 7], "blob": ""}"#), Some(empty));
    }

    #[test]
    fn elements_that_do_not_fit_are_not_written() {
        for (element, number) in [
            ("<u1", 256.0),
            ("<u1", -1.0),
            ("<i1", 128.0),
            ("<i1", 0.5),
            ("<u8", 18_446_744_073_709_551_616.0),
            ("<i8", 9_223_372_036_854_775_808.0),
            ("<f4", 1e300),
            ("<u2", f64::NAN),
        ] {
            assert_eq!(
                info(element, 1).encode(&[1], &[number], &mut String::new()),
                None,
                "{element} {number}"
            );
        }
        assert_eq!(Element::parse("<f2"), None);
        assert_eq!(Element::parse("<c8"), None);
    }
}
