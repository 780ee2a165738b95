//! What a session may want of an HTTP server beside its socket.

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// Identifies it until its answer.
    pub id: u64,
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// Where.
    pub url: String,
    /// Header fields: names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for none.
    pub body: String,
    /// The header field of the answer that matters, where the server lets a page read it.
    pub wanted_header: &'static str,
}

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpAnswer<'a> {
    /// The status code.
    pub status: u16,
    /// The header field that was wanted, where the page may read it.
    pub header: Option<&'a str>,
    /// The body.
    pub body: &'a str,
}

impl HttpRequest {
    /// As a person reads it: request line, header fields, body.
    pub fn text(&self) -> String {
        let mut text = [self.method, " ", &self.url].concat();
        for (name, value) in &self.headers {
            text.extend(["\n", name, ": ", value]);
        }
        if !self.body.is_empty() {
            text.extend(["\n\n", &self.body]);
        }
        text
    }
}

impl HttpAnswer<'_> {
    /// As a person reads it: status and body.
    pub fn text(&self) -> String {
        if self.body.is_empty() {
            format!("HTTP {}", self.status)
        } else {
            format!("HTTP {}\n\n{}", self.status, self.body)
        }
    }
}
