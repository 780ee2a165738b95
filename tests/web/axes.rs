//! Channels that are laid over depth, and not over time: their cards, curves and plots.

use porthole::model::alarm::Monitoring;
use porthole::model::catalog::{Axis, Catalog, Channel, Group};
use porthole::model::datatype::{DataType, NumberType};
use porthole::model::event::{Block, BlockKind, Event};
use porthole::model::{Access, ConnectionId, Level, Reading, Report, Role, Value};
use porthole::state::App;
use porthole::ui::dashboard::Dashboard;
use porthole::ui::dom::view;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Mounted, sleep};

const GAMMA: &str = "well/gamma";

fn depth(decreasing: bool) -> Axis {
    Axis { name: "MD".to_owned(), unit: "m".to_owned(), is_depth: true, decreasing }
}

fn number(unit: &str) -> DataType {
    DataType::Number(NumberType { unit: unit.to_owned(), ..NumberType::default() })
}

fn channel(path: &str, role: Role, data_type: DataType, axis: Option<Axis>) -> Channel {
    Channel {
        path: path.to_owned(),
        name: path.to_owned(),
        description: String::new(),
        data_type,
        access: Access::Read,
        role,
        section: String::new(),
        level: Level::User,
        constant: None,
        limits: None,
        checkable: false,
        write_hint: String::new(),
        monitoring: Monitoring::default(),
        axis: axis.map(Box::new),
    }
}

fn reading(value: Value, place: Option<f64>, app: App) -> Reading {
    let report = Report::Value(value);
    Reading { report, taken: None, arrived: app.now().instant, place, uncertainty: None, state: None }
}

fn block(channel: usize, points: &[(f64, f64)], kind: BlockKind) -> Event {
    let count = points.len() as u64;
    Event::Block(Box::new(Block { channel, points: points.to_vec(), count, kind }))
}

/// A dashboard of a well: gamma and resistivity over depth, one log that is run upwards, and a clock's temperature; last
/// an image of the wall, which is a curve.
async fn well() -> (Mounted, ConnectionId) {
    let page = Mounted::new(|_| view! { <Dashboard /> });
    let id = page.app.replay("well", "secop", Vec::new(), Vec::new());
    let image = DataType::Matrix { axes: vec![("angle".to_owned(), None)], element: "<f8".to_owned() };
    let channels = vec![
        channel(GAMMA, Role::Main, number("API"), Some(depth(false))),
        channel("well/res", Role::Parameter, number("ohm"), Some(depth(false))),
        channel("well/up", Role::Parameter, number("API"), Some(depth(true))),
        channel("well/temp", Role::Parameter, number("K"), None),
        channel("well/image", Role::Parameter, image, Some(depth(false))),
    ];
    let group = Group {
        path: "well".to_owned(),
        title: "Well".to_owned(),
        channels: (0..channels.len()).collect(),
        ..Group::default()
    };
    let catalog = Catalog { groups: vec![group], channels, ..Catalog::default() };
    page.app.tell(id, &Event::Catalog { catalog: Box::new(catalog), changes: None });
    for channel in 0..5 {
        page.app.tell(id, &Event::Subscribed { channel, on: true });
    }
    let last = reading(Value::Number(80.0), Some(1234.56), page.app);
    let points = [(1234.0, 60.0), (1234.25, 70.0), (1234.56, 80.0)];
    page.app.tell(id, &block(0, &points, BlockKind::Live(last)));
    page.app.tell(id, &block(1, &points[..2], BlockKind::Past));
    page.app.tell(id, &block(2, &[(50.0, 1.0), (40.0, 2.0), (30.0, 3.0)], BlockKind::Past));
    // A beat of the dashboard's.
    sleep(1_600).await;
    (page, id)
}

fn plot(page: &Mounted, path: &str, together: bool) {
    let id = page.app.find_channel(&format!("well/{path}")).expect("it is there");
    page.app.plot(id, together);
}

