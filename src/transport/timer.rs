//! A timer that can be set again and that ends with its owner.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

/// Calls its function once after each time that it is set.
#[derive(Debug)]
pub struct Timer {
    callback: Closure<dyn FnMut()>,
    pending: Rc<Cell<Option<i32>>>,
}

impl Timer {
    /// A timer that is not set.
    pub fn new(action: impl FnMut() + 'static) -> Self {
        let pending = Rc::new(Cell::new(None));
        let fired = Rc::clone(&pending);
        let action = RefCell::new(action);
        let callback = Closure::new(move || {
            fired.set(None);
            if let Ok(mut action) = action.try_borrow_mut() {
                action();
            }
        });
        Self { callback, pending }
    }

    /// Sets it, in place of an earlier setting. The browser may be late, and is in a hidden tab.
    pub fn set(&self, after: Duration) {
        self.clear();
        let millis = i32::try_from(after.as_millis()).unwrap_or(i32::MAX);
        // Rounded up: a timer that fires a fraction too early would only be set again.
        let millis = millis.saturating_add(i32::from(!after.subsec_nanos().is_multiple_of(1_000_000)));
        let callback = self.callback.as_ref().unchecked_ref();
        let handle = web_sys::window().and_then(|window| {
            window.set_timeout_with_callback_and_timeout_and_arguments_0(callback, millis).ok()
        });
        self.pending.set(handle);
    }

    /// Unsets it.
    pub fn clear(&self) {
        if let (Some(handle), Some(window)) = (self.pending.take(), web_sys::window()) {
            window.clear_timeout_with_handle(handle);
        }
    }

    /// It is set and has not fired.
    pub fn is_set(&self) -> bool {
        self.pending.get().is_some()
    }
}

/// Waits.
pub async fn sleep(duration: Duration) {
    let waiting = Rc::new(RefCell::new(None));
    let promise = js_sys::Promise::new(&mut |resolve, _reject| {
        let timer = Timer::new(move || {
            // Nothing is thrown by resolving.
            drop(resolve.call0(&wasm_bindgen::JsValue::NULL));
        });
        timer.set(duration);
        *waiting.borrow_mut() = Some(timer);
    });
    drop(wasm_bindgen_futures::JsFuture::from(promise).await);
    drop(waiting);
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.clear();
    }
}
