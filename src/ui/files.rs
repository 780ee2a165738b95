//! Files to and from the person: made in the page, nothing is sent anywhere.

use std::fmt::Write as _;

use wasm_bindgen::JsCast as _;

use crate::model::number;
use crate::model::store::ChannelId;
use crate::state::App;

/// Lets the browser save a text as a file.
pub fn save(app: App, name: &str, kind: &str, text: &str) {
    if try_save(name, kind, text).is_none() {
        app.say(format!("{name} could not be saved: the browser refused to make a file."));
    }
}

fn try_save(name: &str, kind: &str, text: &str) -> Option<()> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    let parts = js_sys::Array::of1(&text.into());
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options).ok()?;
    let url = web_sys::Url::create_object_url_with_blob(&blob).ok()?;
    let document = web_sys::window()?.document()?;
    let link = document.create_element("a").ok()?.dyn_into::<web_sys::HtmlAnchorElement>().ok()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    web_sys::Url::revoke_object_url(&url).ok()
}

/// Saves the rows of the subscriptions view, all of them, as they are now.
pub fn save_csv(app: App, ids: &[ChannelId]) {
    let mut text = String::from(
        "connection,channel,value,unit,quality,severity,rate,age,received,shown,conflated,dropped,gaps,malformed\r\n",
    );
    for row in app.rows(ids) {
        let fields = [
            &row.connection,
            &row.path,
            &*row.text.value,
            &row.unit,
            row.shown.quality.word(),
            row.shown.severity.word(),
            &row.rate,
            &row.age,
        ];
        for field in fields {
            text.push_str(&csv_field(field));
            text.push(',');
        }
        let counts = row.counts.map(|count| count.to_string()).join(",");
        // Writing to a string cannot fail.
        writeln!(text, "{counts}\r").unwrap_or_default();
    }
    save(app, "subscriptions.csv", "text/csv", &text);
}

/// A field of a CSV file (RFC 4180). One that a spreadsheet would take for a formula is kept text by an apostrophe.
pub fn csv_field(text: &str) -> String {
    let is_number = number::parse(text).is_some();
    let formula = !is_number && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guarded = if formula { format!("'{text}") } else { text.to_owned() };
    if guarded.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}
