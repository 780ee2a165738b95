//! The page: what people see and do. Views read signals of `state` and call its methods; none knows a protocol.
#![expect(unreachable_pub, reason = "the component macro makes the properties of every component public")]

pub mod connect;
mod copy;
pub mod dashboard;
mod definitions;
pub mod dom;
mod files;
mod icons;
pub mod keys;
pub mod later;
mod modal;
pub mod more;
mod shell;
pub mod start;
mod tree;
mod value;
mod windowed;

use crate::state::{App, View};
use crate::ui::dom::{IntoView, component, view};

/// Mounts the page on the document's body, in place of the notice that it is loading.
pub fn mount() {
    if let Some(body) = dom::document().body() {
        // The page is there for as long as its document.
        std::mem::forget(dom::mount(&body, Page));
    }
}

/// The whole page.
#[component]
pub fn Page() -> impl IntoView {
    let app = App::provide();
    shell::follow_theme(app);
    shell::close_menus_left_behind();
    keys::listen(app);
    app.restore();
    app.follow_link();
    view! {
        {move || match app.view.get() {
            View::Start => view! { <start::Start /> },
            View::Dashboard | View::Subscriptions | View::Frames | View::Definition | View::Channels => {
                view! { <shell::Shell /> }
            }
        }}
        <Dialogs />
        <p class="visually-hidden" role="status">
            {move || app.status.get()}
        </p>
    }
}

#[component]
fn Dialogs() -> impl IntoView {
    let app = App::expect();
    move || app.dialog.get().map(|dialog| view! { <later::Later what=later::Opened::Dialog(dialog) /> })
}
