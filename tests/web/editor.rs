//! Editors: from what a person enters to a value of the type, and mistakes in words where they are.

use leptos::prelude::*;
use porthole::model::datatype::{DataType, EnumMember, Field, IntegerType, NumberType, TextType};
use porthole::model::limits::Limits;
use porthole::model::value::Value;
use porthole::ui::dom::view;
use porthole::ui::more::editor::{Draft, Editor};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, HtmlButtonElement, HtmlElement};

use crate::support::{Mounted, document, sleep};
use porthole::state::signal::Signal;

/// An editor on the page and what is entered there.
async fn edit(data_type: &DataType, value: Option<&Value>) -> (Mounted, Draft) {
    edit_within(data_type, value, Limits::default()).await
}

async fn edit_within(data_type: &DataType, value: Option<&Value>, limits: Limits) -> (Mounted, Draft) {
    let draft = Draft::new(data_type, value);
    let shown = draft.clone();
    let page =
        Mounted::new(move |_| view! { <Editor draft=shown label="target" limits=Signal::stored(limits) /> });
    // What a field shows is set once the page has run.
    sleep(0).await;
    (page, draft)
}

/// Enters into a field of any kind, and lets the page run.
async fn enter(page: &Mounted, selector: &str, text: &str) {
    let field: HtmlElement = page.element(selector);
    js_sys::Reflect::set(&field, &"value".into(), &JsValue::from(text)).expect("a field has a value");
    for kind in ["input", "change"] {
        field.dispatch_event(&Event::new(kind).expect("an event")).expect("the field takes it");
    }
    sleep(0).await;
}

fn kelvin() -> DataType {
    DataType::Number(NumberType {
        min: Some(0.0),
        max: Some(350.0),
        unit: "K".into(),
        ..NumberType::default()
    })
}

/// An enum with the codes 0, 10, 20 and so on.
fn choices(labels: &[&str]) -> DataType {
    let codes = (0_i64..).step_by(10);
    let members = labels.iter().zip(codes).map(|(label, code)| EnumMember { code, label: (*label).into() });
    DataType::Enum(members.collect())
}

fn numbers() -> DataType {
    DataType::Array { item: Box::new(kelvin()), min_len: 1, max_len: Some(3) }
}

fn value_of(draft: &Draft) -> Value {
    untrack(|| draft.value()).unwrap_or_else(|error| panic!("the entry {error}"))
}

fn mistake_of(draft: &Draft) -> String {
    untrack(|| draft.value()).err().map(|error| error.to_string()).unwrap_or_default()
}

#[wasm_bindgen_test]
async fn a_switch_has_two_sides_and_neither_is_chosen_unasked() {
    let (page, draft) = edit(&DataType::Bool, None).await;
    assert_eq!(mistake_of(&draft), "is still missing");
    page.click("label:nth-of-type(2) input").await;
    assert_eq!(value_of(&draft), Value::Bool(false));
    page.click("label:nth-of-type(1) input").await;
    assert_eq!(value_of(&draft), Value::Bool(true));
}

#[wasm_bindgen_test]
async fn a_short_list_is_shown_whole_and_a_long_one_opens() {
    let (page, draft) = edit(&choices(&["off", "on", "auto"]), None).await;
    page.click("label:nth-of-type(2) input").await;
    assert_eq!(value_of(&draft), Value::Enum { code: 10, label: Some("on".into()) });
    drop(page);
    let (page, draft) = edit(&choices(&["a", "b", "c", "d", "e"]), None).await;
    assert_eq!(mistake_of(&draft), "is still missing");
    enter(&page, "select", "40").await;
    assert_eq!(value_of(&draft), Value::Enum { code: 40, label: Some("e".into()) });
}

#[wasm_bindgen_test]
async fn whole_numbers_stay_exact() {
    let integer = IntegerType { min: Some(0), max: Some(i128::from(u64::MAX)), unit: String::new() };
    let (page, draft) = edit(&DataType::Integer(integer), Some(&Value::Integer(7))).await;
    assert_eq!(value_of(&draft), Value::Integer(7));
    enter(&page, "input", "18446744073709551615").await;
    assert_eq!(value_of(&draft), Value::Integer(i128::from(u64::MAX)));
    enter(&page, "input", "1.5").await;
    assert_eq!(page.text(".problem"), "target must be a whole number");
}