#[wasm_bindgen_test]
async fn a_card_tells_where_its_value_was_taken() {
    let (page, _) = well().await;
    assert_eq!(page.text(".module .value.big .v"), "80", "the value alone");
    assert_eq!(
        page.element::<web_sys::Element>(".module .value.big").get_attribute("title").as_deref(),
        Some("at 1,234.56 m MD")
    );
    let quality = page.text(".module .quality");
    assert!(quality.ends_with("· at 1,234.56 m MD"), "{quality}");
    let path = page.element::<web_sys::Element>(".module .spark path").get_attribute("d").unwrap_or_default();
    assert!(path.starts_with("M0.0 ") && path.contains("L240.0 "), "from edge to edge: {path}");
}

#[wasm_bindgen_test]
async fn a_plot_over_depth_reads_in_places_and_holds_one_kind_of_axis() {
    let (page, _) = well().await;
    plot(&page, GAMMA, false);
    plot(&page, "well/res", true);
    plot(&page, "well/temp", true);
    sleep(100).await;
    assert_eq!(page.all(".plot").len(), 2, "what is over time has a plot of its own");
    assert_eq!(page.all(".plot.depth .legend li").len(), 2);
    page.click(".plot.depth button[aria-pressed]").await;
    assert_eq!(page.text(".plot.depth .readings thead th"), "MD (m)");
    let rows: Vec<String> = page
        .all(".plot.depth .readings tbody tr")
        .iter()
        .map(|row| row.text_content().unwrap_or_default())
        .collect();
    assert_eq!(rows, ["1,234.5680 API", "1,234.2570 API70 ohm", "1,23460 API60 ohm"], "the newest first");
    let spans: Vec<String> =
        page.all(".plot.depth option").iter().filter_map(|element| element.text_content()).collect();
    assert_eq!(&spans[..5], ["10 m", "50 m", "100 m", "500 m", "all"]);

    // The last plot over the same axis takes the next line, though a plot over time came after it.
    plot(&page, "well/up", true);
    sleep(100).await;
    assert_eq!((page.all(".plot").len(), page.all(".plot.depth .legend li").len()), (2, 3));
    let temp = page.app.find_channel("well/well/temp").expect("it is there");
    page.app.add_line(0, temp);
    assert_eq!(page.app.plots.with_untracked(|plots| plots[0].channels.len()), 3, "nor by its name");
}

#[wasm_bindgen_test]
async fn a_decreasing_axis_is_followed_to_its_smallest_place() {
    let (page, _) = well().await;
    plot(&page, "well/up", false);
    page.app.set_span(0, 10);
    sleep(100).await;
    page.click(".plot.depth button[aria-pressed]").await;
    let places: Vec<String> = page
        .all(".plot.depth .readings tbody th")
        .iter()
        .filter_map(|element| element.text_content())
        .collect();
    assert_eq!(places, ["30", "40"]);
}

#[wasm_bindgen_test]
async fn a_layout_that_puts_two_kinds_of_axis_together_shows_the_first() {
    let (page, _) = well().await;
    plot(&page, GAMMA, false);
    page.app.plots.update(|plots| plots[0].channels.push("well/well/temp".to_owned()));
    sleep(100).await;
    assert_eq!(page.all(".plot.depth .legend li").len(), 1);
    assert!(page.text(".plot").contains("well/well/temp"));
}

#[wasm_bindgen_test]
async fn a_row_of_numbers_is_a_curve() {
    let (page, id) = well().await;
    let image = Value::Matrix { shape: vec![5], elements: vec![1.0, 3.0, 2.0, 5.0, 4.0] };
    let reading = reading(image, Some(1234.56), page.app);
    page.app.tell(id, &Event::Reading { channel: 4, reading });
    sleep(1_600).await;
    let path = page.element::<web_sys::Element>(".waveform svg path").get_attribute("d").unwrap_or_default();
    assert_eq!(path.matches('L').count(), 4, "{path}");
    assert_eq!(page.text(".waveform figcaption"), "5 numbers, 1 to 5");
}
