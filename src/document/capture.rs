//! Raw frames of a connection with their times, to look at or to play again.
//!
//! One JSON object a line: first the header, then each frame, oldest first. A capture holds what was on the wire,
//! and so whatever secrets the peers told each other there; only the address loses its user name and password.

use serde_json::Value as Json;

use super::read::Object;
use super::write::Members;
use super::{DocumentError, VERSION, open, syntax, without_secrets};
use crate::model::base64;
use crate::model::frames::{Direction, FrameBody, FrameEntry};
use crate::model::time::Timestamp;

/// Frames of one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capture {
    /// The connection's name for people; may be empty.
    pub name: String,
    /// Its address; empty for the demo.
    pub url: String,
    /// The protocol's id.
    pub protocol: String,
    /// What its session has to know to read them: options by their names. Secrets have no place here.
    pub options: Vec<(String, String)>,
    /// The frames, oldest first.
    pub frames: Vec<CapturedFrame>,
}

/// One frame of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapturedFrame {
    /// When it came or went.
    pub at: Timestamp,
    /// Which way.
    pub direction: Direction,
    /// What was in it.
    pub body: FrameBody,
    /// The body is only the beginning: played again it will not be understood.
    pub cut: bool,
}

impl From<&FrameEntry> for CapturedFrame {
    fn from(entry: &FrameEntry) -> Self {
        Self { at: entry.at, direction: entry.direction, body: entry.body.clone(), cut: entry.cut }
    }
}

impl Capture {
    /// Opens a document. Empty lines are skipped.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        if text.len() > DOCUMENT_BYTES {
            let place = "the capture".to_owned();
            return Err(DocumentError::TooMuch {
                place,
                found: text.len(),
                max: DOCUMENT_BYTES,
                unit: "bytes",
            });
        }
        let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
        let (number, header) = lines.next().unwrap_or((1, ""));
        let in_header = |error| in_line(number, error);
        let members = open(header, "capture").map_err(in_header)?;
        if !members.contains_key("kind") {
            return Err(DocumentError::OtherKind { found: "workspace".to_owned(), expected: "capture" });
        }
        let header = Object::top(&members);
        let mut capture = Self {
            name: header.text("name").map_err(in_header)?,
            url: header.text("url").map_err(in_header)?,
            protocol: header.required("protocol").and_then(|node| node.word()).map_err(in_header)?,
            options: match header.optional("options") {
                Some(node) => node.object().and_then(|options| options.long_texts()).map_err(in_header)?,
                None => Vec::new(),
            },
            frames: Vec::new(),
        };
        for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            capture.frames.push(frame(line).map_err(|error| in_line(number, error))?);
        }
        Ok(capture)
    }

    /// Writes the document.
    pub fn write(&self) -> String {
        let mut header = Members::default();
        header.add("porthole", VERSION);
        header.add("kind", "capture");
        header.add("name", self.name.as_str());
        header.add("url", without_secrets(&self.url));
        header.add("protocol", self.protocol.as_str());
        if !self.options.is_empty() {
            header.add("options", Members::of_texts(&self.options));
        }
        let mut text = format!("{}\n", header.into_json());
        for frame in &self.frames {
            let mut line = Members::default();
            line.add("t", frame.at.0);
            line.add("dir", frame.direction.word());
            match &frame.body {
                FrameBody::Text(body) => line.add("text", body.as_str()),
                FrameBody::Binary(body) => line.add("base64", base64::encode(body)),
            }
            if frame.cut {
                line.add("cut", true);
            }
            text += &line.into_json().to_string();
            text.push('\n');
        }
        text
    }
}