#[wasm_bindgen_test]
async fn a_number_says_its_limits_and_what_is_beyond_them() {
    let present = Limits::new(None, Some(120.0));
    let (page, draft) = edit_within(&kelvin(), Some(&Value::Number(4.2)), present).await;
    assert_eq!(page.text(".entry-note"), "0 to 120 K");
    assert_eq!(page.text(".field .u"), "K");
    enter(&page, "input", "10 K").await;
    assert_eq!(value_of(&draft), Value::Number(10.0));
    enter(&page, "input", "130").await;
    assert_eq!(page.text(".problem"), "target must be at most 120 K");
    assert_eq!(page.element::<HtmlElement>("input").get_attribute("aria-invalid").as_deref(), Some("true"));
    enter(&page, "input", "1,5").await;
    assert!(page.text(".problem").contains("has a comma"), "{}", page.text(".problem"));
    enter(&page, "input", "").await;
    assert_eq!(page.text(".entry-note"), "0 to 120 K", "what is not filled in yet is no mistake");
    assert_eq!(mistake_of(&draft), "is still missing");
}

#[wasm_bindgen_test]
async fn texts_and_bytes_are_counted() {
    let text = DataType::Text(TextType { max_chars: Some(4), ..TextType::default() });
    let (page, draft) = edit(&text, None).await;
    assert_eq!(value_of(&draft), Value::Text(String::new()));
    enter(&page, "input", "Größe").await;
    assert_eq!(page.text(".problem"), "target must have at most 4 characters, not 5");
    drop(page);
    let (page, draft) =
        edit(&DataType::Text(TextType::default()), Some(&Value::Text("two\nlines".into()))).await;
    enter(&page, "textarea", "three\nshort\nlines").await;
    assert_eq!(value_of(&draft), Value::Text("three\nshort\nlines".into()));
    drop(page);
    let (page, draft) = edit(&DataType::Bytes { min: 1, max: Some(2) }, Some(&Value::Bytes(vec![7]))).await;
    enter(&page, "input", "00 ff").await;
    assert_eq!(value_of(&draft), Value::Bytes(vec![0, 255]));
    enter(&page, "input", "00 f").await;
    assert!(page.text(".problem").starts_with("target must be bytes"), "{}", page.text(".problem"));
}

#[wasm_bindgen_test]
async fn lists_grow_shrink_and_change_their_order() {
    let (page, draft) = edit(&numbers(), Some(&Value::Array(vec![Value::Number(1.0)]))).await;
    page.click(".entry-more button").await;
    assert_eq!(mistake_of(&draft), "[1] is still missing");
    enter(&page, "li:nth-child(2) input", "2").await;
    page.click("li:nth-child(2) [aria-label='Move item 1 up']").await;
    assert_eq!(value_of(&draft), Value::Array(vec![Value::Number(2.0), Value::Number(1.0)]));
    // The focus goes with the item, whose row is another now. It moves with the next frame.
    sleep(100).await;
    let focus = document().active_element().and_then(|element| element.get_attribute("aria-label"));
    assert_eq!(focus.as_deref(), Some("Remove item 0"));
    page.click(".entry-more button").await;
    let add: HtmlButtonElement = page.element(".entry-more button");
    assert!(add.disabled(), "three are the most");
    enter(&page, "li:nth-child(3) input", "400").await;
    assert_eq!(page.text("li:nth-child(3) .problem"), "[2] must be at most 350 K");
    assert_eq!(mistake_of(&draft), "[2] must be at most 350 K");
    for _ in 0..3 {
        page.click("li:nth-child(1) [aria-label='Remove item 0']").await;
    }
    assert_eq!(page.text(".entry-more .problem"), "target must have at least 1 items, not 0");
}

