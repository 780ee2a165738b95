//! Keeps keys out of what is told: the own one wherever it stands, and those of other clients where a frame names them.

use super::resource::is_hex;
use crate::model::event::{Event, Outcome};
use crate::model::value::Value;
use crate::protocol::event_texts::texts_of;
use crate::protocol::options::Options;
use crate::protocol::secrets::Secrets;

/// What stands in a key's place.
const MASK: &str = "••••••";
/// Members whose value is a key.
const NAMES: [&str; 3] = ["\"key\"", "\"cik\"", "\"token\""];
/// A key has so many letters.
const KEY_BYTES: usize = 40;

/// See the module.
pub(super) struct Mask(Secrets);

impl Mask {
    /// For what was chosen.
    pub(super) fn new(options: &Options) -> Self {
        Self(Secrets::new(std::iter::once(options.get("key"))))
    }

    /// An event without keys: notices, and what the peer said to a person.
    pub(super) fn event(&self, event: &mut Event) {
        // What a person asked for is told as it came: a whole frame, too.
        if let Event::Reply { outcome: Outcome::Done { value: Some(Value::Json(text)), .. }, .. } = event {
            self.text(text);
        }
        texts_of(event, &mut |text| self.text(text));
    }

    fn text(&self, text: &mut String) {
        self.0.mask_in(text);
        for name in NAMES {
            mask_values(text, name);
        }
    }
}

/// Masks what follows a name, a colon and a quotation mark, if it is as long as a key or cut short by the end.
fn mask_values(text: &mut String, name: &str) {
    let mut from = 0;
    while let Some(found) = text[from..].find(name) {
        from += found + name.len();
        let rest = &text[from..];
        let value = rest.trim_start().strip_prefix(':').map(str::trim_start);
        let Some(value) = value.and_then(|value| value.strip_prefix('"')) else { continue };
        let start = text.len() - value.len();
        let length = value.bytes().take(KEY_BYTES).take_while(u8::is_ascii_hexdigit).count();
        let is_cut = length > 0 && matches!(&value[length..], "" | "…");
        if is_cut || value.get(..KEY_BYTES).is_some_and(is_hex) {
            text.replace_range(start..start + length, MASK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_masked_where_they_are_named_and_identifiers_stay() {
        let (key, rid) = ("ab12".repeat(10), "cd34".repeat(10));
        let mut own = Options::default();
        own.set("key", &"ef56".repeat(10));
        let mask = Mask::new(&own);
        for (text, masked) in [
            (
                format!("{{\"key\": \"{key}\",\"rid\":\"{rid}\"}}"),
                format!("{{\"key\": \"{MASK}\",\"rid\":\"{rid}\"}}"),
            ),
            (format!("{{\"cik\" :\"{key}\"}}"), format!("{{\"cik\" :\"{MASK}\"}}")),
            (format!("\"key\":\"{}…", &key[..7]), format!("\"key\":\"{MASK}…")),
            (format!("x{}x", "ef56".repeat(10)), format!("x{MASK}x")),
            ("\"key\":\"name\"".to_owned(), "\"key\":\"name\"".to_owned()),
            ("\"key\":".to_owned(), "\"key\":".to_owned()),
        ] {
            let mut told = text.clone();
            mask.text(&mut told);
            assert_eq!(told, masked, "{text}");
        }
    }
}
