//! Views and dialogs that nobody needs to see the first values: a part of the program that comes a moment later.
//!
//! Nothing in here is called from outside but [`open`], and that by its address: see `tools/split.mjs`.

pub mod connect;
pub mod connection;
mod definition;
pub mod editor;
mod execute;
mod frames;
mod group;
mod keys;
mod monitoring;
mod plot;
mod subscriptions;
mod why;
mod write;

use crate::state::{App, Dialog};
use crate::ui::dom::{Nodes, view};
use crate::ui::later::Opened;

pub use execute::ExecuteDialog;
pub use write::WriteDialog;

/// A view, or a dialog in front of it.
pub fn open(app: App, what: Opened) -> Nodes {
    let close = move || app.dialog.set(None);
    match what {
        Opened::Subscriptions => view! { <subscriptions::Subscriptions /> },
        Opened::Definition => view! { <definition::DefinitionView /> },
        Opened::Plots => view! { <plot::Plots /> },
        Opened::Frames => view! { <frames::Frames /> },
        Opened::Dialog(dialog) => match dialog {
            Dialog::Write(id, entry) => view! { <WriteDialog id entry on_close=close /> },
            Dialog::Execute(connection, command) => {
                view! { <ExecuteDialog connection command on_close=close /> }
            }
            Dialog::Group(connection, group) => {
                view! { <group::GroupDialog connection group on_close=close /> }
            }
            Dialog::Why(id) => view! { <why::WhyDialog id on_close=close /> },
            Dialog::Changes(id) => view! { <connection::ChangesDialog id on_close=close /> },
            Dialog::Connection(id) => view! { <connection::ConnectionDialog id on_close=close /> },
            Dialog::Connect(request) => view! { <connect::ConnectDialog request on_close=close /> },
            Dialog::Keys => view! { <keys::KeysDialog on_close=close /> },
        },
    }
}
