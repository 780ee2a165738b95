//! JSONPath against the public compliance suite (jsonpath-standard/jsonpath-compliance-test-suite).

use std::path::PathBuf;

use porthole::model::json::{Breaches, Json};
use porthole::protocol::connector::definition::Path;

/// The suite's cases; `None` where it is not there.
fn cases() -> Option<String> {
    let folder = std::env::var_os("PORTHOLE_VECTORS")
        .map_or_else(|| PathBuf::from("../shared/vectors"), PathBuf::from);
    let text = std::fs::read_to_string(folder.join("jsonpath-cts.json"));
    if text.is_err() {
        println!("skipped: no jsonpath-cts.json in {}", folder.display());
    }
    text.ok()
}

/// `match()` and `search()` want the engine of patterns that we do without.
fn is_left_out(selector: &str) -> bool {
    selector.contains("match(") || selector.contains("search(")
}

fn texts(json: &Json<'_>) -> Vec<String> {
    let Json::Array(items) = json else { panic!("a list of results: {}", json.to_text()) };
    items.iter().map(Json::to_text).collect()
}

#[test]
fn the_public_suite() {
    let Some(text) = cases() else { return };
    let suite = Json::parse(&text, &mut Breaches::default()).expect("the suite is JSON");
    let Some(Json::Array(cases)) = suite.get("tests") else { panic!("the suite has tests") };
    let (mut passed, mut singular, mut left_out, mut wrong) = (0, 0, 0, Vec::new());
    for case in cases {
        let name = case.get("name").and_then(Json::as_text).unwrap_or_default();
        let selector = case.get("selector").and_then(Json::as_text).expect("a case has a selector");
        if is_left_out(selector) {
            left_out += 1;
            continue;
        }
        // An empty selector is a JSON Pointer here.
        let path = Path::parse(selector);
        if case.get("invalid_selector").is_some() {
            if path.is_ok() && !selector.is_empty() {
                wrong.push(format!("{name}: {selector} is no JSONPath"));
            } else {
                passed += 1;
            }
            continue;
        }
        let document = case.get("document").expect("a case has a document");
        let wanted: Vec<Vec<String>> = match (case.get("result"), case.get("results")) {
            (Some(result), _) => vec![texts(result)],
            (None, Some(Json::Array(results))) => results.iter().map(texts).collect(),
            _ => panic!("{name} has a result"),
        };
        let path = match path {
            Ok(path) => path,
            Err(error) => {
                wrong.push(format!("{name}: {selector}: {error:?}"));
                continue;
            }
        };
        let found: Vec<String> = path.select(document).into_iter().map(Json::to_text).collect();
        // The library alone, which our own walk of singular paths stands in for.
        let value: serde_json::Value = serde_json::from_str(&document.to_text()).expect("it is JSON");
        let library = serde_json_path::JsonPath::parse(selector).expect("the path was read");
        let by_library: Vec<serde_json::Value> = library.query(&value).all().into_iter().cloned().collect();
        let by_us: Vec<serde_json::Value> =
            found.iter().map(|text| serde_json::from_str(text).expect("it is JSON")).collect();
        if !wanted.contains(&found) {
            wrong.push(format!("{name}: {selector} finds {found:?}, not {wanted:?}"));
        } else if by_us != by_library {
            wrong.push(format!("{name}: {selector} finds {by_us:?}, the library {by_library:?}"));
        } else {
            passed += 1;
            singular += usize::from(path.is_singular());
        }
    }
    println!("{passed} passed, {singular} of them walked on our own JSON, {left_out} left out");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(passed > 500 && singular > 30, "{passed} passed, {singular} singular");
}

#[test]
fn a_singular_path_finds_what_a_query_finds_and_keeps_numbers_exact() {
    let text = r#"{"a":[{"b c":9007199254740993},{"b":1e400},[123456789012345678901234567890123456789012]],"é":{"":null}}"#;
    let json = Json::parse(text, &mut Breaches::default()).expect("it is JSON");
    for (path, is_singular, found) in [
        ("$", true, text.replace("1e400", "Infinity")),
        ("$.a[0]['b c']", true, "9007199254740993".to_owned()),
        ("$['a'][-3][\"b c\"]", true, "9007199254740993".to_owned()),
        ("$.a[?@['b c']]['b c']", false, "9007199254740993".to_owned()),
        ("$.a[2][0]", true, "123456789012345678901234567890123456789012".to_owned()),
        ("$.a[2][*]", false, "123456789012345678901234567890123456789012".to_owned()),
        ("$.é['']", true, "null".to_owned()),
        ("$['\\u00e9']['']", false, "null".to_owned()),
        ("$.a[-4]", true, String::new()),
        ("$.a.b", true, String::new()),
        ("$.é[0]", true, String::new()),
        ("$..b", false, "Infinity".to_owned()),
    ] {
        let read = Path::parse(path).unwrap_or_else(|error| panic!("{path}: {error:?}"));
        assert_eq!(read.is_singular(), is_singular, "{path}");
        let all: Vec<String> = read.select(&json).into_iter().map(Json::to_text).collect();
        assert_eq!(all.join(" "), found, "{path}");
    }
}

#[test]
fn a_path_that_is_none_says_where() {
    for (path, at, word) in [
        ("a.b", 0, "must begin with"),
        ("@.a", 0, "must begin with"),
        ("/a/~2", 3, "~ stands before"),
        ("/a~", 2, "~ stands before"),
        ("$.a[", 3, "JSONPath"),
        ("$.a b", 3, "JSONPath"),
        ("$[?match(@.a, 'x')]", 3, "match"),
        ("$.a..b..c..d", 10, "at most"),
        ("$[?@[?@[?@.a]]]", 8, "at most"),
        ("$.a[?$.b==$.c && $.d]", 17, "at most"),
        ("$[?((((((@.a))))))]", 8, "at most"),
    ] {
        let error = Path::parse(path).expect_err(path);
        assert!(error.at <= path.len() && error.text.contains(word), "{path}: {error:?}");
        assert_eq!(error.at, at, "{path}: {error:?}");
    }
}
