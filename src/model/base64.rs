//! Bytes as text: base64 of RFC 4648, section 4.

/// Writes bytes, with padding.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |place: usize| chunk.get(place).map_or(0, |byte| u32::from(*byte));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            // Two digits for one byte, three for two.
            let digit =
                if place > chunk.len() { b'=' } else { DIGITS[(bits >> (18 - 6 * place)) as usize & 63] };
            text.push(char::from(digit));
        }
    }
    text
}

/// Reads text whose padding is complete.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    if text.len().is_multiple_of(4) { decode_unpadded(text) } else { None }
}

/// Reads text whose padding may be left out.
pub fn decode_unpadded(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if text.len() > digits.len().next_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    let (mut bits, mut count) = (0_u32, 0);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    // One digit more is no byte, and what is left of the last one is 0.
    let rest = bits & ((1 << count) - 1);
    (count < 6 && rest == 0).then_some(bytes)
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
