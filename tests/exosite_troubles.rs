//! A One Platform session and a server that errs, contradicts itself or changes behind the session's back.

mod util;

use porthole::protocol::Output;
use util::exosite_bench::*;

fn is_closed(bench: &ExositeBench) -> bool {
    bench.outputs.iter().any(|output| matches!(output, Output::Close(_)))
}

#[test]
fn any_error_about_the_key_but_the_servers_own_is_the_end() {
    for frame in [
        r#"{"error": "Invalid"}"#,
        r#"{"error": {"code": 403, "message": "Forbidden"}}"#,
        r#"{"error": {"message": "who are you?"}}"#,
    ] {
        let mut bench = ExositeBench::opened(&[]);
        bench.text(frame);
        assert_eq!(bench.refusal(), Some((false, "The key was refused".to_owned())), "{frame}");
        assert!(!is_closed(&bench), "{frame}");
    }
}
