//! The page's own life: a link to follow, network back, tab hidden and shown, page kept for "back" and left.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

use super::App;
use crate::protocol::connection::ConnectionInput;

impl App {
    pub(super) fn listen_to_the_page(&self) {
        let Some(window) = web_sys::window() else { return };
        let app = *self;
        listen(&window, "online", move |_| app.tell_all(&ConnectionInput::Online));
        // A link that is put into the address of the open page.
        listen(&window, "hashchange", move |_| app.follow_link());
        listen(&window, "pagehide", move |_| {
            app.save_if_changed();
            app.tell_all(&ConnectionInput::Suspended);
        });
        listen(&window, "pageshow", move |event| {
            let kept = event
                .dyn_ref::<web_sys::PageTransitionEvent>()
                .is_some_and(web_sys::PageTransitionEvent::persisted);
            if kept {
                app.tell_all(&ConnectionInput::Resumed);
            }
        });
        if let Some(document) = window.document() {
            listen(&document.clone(), "visibilitychange", move |_| {
                let input =
                    if document.hidden() { ConnectionInput::Hidden } else { ConnectionInput::Visible };
                app.tell_all(&input);
                app.visibility_changed();
            });
        }
    }

    fn tell_all(&self, input: &ConnectionInput<'static>) {
        let drivers: Vec<_> =
            self.inner().entries.borrow().values().map(|entry| entry.driver.clone()).collect();
        for driver in drivers {
            driver.input(input.clone());
        }
    }
}

/// Listens for as long as the page lives.
fn listen(target: &web_sys::EventTarget, kind: &str, action: impl FnMut(web_sys::Event) + 'static) {
    let closure = Closure::<dyn FnMut(web_sys::Event)>::new(action);
    if target.add_event_listener_with_callback(kind, closure.as_ref().unchecked_ref()).is_ok() {
        closure.forget();
    }
}
