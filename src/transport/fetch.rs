//! Requests to an HTTP server beside the socket.
//!
//! Straight on the browser's `fetch`: gloo-net's has no `keepalive`, without which a last request does not leave a page
//! that is being left.

use std::time::Duration;

use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestInit, Response};

use super::{LARGEST_FRAME_BYTES, words_of};
use crate::protocol::http::HttpRequest;

/// After so long an answer is no longer wanted; sessions give up earlier.
const PATIENCE: Duration = Duration::from_secs(20);
/// So long the next of the last requests waits for the one before it.
const LAST_PATIENCE: Duration = Duration::from_secs(3);

/// An answer, as [`crate::protocol::http::HttpAnswer`] but its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header field that was wanted.
    pub header: Option<String>,
    /// The body.
    pub body: String,
}

/// Asks. An error has the browser's words, which do not tell an unreachable server from one that lets no page in.
pub(super) async fn fetch(request: HttpRequest) -> Result<Answer, String> {
    ask(&request).await.map_err(|error| {
        let words = words_of(&error);
        if words.is_empty() { "the request failed".to_owned() } else { words }
    })
}

/// Asks, even if the page goes away. Nobody is left to hear the answer; what is returned says when it is there, or when it
/// is no longer waited for.
pub(super) fn send(request: &HttpRequest) -> Option<JsFuture> {
    start(request, true).ok()
}

async fn ask(request: &HttpRequest) -> Result<Answer, JsValue> {
    let response: Response = start(request, false)?.await?.unchecked_into();
    let header = match request.wanted_header {
        "" => None,
        name => response.headers().get(name)?,
    };
    let body = JsFuture::from(response.text()?).await?.unchecked_into::<js_sys::JsString>();
    if body.length() as usize > LARGEST_FRAME_BYTES {
        return Err(js_sys::Error::new("the answer is too large").into());
    }
    Ok(Answer { status: response.status(), header, body: String::from(body) })
}

fn start(request: &HttpRequest, keep_alive: bool) -> Result<JsFuture, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method);
    init.set_headers(&headers);
    if !request.body.is_empty() {
        init.set_body(&JsValue::from_str(&request.body));
    }
    let patience = if keep_alive { LAST_PATIENCE } else { PATIENCE };
    if keep_alive {
        js_sys::Reflect::set(&init, &JsValue::from_str("keepalive"), &JsValue::TRUE)?;
    }
    let millis = u32::try_from(patience.as_millis()).unwrap_or(u32::MAX);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(millis)));
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    Ok(JsFuture::from(window.fetch_with_str_and_init(&request.url, &init)))
}
