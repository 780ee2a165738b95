//! Stop: at once, without a question. It needs an armed connection, and says so where it is not.

use leptos::prelude::*;

use crate::model::store::ConnectionId;
use crate::state::App;

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
    let stop = move |command: usize| match app.execute(connection, command, None) {
        Ok(_) => hint.set(String::new()),
        Err(refusal) => {
            app.say(format!("Not stopped: {refusal}."));
            hint.set(format!("Not stopped: {refusal}."));
        }
    };
    // A hint that no longer applies goes away.
    let shown = app.connection(connection);
    let armed =
        Memo::new(move |_| shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.armed.is_some())));
    Effect::new(move |_| {
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
            let mut label = name.chars();
            let label: String = label.next().into_iter().flat_map(char::to_uppercase).chain(label).collect();
            view! {
                <button class="btn" aria-label=format!("{label} {of}") on:click=move |_| stop(command)>
                    {label.clone()}
                </button>
            }
        })
        .collect_view();
    view! {
        {buttons}
        <Show when=move || !hint.read().is_empty()>
            <p class="problem">{hint}</p>
        </Show>
    }
}
