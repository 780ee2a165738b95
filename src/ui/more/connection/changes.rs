//! What differs since a peer came back.

use crate::model::catalog::CatalogChanges;
use crate::model::display;
use crate::model::store::ConnectionId;
use crate::state::App;
use crate::ui::dom::{CollectView as _, IntoView, component, view};
use crate::ui::modal::Modal;

/// Lines of one kind that are listed; the rest is a number.
const LISTED: usize = 100;
/// The longest path or remark.
const TEXT_CHARS: usize = 200;

/// The dialog: what appeared, vanished and changed. Closing it means that the differences have been seen.
#[component]
pub fn ChangesDialog(
    /// The connection.
    id: ConnectionId,
    /// It was closed.
    on_close: impl Fn() + Copy + 'static,
) -> impl IntoView {
    let app = App::expect();
    // As it is now: the list must not change under the eyes of who reads it.
    let changes =
        app.with_connection(id, |connection| connection.changes.clone()).flatten().unwrap_or_default();
    let close = move || {
        app.forget_changes(id);
        on_close();
    };
    view! {
        <Modal
            title=format!("{} came back different", app.title(id))
            on_close=close
            badge=move || view! { <span class="state">"description changed"</span> }
        >
            <Changes changes />
            <p>
                "What still matches keeps running. Writes that were pending when the link fell were " <b>"not"</b>
                " sent again."
            </p>
        </Modal>
    }
}

/// What differs, as lists.
#[component]
pub fn Changes(
    /// The differences.
    changes: CatalogChanges,
) -> impl IntoView {
    let CatalogChanges { appeared, vanished, changed } = changes;
    let no_remark = |paths: Vec<String>| paths.into_iter().map(|path| (path, String::new())).collect();
    view! {
        <div class="changes">
            <ChangeList sign="+" word="appeared" lines=no_remark(appeared) />
            <ChangeList sign="−" word="vanished" lines=no_remark(vanished) />
            <ChangeList sign="~" word="changed" lines=changed />
        </div>
    }
}

#[component]
fn ChangeList(sign: &'static str, word: &'static str, lines: Vec<(String, String)>) -> impl IntoView {
    let count = lines.len();
    let more = count.saturating_sub(LISTED);
    (count > 0).then(|| {
        view! {
            <section class=word>
                <h3>
                    <span aria-hidden="true">{sign}</span>
                    " "
                    {word}
                    " "
                    <span class="quiet-text">{display::count(count as u64)}</span>
                </h3>
                <ul>
                    {lines
                        .into_iter()
                        .take(LISTED)
                        .map(|(path, remark)| {
                            view! {
                                <li>
                                    <span class="path">{display::harmless(&path, TEXT_CHARS)}</span>
                                    <span class="quiet-text">{display::harmless(&remark, TEXT_CHARS)}</span>
                                </li>
                            }
                        })
                        .collect_view()}
                    {(more > 0)
                        .then(|| view! { <li class="quiet-text">{format!("and {} more", display::count(more as u64))}</li> })}
                </ul>
            </section>
        }
    })
}
