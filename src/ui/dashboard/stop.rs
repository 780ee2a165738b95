//! Stop: at once, without a question. It needs an armed connection, and says so where it is not.

use crate::model::letters;
use crate::model::store::ConnectionId;
use crate::model::write::WriteState;
use crate::state::App;
use crate::state::signal::{ArcRwSignal, Memo, RwSignal};
use crate::ui::dom::{CollectView as _, IntoView, component, view, watch};

/// A button for each command that ends a movement; nothing where there is none.
#[component]
pub(super) fn StopButton(
    /// The connection.
    connection: ConnectionId,
    /// The commands, by index in the catalog.
    commands: Vec<usize>,
    /// What they stop, for screen readers.
    of: String,
) -> impl IntoView {
    let app = App::expect();
    let hint = RwSignal::new(String::new());
    let stage = RwSignal::new(None::<ArcRwSignal<WriteState>>);
    let stop = move |command: usize| match app.execute(connection, command, None) {
        Ok(sent) => {
            hint.set(String::new());
            stage.set(Some(sent));
        }
        Err(refusal) => {
            app.say(format!("Not stopped: {refusal}."));
            hint.set(format!("Not stopped: {refusal}."));
        }
    };
    // What became of it is said aloud by the one who sends; here it stays in sight.
    let trouble = move || {
        let trouble = stage.read().as_ref().and_then(|stage| stage.read().trouble());
        if hint.read().is_empty() { trouble } else { Some(hint.get()) }
    };
    // A hint that no longer applies goes away.
    let shown = app.connection(connection);
    let armed =
        Memo::new(move || shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.armed.is_some())));
    watch(move || {
        armed.track();
        hint.set(String::new());
    });
    let catalog = app.catalog(connection);
    let buttons = commands
        .into_iter()
        .map(|command| {
            let name = catalog
                .commands
                .get(command)
                .map_or_else(|| "stop".to_owned(), |command| super::harmless(&command.name));
            let label = letters::capitalized(&name);
            view! {
                <button class="btn" aria-label=format!("{label} {of}") on:click=move |_| stop(command)>
                    {label.clone()}
                </button>
            }
        })
        .collect_view();
    view! {
        {buttons}
        {move || trouble().map(|words| view! { <p class="problem">{words}</p> })}
    }
}
