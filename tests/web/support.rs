//! What the tests share.

use js_sys::Promise;
use wasm_bindgen_futures::JsFuture;

/// Lets the page run for that long.
pub(crate) async fn sleep(millis: i32) {
    let promise = Promise::new(&mut |resolve, _reject| {
        let window = web_sys::window().expect("the test runs in a page");
        window
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis)
            .expect("the page has timers");
    });
    JsFuture::from(promise).await.expect("a timer does not reject");
}
