//! Requests by HTTP (TS-0009), as a page can send them: what a browser lets no page read of an answer is taken from
//! its status.

use super::primitive::Operation;
use super::resource::code_name;
use super::session::ask::Ask;
use crate::model::json::{Breaches, Json};
use crate::protocol::address::escape;
use crate::protocol::http::{HttpAnswer, HttpRequest};

/// The header field with the response code. ACME 2026.5.3 does not let a page read it.
const CODE_HEADER: &str = "X-M2M-RSC";

/// The request for what a session asks.
pub(super) fn request(base: &str, number: u64, ask: &Ask, originator: &str, id: &str) -> HttpRequest {
    let mut url = base.trim_end_matches('/').to_owned();
    // TS-0009, 6.2.2: an SP-relative address goes behind `~`, an absolute one behind `_`.
    if let Some(rest) = ask.to.strip_prefix("//") {
        url.push_str("/_/");
        percent_encode(rest, &mut url);
    } else if let Some(rest) = ask.to.strip_prefix('/') {
        url.push_str("/~/");
        percent_encode(rest, &mut url);
    } else {
        url.push('/');
        percent_encode(&ask.to, &mut url);
    }
    let mut separator = '?';
    let mut argument = |name: &str, value: &str| {
        url.push(separator);
        separator = '&';
        url.push_str(name);
        url.push('=');
        percent_encode(value, &mut url);
    };
    if let Some(rcn) = ask.rcn {
        argument("rcn", &rcn.to_string());
    }
    for (name, values) in ask.filter.arguments() {
        for value in values {
            argument(name, &value);
        }
    }
    let method = match ask.operation {
        Operation::Create | Operation::Notify => "POST",
        Operation::Retrieve => "GET",
        Operation::Update => "PUT",
        Operation::Delete => "DELETE",
    };
    let mut headers = vec![
        ("X-M2M-Origin", originator.to_owned()),
        ("X-M2M-RI", id.to_owned()),
        ("X-M2M-RVI", super::session::RELEASE.to_owned()),
        ("Accept", "application/json".to_owned()),
    ];
    if !ask.content.is_empty() {
        let ty = ask.ty.map_or_else(String::new, |ty| format!(";ty={ty}"));
        headers.push(("Content-Type", format!("application/json{ty}")));
    }
    HttpRequest { id: number, method, url, headers, body: ask.content.clone(), wanted_header: CODE_HEADER }
}

/// The response code and the content of an answer, or what is wrong with it.
pub(super) fn answer<'a>(answer: &HttpAnswer<'a>, operation: Operation) -> Result<(u32, Json<'a>), String> {
    let told = answer.header.and_then(|code| code.trim().parse().ok());
    let code = told.or_else(|| code_of(answer.status, operation));
    let body = answer.body.trim();
    let content = if body.is_empty() { Ok(Json::Null) } else { Json::parse(body, &mut Breaches::default()) };
    match (code, content) {
        (Some(code), Ok(content)) => Ok((code, content)),
        // What went wrong is told by the code; a proxy writes HTML.
        (Some(code), Err(_)) if code >= 4_000 => Ok((code, Json::Null)),
        (Some(code), Err(error)) => Err(format!("{} without JSON: {error}", code_name(code))),
        (None, _) => Err(format!("HTTP status {} is none of a CSE's", answer.status)),
    }
}

/// The response code that a status most likely stands for (TS-0009, 6.3.2).
fn code_of(status: u16, operation: Operation) -> Option<u32> {
    Some(match status {
        200 | 204 => operation.success(),
        201 => 2001,
        202 => 1002,
        400 => 4000,
        401 | 403 => 4103,
        // The one whom a notification is for is not there.
        404 if operation == Operation::Notify => 5103,
        404 => 4004,
        405 => 4005,
        406 => 5207,
        408 => 4008,
        409 => 4105,
        415 => 4015,
        500 | 502 => 5000,
        501 => 5001,
        503 | 504 => 5103,
        _ => return None,
    })
}

/// Writes what a path and a query may hold as it is, and the rest as `%XX`.
fn percent_encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:@,*()!$".contains(&byte) {
            out.push(char::from(byte));
        } else {
            escape(byte, out);
        }
    }
}
