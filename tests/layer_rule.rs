//! `ui → state → {transport, document, model}`, `transport → {protocol, model}`, `protocol → model`: nothing points
//! back, and web crates stay out of the pure layers.

use std::fs;
use std::path::{Path, PathBuf};

/// Each layer and the layers that it may use, itself left out.
const LAYERS: [(&str, &[&str]); 6] = [
    ("model", &[]),
    ("document", &["model"]),
    ("protocol", &["model"]),
    ("transport", &["protocol", "model"]),
    ("state", &["transport", "protocol", "document", "model"]),
    ("ui", &["state", "document", "model"]),
];

/// What only the wasm layers may name.
const WEB_CRATES: [&str; 7] = [
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "gloo_net",
    "leptos",
    "console_error_panic_hook",
];

/// Clocks and threads: time is a parameter below the shell.
const FORBIDDEN_BELOW: [&str; 4] = ["Instant::now", "SystemTime", "std::thread", "TcpStream"];

#[test]
fn every_use_points_down() {
    for (layer, allowed) in LAYERS {
        for (path, text) in sources(layer) {
            for (line, code) in numbered_code(&text) {
                for (other, _) in LAYERS {
                    let names_it = code.contains(&format!("crate::{other}::"))
                        || code.contains(&format!("crate::{other};"));
                    assert!(
                        !names_it || other == layer || allowed.contains(&other),
                        "{}:{line}: `{layer}` must not use `{other}`: {code}",
                        path.display()
                    );
                }
            }
        }
    }
}

#[test]
fn the_pure_layers_know_no_browser_and_no_clock() {
    for layer in ["model", "document", "protocol"] {
        for (path, text) in sources(layer) {
            for (line, code) in numbered_code(&text) {
                for name in WEB_CRATES.into_iter().chain(FORBIDDEN_BELOW) {
                    assert!(!code.contains(name), "{}:{line}: `{name}` in `{layer}`: {code}", path.display());
                }
            }
        }
    }
}

#[test]
fn nothing_is_written_as_markup() {
    for (layer, _) in LAYERS {
        for (path, text) in sources(layer) {
            for name in
                ["inner_html", "set_inner_html", "insert_adjacent_html", "outer_html", "document.write"]
            {
                assert!(
                    !text.contains(name),
                    "{}: `{name}`: text from instruments stays text",
                    path.display()
                );
            }
        }
    }
}

/// The seam: what lies outside `protocol/` speaks of no protocol by name.
#[test]
fn no_protocol_is_named_outside_its_folder() {
    for layer in ["model", "document", "transport", "state", "ui"] {
        for (path, text) in sources(layer) {
            for (line, code) in numbered_code(&text) {
                assert!(
                    [
                        "secop::",
                        "Secop",
                        "onem2m::",
                        "OneM2m",
                        "exosite::",
                        "Exosite",
                        "connector::",
                        "ConnectorSession",
                        "MastSimulator"
                    ]
                    .iter()
                    .all(|name| !code.contains(name)),
                    "{}:{line}: a protocol by name: {code}",
                    path.display()
                );
            }
        }
    }
}

/// The lines of code with their numbers: no comments, no tests.
fn numbered_code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(index, line)| (index + 1, line))
}

fn sources(layer: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(layer), &mut found);
    assert!(!found.is_empty(), "the layer `{layer}` has no files");
    found
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder of sources")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            found.push((path, text));
        }
    }
}
