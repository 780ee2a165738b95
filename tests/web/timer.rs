//! The timer that deadlines and back-off stand on.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use porthole::transport::timer::Timer;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::sleep;

fn counting() -> (Timer, Rc<Cell<u32>>) {
    let count = Rc::new(Cell::new(0));
    let fired = Rc::clone(&count);
    (Timer::new(move || fired.set(fired.get() + 1)), count)
}

#[wasm_bindgen_test]
async fn fires_once_for_each_setting_and_not_early() {
    let (timer, count) = counting();
    timer.set(Duration::from_millis(60));
    assert!(timer.is_set());
    sleep(20).await;
    assert_eq!(count.get(), 0);
    sleep(120).await;
    assert_eq!(count.get(), 1);
    assert!(!timer.is_set());
    timer.set(Duration::ZERO);
    sleep(40).await;
    assert_eq!(count.get(), 2);
}

#[wasm_bindgen_test]
async fn a_later_setting_replaces_the_earlier() {
    let (timer, count) = counting();
    timer.set(Duration::from_millis(10));
    timer.set(Duration::from_millis(80));
    sleep(40).await;
    assert_eq!(count.get(), 0);
    sleep(120).await;
    assert_eq!(count.get(), 1);
}

#[wasm_bindgen_test]
async fn a_cleared_or_dropped_timer_never_fires() {
    let (cleared, count) = counting();
    cleared.set(Duration::from_millis(10));
    cleared.clear();
    let (dropped, dropped_count) = counting();
    dropped.set(Duration::from_millis(10));
    drop(dropped);
    sleep(60).await;
    assert_eq!((count.get(), dropped_count.get()), (0, 0));
}
