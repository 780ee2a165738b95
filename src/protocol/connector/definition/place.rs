//! Where something stands in the text of a document.
//!
//! The reader of JSON keeps no places. When something is wrong, or something is to be put in, the text is walked again.
//! It is JSON: that has been read already.

use std::ops::Range;

/// One step down in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Step {
    /// To the value of a member, by its number in the object.
    Member(usize),
    /// To the name of a member.
    Name(usize),
    /// To an item of an array.
    Item(usize),
}

/// The bytes that a value (or a member's name) takes in a text that holds JSON.
pub(in super::super) fn range(text: &str, trail: &[Step]) -> Range<usize> {
    let mut walk = Walk { bytes: text.as_bytes(), at: 0 };
    walk.blanks();
    for step in trail {
        match *step {
            Step::Item(index) => walk.enter(index, false),
            Step::Member(index) => {
                walk.enter(index, true);
                walk.name();
            }
            Step::Name(index) => walk.enter(index, true),
        }
    }
    let start = walk.at;
    walk.value();
    start..walk.at
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    /// From an opening bracket to its element of a number.
    fn enter(&mut self, index: usize, is_object: bool) {
        self.at += 1;
        self.blanks();
        for _ in 0..index {
            if is_object {
                self.name();
            }
            self.value();
            self.blanks();
            // The comma.
            self.at += 1;
            self.blanks();
        }
    }

    /// Past a member's name and its colon.
    fn name(&mut self) {
        self.value();
        self.blanks();
        self.at += 1;
        self.blanks();
    }

    /// Past a value.
    fn value(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => self.string(),
                b'[' | b'{' => {
                    depth += 1;
                    self.at += 1;
                }
                b']' | b'}' => {
                    if depth == 0 {
                        return;
                    }
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' if depth > 0 => self.at += 1,
                b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => return,
                _ => self.scalar(),
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn scalar(&mut self) {
        while self.peek().is_some_and(|byte| !b",:]} \t\n\r".contains(&byte)) {
            self.at += 1;
        }
    }

    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                return;
            }
        }
    }

    fn blanks(&mut self) {
        // The last three are a byte order mark, which may stand before the text.
        while self.peek().is_some_and(|byte| b" \t\n\r\xef\xbb\xbf".contains(&byte)) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_leads_to_its_value() {
        let text = " { \"a\\\"\" : [ 1 , {\"b\":\"x,]\" , \"c\": -2.5e3 } , [ ] ] , \"d\":null}";
        for (trail, found) in [
            (&[][..], text.trim()),
            (&[Step::Name(0)], "\"a\\\"\""),
            (&[Step::Member(0), Step::Item(0)], "1"),
            (&[Step::Member(0), Step::Item(1), Step::Member(0)], "\"x,]\""),
            (&[Step::Member(0), Step::Item(1), Step::Name(1)], "\"c\""),
            (&[Step::Member(0), Step::Item(1), Step::Member(1)], "-2.5e3"),
            (&[Step::Member(0), Step::Item(2)], "[ ]"),
            (&[Step::Member(1)], "null"),
        ] {
            assert_eq!(&text[range(text, trail)], found, "{trail:?}");
        }
    }
}
