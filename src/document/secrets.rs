//! Secrets that a person wants to be kept in this browser: a document of its own, which leaves it in no file.

use super::read::Object;
use super::write::Members;
use super::{DocumentError, VERSION, open};

/// So many addresses can have secrets.
const ADDRESSES: usize = 200;

/// An address and its secrets: names and values.
pub type Kept = (String, Vec<(String, String)>);

/// Opens the document.
pub fn parse(text: &str) -> Result<Vec<Kept>, DocumentError> {
    let members = open(text, "secrets")?;
    let mut all = Vec::new();
    if let Some(node) = Object::top(&members).optional("secrets") {
        node.object()?.each_member(ADDRESSES, &mut |url, node| {
            all.push((url.to_owned(), node.object()?.texts()?));
            Ok(())
        })?;
    }
    Ok(all)
}

/// Writes the document.
pub fn write(all: &[Kept]) -> String {
    let mut addresses = Members::default();
    for (url, secrets) in all.iter().rev().take(ADDRESSES) {
        addresses.add(url, Members::of_texts(secrets));
    }
    let mut document = Members::default();
    document.add("porthole", VERSION);
    document.add("kind", "secrets");
    document.add("secrets", addresses.into_json());
    document.into_json().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_come_back() {
        let kept = vec![("ws://a/".to_owned(), vec![("key".to_owned(), "s\"3cret".to_owned())])];
        assert_eq!(parse(&write(&kept)), Ok(kept));
        assert!(parse("{\"porthole\":1,\"kind\":\"secrets\",\"secrets\":[]}").is_err());
    }
}