#[wasm_bindgen_test]
async fn members_have_names_and_optional_ones_can_be_left_out() {
    let field = |name: &str, data_type, optional| Field { name: name.into(), data_type, optional };
    let record = DataType::Record(vec![
        field("limits", DataType::Tuple(vec![kelvin(), kelvin()]), false),
        field("note", DataType::Text(TextType::default()), true),
    ]);
    let (page, draft) = edit(&record, None).await;
    enter(&page, ".entry-group .entry-number:nth-of-type(1) input", "1").await;
    assert_eq!(mistake_of(&draft), "limits[1] is still missing");
    enter(&page, ".entry-group .entry-number:nth-of-type(2) input", "900").await;
    assert_eq!(mistake_of(&draft), "limits[1] must be at most 350 K");
    enter(&page, ".entry-group .entry-number:nth-of-type(2) input", "9").await;
    let limits = ("limits".to_owned(), Value::Array(vec![Value::Number(1.0), Value::Number(9.0)]));
    assert_eq!(value_of(&draft), Value::Record(vec![limits.clone()]));
    page.click(".entry-optional [type=checkbox]").await;
    enter(&page, ".entry-optional .field input", "slow").await;
    let note = ("note".to_owned(), Value::Text("slow".into()));
    assert_eq!(value_of(&draft), Value::Record(vec![limits, note]));
}

#[wasm_bindgen_test]
async fn json_says_where_it_is_wrong() {
    let (page, draft) = edit(&DataType::Json, None).await;
    enter(&page, "textarea", "{\"a\": [1, 2]}").await;
    assert_eq!(value_of(&draft), Value::Json("{\"a\":[1,2]}".into()));
    enter(&page, "textarea", "{\n\"a\" 1}").await;
    let words = page.text(".problem");
    assert!(words.contains("line 2") && words.contains("column"), "{words}");
    drop(page);
    let grid = DataType::Matrix { axes: vec![("x".into(), Some(2))], element: "<f4".into() };
    let (page, draft) = edit(&grid, None).await;
    enter(&page, "textarea", "{\"shape\": [2], \"elements\": [1, 2.5]}").await;
    assert_eq!(value_of(&draft), Value::Matrix { shape: vec![2], elements: vec![1.0, 2.5] });
}

#[wasm_bindgen_test]
async fn what_has_parts_can_be_edited_as_json_and_back() {
    let (page, draft) = edit(&numbers(), Some(&Value::Array(vec![Value::Number(1.0)]))).await;
    enter(&page, "li:nth-child(1) input", "warm").await;
    page.click(".entry-toggle").await;
    let area: web_sys::HtmlTextAreaElement = page.element("textarea");
    assert_eq!(area.value(), "[\"warm\"]", "what was wrong is not lost");
    enter(&page, "textarea", "[1, 2").await;
    let back: HtmlButtonElement = page.element(".entry-toggle");
    assert!(back.disabled(), "half a list has no fields");
    enter(&page, "textarea", "[1, 2]").await;
    assert_eq!(value_of(&draft), Value::Array(vec![Value::Number(1.0), Value::Number(2.0)]));
    page.click(".entry-toggle").await;
    enter(&page, "li:nth-child(2) input", "3").await;
    assert_eq!(value_of(&draft), Value::Array(vec![Value::Number(1.0), Value::Number(3.0)]));
}

#[wasm_bindgen_test]
async fn long_lists_are_json_from_the_start() {
    let list = DataType::Array { item: Box::new(DataType::Bool), min_len: 0, max_len: None };
    let (page, draft) = edit(&list, Some(&Value::Array(vec![Value::Bool(true); 51]))).await;
    let area: web_sys::HtmlTextAreaElement = page.element("textarea");
    assert!(area.value().starts_with("[true, true"), "{}", area.value());
    assert_eq!(value_of(&draft), Value::Array(vec![Value::Bool(true); 51]));
    let back: HtmlButtonElement = page.element(".entry-toggle");
    assert!(back.disabled(), "51 items are too many for fields");
}
