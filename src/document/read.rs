//! Reading JSON with errors that name the place.

use serde_json::{Map, Value as Json};

use super::DocumentError;

/// A value in a document and where it is.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    place: String,
    json: &'a Json,
}

/// An object in a document and where it is.
#[derive(Clone, Debug)]
pub(super) struct Object<'a> {
    place: String,
    members: &'a Map<String, Json>,
}

impl<'a> Object<'a> {
    /// The outermost object.
    pub(super) fn top(members: &'a Map<String, Json>) -> Self {
        Self { place: String::new(), members }
    }

    /// A member that may be left out.
    pub(super) fn optional(&self, name: &str) -> Option<Node<'a>> {
        self.members.get(name).map(|json| Node { place: self.place_of(name), json })
    }

    /// A member that must be there.
    pub(super) fn required(&self, name: &str) -> Result<Node<'a>, DocumentError> {
        self.optional(name).ok_or_else(|| DocumentError::Missing { place: self.place_of(name) })
    }

    /// A text that may be left out; then it is empty.
    pub(super) fn text(&self, name: &str) -> Result<String, DocumentError> {
        self.optional(name).map_or_else(|| Ok(String::new()), |node| node.text())
    }

    /// Reads each item of a list that may be left out.
    pub(super) fn each(
        &self,
        name: &str,
        max: usize,
        read: &mut dyn FnMut(Node<'a>) -> Result<(), DocumentError>,
    ) -> Result<(), DocumentError> {
        self.optional(name).map_or(Ok(()), |node| node.each(max, read))
    }

    /// All members, which are texts.
    pub(super) fn texts(&self) -> Result<Vec<(String, String)>, DocumentError> {
        self.texts_by(&|node| node.text())
    }

    /// All members, which are texts of any length.
    pub(super) fn long_texts(&self) -> Result<Vec<(String, String)>, DocumentError> {
        self.texts_by(&|node| node.long_text().map(str::to_owned))
    }

    fn texts_by(
        &self,
        read: &dyn Fn(&Node<'a>) -> Result<String, DocumentError>,
    ) -> Result<Vec<(String, String)>, DocumentError> {
        let mut texts = Vec::new();
        self.each_member(usize::MAX, &mut |name, node| {
            texts.push((name.to_owned(), read(&node)?));
            Ok(())
        })?;
        Ok(texts)
    }

    /// Reads each member of an object whose names are the writer's own.
    pub(super) fn each_member(
        &self,
        max: usize,
        read: &mut dyn FnMut(&str, Node<'a>) -> Result<(), DocumentError>,
    ) -> Result<(), DocumentError> {
        let (found, place) = (self.members.len(), self.place.clone());
        if found > max {
            return Err(DocumentError::TooMuch { place, found, max, unit: "members" });
        }
        for (name, json) in self.members {
            read(name, Node { place: self.place_of(name), json })?;
        }
        Ok(())
    }

    fn place_of(&self, name: &str) -> String {
        let name = crate::model::display::harmless(name, 40);
        if self.place.is_empty() { name } else { format!("{}.{name}", self.place) }
    }
}

impl<'a> Node<'a> {
    pub(super) fn text(&self) -> Result<String, DocumentError> {
        let text = self.json.as_str().ok_or_else(|| self.must_be("a text"))?;
        self.at_most(text.len(), TEXT_BYTES, "bytes")?;
        Ok(text.to_owned())
    }

    /// A text of any length.
    pub(super) fn long_text(&self) -> Result<&'a str, DocumentError> {
        self.json.as_str().ok_or_else(|| self.must_be("a text"))
    }

    /// A text that is not empty.
    pub(super) fn word(&self) -> Result<String, DocumentError> {
        match self.text()? {
            word if word.is_empty() => Err(self.must_be("a text that is not empty")),
            word => Ok(word),
        }
    }

    pub(super) fn bool(&self) -> Result<bool, DocumentError> {
        self.json.as_bool().ok_or_else(|| self.must_be("true or false"))
    }

    pub(super) fn integer(&self) -> Result<i64, DocumentError> {
        self.json.as_i64().ok_or_else(|| self.must_be("a whole number"))
    }

    pub(super) fn number(&self) -> Result<f64, DocumentError> {
        self.json.as_f64().filter(|number| number.is_finite()).ok_or_else(|| self.must_be("a number"))
    }

    /// Reads each item of a list.
    pub(super) fn each(
        &self,
        max: usize,
        read: &mut dyn FnMut(Self) -> Result<(), DocumentError>,
    ) -> Result<(), DocumentError> {
        let items = self.json.as_array().ok_or_else(|| self.must_be("a list"))?;
        self.at_most(items.len(), max, "items")?;
        for (index, json) in items.iter().enumerate() {
            read(Self { place: format!("{}[{index}]", self.place), json })?;
        }
        Ok(())
    }

    pub(super) fn object(&self) -> Result<Object<'a>, DocumentError> {
        let members = self.json.as_object().ok_or_else(|| self.must_be("an object"))?;
        Ok(Object { place: self.place.clone(), members })
    }

    /// One of a few words.
    pub(super) fn one_of<T: Copy>(
        &self,
        words: &[(&str, T)],
        expected: &'static str,
    ) -> Result<T, DocumentError> {
        let found = self.json.as_str();
        let known = words.iter().find(|(word, _)| Some(*word) == found);
        known.map(|(_, meaning)| *meaning).ok_or_else(|| self.must_be(expected))
    }

    pub(super) fn must_be(&self, expected: &'static str) -> DocumentError {
        DocumentError::Unexpected { place: self.place.clone(), expected }
    }

    pub(super) fn repeated(&self) -> DocumentError {
        DocumentError::Repeated { place: self.place.clone() }
    }

    fn at_most(&self, found: usize, max: usize, unit: &'static str) -> Result<(), DocumentError> {
        if found > max {
            return Err(DocumentError::TooMuch { place: self.place.clone(), found, max, unit });
        }
        Ok(())
    }
}

/// The longest text where none is expected to be long.
const TEXT_BYTES: usize = 4096;
