//! `window.porthole.stats()`: plain JSON for tests, benches and bug reports.

use serde_json::{Map, Value, json};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

use super::App;
use crate::model::order::sort_by;

/// How long the last changes waited for the animation frame that showed them: 16.7 ms at most on a screen of 60 Hz
/// that keeps up.
#[derive(Debug, Default)]
pub(super) struct FrameTimes {
    waits: std::collections::VecDeque<f64>,
    asked: Option<f64>,
    count: u64,
}

impl FrameTimes {
    const KEPT: usize = 600;

    /// A frame was asked for.
    pub(super) fn asked(&mut self, at: f64) {
        self.asked = Some(at);
    }

    /// It came.
    pub(super) fn frame(&mut self, at: f64) {
        if let Some(asked) = self.asked.take() {
            if self.waits.len() == Self::KEPT {
                self.waits.pop_front();
            }
            self.waits.push_back((at - asked).max(0.0));
        }
        self.count += 1;
    }

    /// The page was hidden: the wait says nothing.
    pub(super) fn interrupted(&mut self) {
        self.asked = None;
    }

    fn percentile(&self, percent: usize) -> f64 {
        let mut sorted: Vec<f64> = self.waits.iter().copied().collect();
        sort_by(&mut sorted, f64::total_cmp);
        sorted.get((sorted.len().saturating_sub(1)) * percent / 100).copied().unwrap_or(0.0)
    }
}

impl App {
    /// Everything that is counted, as JSON.
    pub fn stats(&self) -> Value {
        let inner = self.inner();
        let store = inner.store.borrow();
        let now = self.now();
        let connections: Vec<Value> = store
            .connections()
            .map(|connection| {
                let channels: Map<String, Value> = store
                    .channels()
                    .iter()
                    .filter(|record| record.connection == connection.id && record.index.is_some())
                    .map(|record| {
                        let ledger = record.ledger.counts();
                        let entry = json!({
                            "received": ledger.received,
                            "shown": ledger.shown,
                            "conflated": ledger.conflated,
                            "dropped": ledger.dropped,
                            "waiting": u8::from(record.ledger.waiting()),
                            "gaps": ledger.gaps,
                            "malformed": ledger.malformed,
                            "violations": ledger.violations,
                            "rate": store.rate(record.id, now.instant),
                            "history": record.history.len(),
                        });
                        (record.channel.path.clone(), entry)
                    })
                    .collect();
                let counters = &connection.counters;
                json!({
                    "key": connection.key,
                    "state": connection.link.word(),
                    "speaks": connection.speaks,
                    "epoch": connection.epoch.0,
                    "frames": { "in": counters.frames_in, "out": counters.frames_out },
                    "bytes": { "in": counters.bytes_in, "out": counters.bytes_out },
                    "readings": counters.readings,
                    "malformed": counters.malformed,
                    "violations": counters.violations,
                    "losses": counters.losses,
                    "decode_ms": counters.decode_millis,
                    "round_trip_ms": connection.round_trip.map(|time| time.as_secs_f64() * 1000.0),
                    "clock_offset_us": connection.clock_offset,
                    "lag_ms": connection.lag.map(|time| time.as_secs_f64() * 1000.0),
                    "channels": channels,
                })
            })
            .collect();
        let times = inner.frame_times.borrow();
        json!({
            "connections": connections,
            "frames": {
                "count": times.count,
                "p50_ms": times.percentile(50),
                "p95_ms": times.percentile(95),
                "p99_ms": times.percentile(99),
            },
            "wasm_bytes": wasm_bytes(),
        })
    }

    /// How long 95 of 100 of the last changes waited at most for the frame that showed them, in milliseconds; `None`
    /// while little has moved.
    pub fn frame_wait_ms(&self) -> Option<f64> {
        let inner = self.inner();
        let times = inner.frame_times.borrow();
        (times.waits.len() > 10).then(|| times.percentile(95))
    }
}

/// The size of the program's memory.
pub fn wasm_bytes() -> u32 {
    let buffer = js_sys::Reflect::get(&wasm_bindgen::memory(), &"buffer".into()).unwrap_or_default();
    buffer.dyn_ref::<js_sys::ArrayBuffer>().map_or(0, js_sys::ArrayBuffer::byte_length)
}

/// Makes `window.porthole`.
pub(super) fn publish(app: App) {
    let Some(window) = web_sys::window() else { return };
    let stats = Closure::<dyn Fn() -> JsValue>::new(move || {
        js_sys::JSON::parse(&app.stats().to_string()).unwrap_or_default()
    });
    let object = js_sys::Object::new();
    let set = js_sys::Reflect::set(&object, &"stats".into(), stats.as_ref())
        .and_then(|_| js_sys::Reflect::set(&window, &"porthole".into(), &object));
    if set.is_ok() {
        // Lives as long as the page.
        stats.forget();
    }
}
