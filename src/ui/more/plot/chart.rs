//! The plot on its canvas: plot.js and uPlot behind it.

use std::cell::{Cell, RefCell};

use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::*;

use super::picture::Picture;

/// A chart that is on the page. Dropping it takes it off.
pub(super) struct Chart {
    js: JsChart,
    // Called by the chart for as long as it is there.
    _events: Events,
}

/// What the chart tells.
struct Events {
    view: Closure<dyn FnMut()>,
    cursor: Closure<dyn FnMut(f64)>,
    select: Closure<dyn FnMut(f64, f64)>,
    home: Closure<dyn FnMut()>,
}

/// Why there is no chart.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the plot library could not be loaded: {0}")]
pub(super) struct ChartError(String);

/// What the chart's events lead to.
pub(super) struct Handlers {
    /// Its size or visibility has changed: it wants to be drawn.
    pub(super) view: Box<dyn FnMut()>,
    /// The pointer is at a time; NaN where it has left.
    pub(super) cursor: Box<dyn FnMut(f64)>,
    /// A stretch of time was selected.
    pub(super) select: Box<dyn FnMut(f64, f64)>,
    /// Back to the present.
    pub(super) home: Box<dyn FnMut()>,
}

impl Chart {
    /// Makes a chart in an element, as `description` (JSON) says.
    pub(super) async fn open(
        host: web_sys::Element,
        description: String,
        handlers: Handlers,
    ) -> Result<Self, ChartError> {
        let events = Events {
            view: Closure::wrap(handlers.view),
            cursor: Closure::wrap(handlers.cursor),
            select: Closure::wrap(handlers.select),
            home: Closure::wrap(handlers.home),
        };
        let opened =
            open_chart(&host, &description, &events.view, &events.cursor, &events.select, &events.home).await;
        let js = opened.map_err(|error| {
            let message = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
            ChartError(message.unwrap_or_else(|| "no reason given".to_owned()))
        })?;
        Ok(Self { js: js.unchecked_into(), _events: events })
    }

    /// Somebody can see it.
    pub(super) fn is_visible(&self) -> bool {
        self.js.is_visible()
    }

    /// How many pixels wide it is.
    pub(super) fn columns(&self) -> usize {
        self.js.columns() as usize
    }

    /// Draws.
    pub(super) fn draw(&self, picture: &Picture) {
        let lines = &picture.lines;
        let words = picture.gap_words.join("\n");
        self.js.draw(picture.from, picture.to, &lines.times, &lines.values, &picture.gaps, &words);
    }

    /// Puts the read-out at a time.
    pub(super) fn point(&self, time: f64) {
        self.js.point(time);
    }

    /// Saves a picture as a file.
    pub(super) fn save(&self, file: &str) {
        self.js.save(file);
    }
}

impl Drop for Chart {
    fn drop(&mut self) {
        self.js.destroy();
    }
}

/// A place for a chart that comes later, if it is still wanted then.
#[derive(Default)]
pub(super) struct Slot {
    chart: RefCell<Option<Chart>>,
    closed: Cell<bool>,
}

impl Slot {
    /// Puts a chart in; once closed, it goes at once.
    pub(super) fn fill(&self, chart: Chart) {
        if !self.closed.get() {
            self.chart.replace(Some(chart));
        }
    }

    /// Takes the chart off the page, for good.
    pub(super) fn close(&self) {
        self.closed.set(true);
        self.chart.replace(None);
    }

    /// Uses the chart where it is there. One that is being drawn is not drawn again from within.
    pub(super) fn with<T>(&self, act: impl FnOnce(&Chart) -> T) -> Option<T> {
        self.chart.try_borrow().ok()?.as_ref().map(act)
    }
}

#[wasm_bindgen(module = "/src/ui/more/plot/plot.js")]
extern "C" {
    #[wasm_bindgen(js_name = Chart)]
    type JsChart;

    #[wasm_bindgen(js_name = openChart, catch)]
    async fn open_chart(
        host: &web_sys::Element,
        description: &str,
        view: &Closure<dyn FnMut()>,
        cursor: &Closure<dyn FnMut(f64)>,
        select: &Closure<dyn FnMut(f64, f64)>,
        home: &Closure<dyn FnMut()>,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, js_class = Chart, js_name = isVisible)]
    fn is_visible(this: &JsChart) -> bool;

    #[wasm_bindgen(method, js_class = Chart)]
    fn columns(this: &JsChart) -> f64;

    #[wasm_bindgen(method, js_class = Chart)]
    fn draw(this: &JsChart, from: f64, to: f64, times: &[f64], values: &[f64], gaps: &[f64], words: &str);

    #[wasm_bindgen(method, js_class = Chart)]
    fn point(this: &JsChart, time: f64);

    #[wasm_bindgen(method, js_class = Chart)]
    fn save(this: &JsChart, file: &str);

    #[wasm_bindgen(method, js_class = Chart)]
    fn destroy(this: &JsChart);
}
