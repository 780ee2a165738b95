//! What comes a moment later: views and dialogs whose part of the program is loaded when they are first wanted.

use super::more;
use crate::state::{App, Arrival, Dialog};
use crate::ui::dom::{IntoView, Nodes, component, view};

/// What can be opened.
#[derive(Clone, Debug, PartialEq)]
pub enum Opened {
    /// The table of subscriptions.
    Subscriptions,
    /// The plots on the dashboard.
    Plots,
    /// The raw frames.
    Frames,
    /// The definition of a connection.
    Definition,
    /// A dialog.
    Dialog(Dialog),
}

/// It, as soon as it can be shown.
#[component]
pub fn Later(
    /// What.
    what: Opened,
) -> impl IntoView {
    let app = App::expect();
    app.want_the_rest();
    move || match app.rest.get() {
        Arrival::Here => {
            // By its address alone, which the compiler must not see through: the function may arrive later.
            let open: fn(App, Opened) -> Nodes = std::hint::black_box(more::open);
            open(app, what.clone())
        }
        Arrival::OnItsWay => Nodes::Nothing,
        Arrival::Failed(words) => view! {
            <div class="card calm later" role="alert">
                <p>
                    "This part of the page could not be loaded from its server. If the page was replaced there, reload \
                     it: what was set up is there again. "
                    <span class="quiet-text">{words}</span>
                </p>
                <div class="actions">
                    <button class="btn small" on:click=move |_| app.dialog.set(None)>
                        "Close"
                    </button>
                    <button class="btn small" on:click=move |_| app.want_the_rest()>
                        "Try again"
                    </button>
                </div>
            </div>
        },
    }
}
