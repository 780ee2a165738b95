//! The page's clocks.

use porthole::transport::clock;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::sleep;

#[wasm_bindgen_test]
async fn both_clocks_go_forward_at_the_same_pace() {
    let before = clock::now();
    sleep(100).await;
    let after = clock::now();
    let monotonic_millis = after.instant.0 - before.instant.0;
    let wall_millis = (after.wall.0 - before.wall.0) as f64 / 1000.0;
    assert!(monotonic_millis >= 99.0, "a sleep of 100 ms took {monotonic_millis} ms");
    assert!(
        (monotonic_millis - wall_millis).abs() < 50.0,
        "{monotonic_millis} ms on one clock are {wall_millis} ms on the other"
    );
}

#[wasm_bindgen_test]
fn the_wall_clock_counts_microseconds_since_1970() {
    let year_2020 = 1_577_836_800_000_000;
    let year_2200 = 7_258_118_400_000_000;
    let wall = clock::now().wall.0;
    assert!((year_2020..year_2200).contains(&wall), "{wall} is not in this century's range");
}