fn frame(line: &str) -> Result<CapturedFrame, DocumentError> {
    let json = serde_json::from_str(line).map_err(|error| syntax(&error))?;
    let Json::Object(members) = json else {
        return Err(DocumentError::Unexpected { place: "the frame".into(), expected: "an object" });
    };
    let object = Object::top(&members);
    let body = match (object.optional("text"), object.optional("base64")) {
        (Some(text), None) => FrameBody::Text(text.long_text()?.to_owned()),
        (None, Some(encoded)) => match base64::decode(encoded.long_text()?) {
            Some(bytes) => FrameBody::Binary(bytes),
            None => return Err(encoded.must_be("base64")),
        },
        (Some(_), Some(encoded)) => return Err(encoded.must_be("left out where there is text")),
        (None, None) => return Err(DocumentError::Missing { place: "text or base64".into() }),
    };
    Ok(CapturedFrame {
        at: Timestamp(object.required("t")?.integer()?),
        direction: object.required("dir")?.one_of(DIRECTIONS, "in or out")?,
        body,
        cut: object.optional("cut").map_or(Ok(false), |node| node.bool())?,
    })
}

/// Each line is a document of one line to the JSON reader: only the column of its errors means something.
fn in_line(line: usize, error: DocumentError) -> DocumentError {
    match error {
        DocumentError::Syntax { column, reason, .. } => DocumentError::Syntax { line, column, reason },
        error => DocumentError::Line { line, error: Box::new(error) },
    }
}

const DIRECTIONS: &[(&str, Direction)] = &[("in", Direction::In), ("out", Direction::Out)];
/// More than any log of frames holds.
const DOCUMENT_BYTES: usize = 64 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "{\"porthole\":1,\"kind\":\"capture\",\"protocol\":\"secop\"}";

    #[test]
    fn a_capture_is_one_object_a_line() {
        let capture = Capture {
            name: "cryo".into(),
            url: "ws://u:s3cret@h".into(),
            protocol: "secop".into(),
            options: Vec::new(),
            frames: vec![
                CapturedFrame {
                    at: Timestamp(1),
                    direction: Direction::Out,
                    body: FrameBody::Text("*IDN?\n".into()),
                    cut: false,
                },
                CapturedFrame {
                    at: Timestamp(-2),
                    direction: Direction::In,
                    body: FrameBody::Binary(vec![0, 255]),
                    cut: true,
                },
            ],
        };
        let text = capture.write();
        assert_eq!(
            text,
            "{\"porthole\":1,\"kind\":\"capture\",\"name\":\"cryo\",\"url\":\"ws://h\",\"protocol\":\"secop\"}\n\
             {\"t\":1,\"dir\":\"out\",\"text\":\"*IDN?\\n\"}\n\
             {\"t\":-2,\"dir\":\"in\",\"base64\":\"AP8=\",\"cut\":true}\n"
        );
        assert_eq!(Capture::parse(&text), Ok(Capture { url: "ws://h".into(), ..capture }));
    }

    #[test]
    fn a_refusal_names_the_line() {
        for (text, words) in [
            (String::new(), "line 1, column 0: EOF while parsing a value"),
            ("{}".into(), "line 1: this is not a Porthole document: it has no \"porthole\": 1"),
            ("{\"porthole\":1}".into(), "this is a workspace, not a capture"),
            ("{\"porthole\":1,\"kind\":\"capture\"}".into(), "line 1: protocol is missing"),
            (format!("{HEADER}\n\n{{\"t\":1,"), "line 3, column 7: EOF while parsing a value"),
            (format!("{HEADER}\n{{\"t\":1,\"dir\":\"up\",\"text\":\"\"}}"), "line 2: dir must be in or out"),
            (format!("{HEADER}\n{{\"dir\":\"in\",\"text\":\"\"}}"), "line 2: t is missing"),
            (format!("{HEADER}\n{{\"t\":1,\"dir\":\"in\"}}"), "line 2: text or base64 is missing"),
            (
                format!("{HEADER}\n{{\"t\":1,\"dir\":\"in\",\"base64\":\"%\"}}"),
                "line 2: base64 must be base64",
            ),
            (
                format!("{HEADER}\n{{\"t\":1,\"dir\":\"in\",\"base64\":\"\",\"text\":\"\"}}"),
                "line 2: base64 must be left out where there is text",
            ),
        ] {
            let refusal = Capture::parse(&text).err().map(|error| error.to_string());
            assert_eq!(refusal.as_deref(), Some(words), "{text}");
        }
    }
}
