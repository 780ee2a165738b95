//! Which connections need the part of the program with the JSON encoding. Never in a part itself.

use super::super::Later;
use super::super::options::Options;

/// The option that chooses the encoding of a session.
pub const ENCODING: &str = "encoding";
/// Its value for the JSON encoding.
pub const JSON: &str = "json";

/// The JSON encoding.
pub const LATER: Later = Later { part: "etp_later", is_needed };

fn is_needed(options: &Options) -> bool {
    options.get(ENCODING) == JSON
}
