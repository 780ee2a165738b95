//! Short lists of names and texts, each name once: options as people choose them and documents keep them.

/// Names and texts.
pub type Named = Vec<(String, String)>;

/// The text of a name; empty where there is none.
pub fn get<'a>(list: &'a [(String, String)], name: &str) -> &'a str {
    list.iter().find(|(other, _)| other == name).map_or("", |(_, text)| text)
}

/// There is a text of this name, maybe an empty one.
pub fn has(list: &[(String, String)], name: &str) -> bool {
    list.iter().any(|(other, _)| other == name)
}

/// Sets the text of a name, in place of the one that it has.
pub fn set(list: &mut Named, name: &str, text: &str) {
    take(list, name);
    list.push((name.to_owned(), text.to_owned()));
}

/// The same, but that no text is kept as nothing at all.
pub fn set_or_take(list: &mut Named, name: &str, text: &str) {
    if text.is_empty() {
        take(list, name);
    } else {
        set(list, name, text);
    }
}

/// Takes the text of a name out.
pub fn take(list: &mut Named, name: &str) -> Option<String> {
    let place = list.iter().position(|(other, _)| other == name)?;
    Some(list.remove(place).1)
}
