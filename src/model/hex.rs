//! Bytes as hexadecimal digits.

/// Two digits a byte, as `736563`.
pub fn packed(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|&byte| digits(byte)).collect()
}

/// Two digits a byte, as `73 65 63`.
pub fn spaced(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for (index, &byte) in bytes.iter().enumerate() {
        if index > 0 {
            text.push(' ');
        }
        text.extend(digits(byte));
    }
    text
}

fn digits(byte: u8) -> [char; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [byte >> 4, byte & 15].map(|half| char::from(DIGITS[usize::from(half)]))
}

/// The bytes that hexadecimal digits mean; `None` where there are others, or an odd number of them.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    if rest.is_empty() { bytes } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_has_two_digits() {
        assert_eq!(packed(&[0x00, 0x0f, 0xa5, 0xff]), "000fa5ff");
        assert_eq!(spaced(&[0x00, 0x0f, 0xa5, 0xff]), "00 0f a5 ff");
        assert_eq!((packed(&[]), spaced(&[])), (String::new(), String::new()));
    }
}
