//! All that is known of a group: what its peer says when it is asked, now.

use super::connection::paragraphs;
use crate::model::datatype::DataType;
use crate::model::display;
use crate::model::store::ConnectionId;
use crate::model::value::Value;
use crate::model::write::WriteState;
use crate::state::App;
use crate::ui::copy::CopyButton;
use crate::ui::dashboard::{CommandButtons, commands_of};
use crate::ui::definitions::definitions;
use crate::ui::dom::{CollectView as _, IntoView, component, view};
use crate::ui::modal::Modal;

/// The longest attribute.
const FACT_CHARS: usize = 2_000;

/// The dialog about one group.
#[component]
pub fn GroupDialog(
    /// Whose group.
    connection: ConnectionId,
    /// Its index in the catalog.
    group: usize,
    /// It was closed.
    on_close: impl Fn() + Copy + 'static,
) -> impl IntoView {
    let app = App::expect();
    let catalog = app.catalog(connection);
    let described = catalog.groups.get(group).cloned().unwrap_or_default();
    let title = display::harmless(&described.title, display::NAME_CHARS);
    let path = described.path.clone();
    let facts = described.facts;
    let commands = commands_of(&catalog, &described.commands);
    let state = catalog.inspectable.then(|| app.inspect(connection, group));
    let attributes = move || {
        state.as_ref().map(|state| match state.get() {
            WriteState::Pending => view! { <p class="quiet-text">"It is being asked …"</p> },
            WriteState::ReadBack { value: Value::Record(members), .. } => {
                let facts = move || {
                    let text = |value: &Value| display::show_full(value, &DataType::Json);
                    let fact = |(name, value): &(String, Value)| {
                        (display::harmless(name, FACT_CHARS), display::harmless(&text(value), FACT_CHARS))
                    };
                    members.iter().map(fact).collect::<Vec<_>>()
                };
                view! { <dl class="facts">{definitions(facts)}</dl> }
            }
            other => {
                let trouble = other.trouble().unwrap_or_else(|| "It says nothing about it.".to_owned());
                view! { <p class="problem">{trouble}</p> }
            }
        })
    };
    view! {
        <Modal title=title on_close wide=true>
            <p class="snippet">
                <code>{display::harmless(&path, FACT_CHARS)}</code>
                <CopyButton text=path />
            </p>
            {paragraphs(&described.description)
                .into_iter()
                .map(|paragraph| view! { <p>{paragraph}</p> })
                .collect_view()}
            {(!facts.is_empty()).then(|| {
                let harmless = |text: &String| display::harmless(text, FACT_CHARS);
                let facts = move || facts.iter().map(|(name, value)| (harmless(name), harmless(value))).collect();
                view! { <dl class="facts">{definitions(facts)}</dl> }
            })}
            {(!commands.is_empty()).then(|| view! { <CommandButtons connection commands /> })}
            <div role="status">{attributes}</div>
        </Modal>
    }
}
