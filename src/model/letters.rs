//! Large and small letters of the alphabets that instruments are named in: Latin with its accents, Greek, Cyrillic.
//!
//! The standard library knows all alphabets there are and brings tables of 28 kB for it: a page is paid for by the byte.

/// A text in small letters, to compare what people type with what instruments say.
pub fn small(text: &str) -> String {
    text.chars().map(small_letter).collect()
}

/// A text that begins with a capital letter.
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| large_letter(first).to_string() + letters.as_str())
}

fn small_letter(letter: char) -> char {
    let code = u32::from(letter);
    let small = match letter {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' | 'Α'..='Ρ' | 'Σ'..='Ϋ' | 'А'..='Я' => code + 32,
        'Ѐ'..='Џ' => code + 80,
        'Ÿ' => 0xFF,
        // In these blocks a large letter stands before its small one.
        'Ā'..='Į' | 'Ĳ'..='Ķ' | 'Ŋ'..='Ŷ' | 'Ѡ'..='Ҁ' | 'Ҋ'..='Ҿ' => code | 1,
        'Ĺ'..='Ň' | 'Ź'..='Ž' => code + code % 2,
        _ => code,
    };
    char::from_u32(small).unwrap_or(letter)
}

fn large_letter(letter: char) -> char {
    let code = u32::from(letter);
    let large = match letter {
        'a'..='z' | 'à'..='ö' | 'ø'..='þ' | 'α'..='ρ' | 'σ'..='ϋ' | 'а'..='я' => code - 32,
        _ => code,
    };
    char::from_u32(large).unwrap_or(letter)
}

/// The beginning of a text without the blanks around it: at most so many characters.
pub fn shortened(text: &str, chars: usize) -> String {
    text.trim().chars().take(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is no letter of the three alphabets stays, and so does every small letter; large ones become what the
    /// standard library makes of them.
    #[test]
    fn small_letters_are_those_of_the_standard_library() {
        let blocks = ['\0'..='\u{17F}', '\u{391}'..='\u{3CE}', '\u{400}'..='\u{4BF}'];
        for letter in blocks.into_iter().flatten() {
            // The Turkish İ becomes two characters, and ŉ has no large one.
            if letter == 'İ' {
                continue;
            }
            let expected: String = letter.to_lowercase().collect();
            assert_eq!(small(&letter.to_string()), expected, "{letter:?}");
        }
        assert_eq!(small("温度 Größe ΔT ÅNGSTRÖM Датчик"), "温度 größe δt ångström датчик");
    }

    #[test]
    fn a_capital_letter_is_put_where_there_is_one() {
        let cases = [
            ("", ""),
            ("ramp", "Ramp"),
            ("öffnen", "Öffnen"),
            ("42 K", "42 K"),
            ("温度", "温度"),
            ("ß", "ß"),
        ];
        for (text, expected) in cases {
            assert_eq!(capitalized(text), expected);
        }
    }
}
