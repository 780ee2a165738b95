//! The card of a group: its main value, its state, its parameters and what can be done with it.

use super::params::{Folded, Rows};
use super::sparkline::Sparkline;
use super::stop::StopButton;
use super::waveform::{self, Waveform};
use super::{QuickSet, harmless, open_plot};
use crate::model::arrange::CardPlan;
use crate::model::catalog::{Access, Catalog, Channel, Group};
use crate::model::datatype::DataType;
use crate::model::display;
use crate::model::store::{ChannelId, ConnectionId};
use crate::state::signal::Memo;
use crate::state::{App, Dialog};
use crate::ui::dom::{CollectView as _, IntoView, Nodes, component, view};
use crate::ui::icons::Icon;
use crate::ui::value::{QualityLine, StateBadge, Value, card_class};

/// A card.
#[component]
pub(super) fn Card(
    /// The connection.
    connection: ConnectionId,
    /// What is on it.
    plan: CardPlan,
) -> impl IntoView {
    let app = App::expect();
    let catalog = app.catalog(connection);
    let ids = app.channel_ids(connection);
    let group = catalog.groups.get(plan.group).cloned().unwrap_or_default();
    // A page that keeps no more channels has none for the last of a catalog.
    let id_of = |index: usize| ids.get(index).copied();
    let all = |indices: &[usize]| indices.iter().filter_map(|index| id_of(*index)).collect::<Vec<_>>();
    let main = plan.main.and_then(id_of);
    let status = plan.status.and_then(id_of);
    let target = plan.target.and_then(id_of);
    let lead = plan.lead().and_then(id_of);
    let mut rows = all(&plan.rows);
    rows.splice(0..0, target);
    let folded = all(&plan.folded);
    let set = target.filter(|id| app.channel(*id).is_some_and(|channel| fits_a_field(&channel)));
    let commands = commands_of(&catalog, &plan.commands);
    let title = harmless(&group.title);
    let stop_title = title.clone();
    let is_wide = plan.is_wide();
    let shown = lead.map(|id| app.watch(id));
    let class = Memo::new(move || shown.map_or("", |shown| card_class(&shown.read())));
    view! {
        <article
            class="card module"
            class:wide=is_wide
            class:warn=move || class.get() == "warn"
            class:alarm=move || class.get() == "alarm"
            class:invalid=move || class.get() == "invalid"
            class:stale=move || class.get() == "stale"
            class:off=move || class.get() == "off"
            aria-label=title.clone()
        >
            <header>
                <h3 title=title.clone()>{title.clone()}</h3>
                <StateBadge status main />
            </header>
            <p class="about">
                <span>{about(&group)}</span>
                {status.map(|id| view! { <StatusText id /> })}
            </p>
            {main.map(|id| view! { <Main id /> })}
            <Rows ids=rows set two_columns=is_wide />
            {(!folded.is_empty()).then(|| view! { <Folded ids=folded /> })}
            {(set.is_some() || !plan.stops.is_empty()).then(|| view! {
                <div class="set">
                    {set.map(|id| view! { <QuickSet id /> })}
                    <StopButton connection commands=plan.stops.clone() of=stop_title />
                </div>
            })}
            {(!commands.is_empty()).then(|| view! { <Commands connection commands /> })}
            {lead.map(|id| view! { <QualityLine id /> })}
        </article>
    }
}

/// The value that the card is about, and its last two minutes.
#[component]
fn Main(id: ChannelId) -> impl IntoView {
    let app = App::expect();
    let Some(channel) = app.channel(id) else { return Nodes::Nothing };
    let shown = app.watch(id);
    let error = move || {
        shown.with(|shown| shown.error.clone()).map(|(class, text)| {
            view! { <p class="error">{display::harmless(&class, 60)}": "{display::harmless(&text, 300)}</p> }
        })
    };
    let edit = (channel.access == Access::ReadWrite && channel.constant.is_none()).then(|| {
        view! {
            <button
                class="btn quiet small act"
                aria-label=format!("Write {}", harmless(&channel.name))
                title="Write"
                on:click=move |_| app.open(Dialog::Write(id, String::new()))
            >
                {Icon::Edit.view()}
            </button>
        }
    });
    if channel.data_type.is_plottable() {
        let label = format!("Plot {}", super::title_of(app, id));
        view! {
            // A short cut for the pointer; the curve below is the button.
            <div class="main-value">
                <span class="pointer" on:click=move |event| open_plot(app, id, event.shift_key())>
                    <Value id big=true />
                </span>
                {edit}
            </div>
            {error}
            <button
                class="plot-button"
                aria-label=label
                title="Plot; with Shift: add to the last plot"
                on:click=move |event| open_plot(app, id, event.shift_key())
            >
                <Sparkline id />
            </button>
        }
    } else {
        view! {
            <div class="main-text">
                <Value id />
                {edit}
            </div>
            {error}
            {waveform::has_curve(&channel.data_type).then(|| view! { <Waveform id /> })}
        }
    }
}

/// What the source adds to its state, in its own words. The whole value is there for scripts and tests.
#[component]
fn StatusText(id: ChannelId) -> impl IntoView {
    let app = App::expect();
    let (shown, text) = (app.watch(id), app.watch_text(id));
    let words = Memo::new(move || {
        shown
            .with(|shown| shown.state.as_ref().map(|state| display::harmless(&state.text, 200)))
            .unwrap_or_default()
    });
    view! {
        <span class="status-text" title=words>{words}</span>
        <span
            class="visually-hidden"
            data-channel=app.channel_name(id)
            data-quality=move || shown.read().quality.word()
            data-severity=move || shown.read().severity.word()
        >
            {move || text.read().value.to_string()}
        </span>
    }
}

/// More commands than these are folded away.
const OPEN_COMMANDS: usize = 6;

/// Buttons that open the dialogs of commands; folded away where they are many.
#[component]
fn Commands(connection: ConnectionId, commands: Vec<(usize, String, String)>) -> impl IntoView {
    let count = commands.len();
    if count <= OPEN_COMMANDS {
        return view! { <CommandButtons connection commands /> };
    }
    view! {
        <details class="folded commands-folded">
            <summary>{count} " commands"</summary>
            <CommandButtons connection commands />
        </details>
    }
}

/// What a card and a dialog need to know of commands: the index, the name, the description.
pub fn commands_of(catalog: &Catalog, indices: &[usize]) -> Vec<(usize, String, String)> {
    let command = |index: &usize| {
        let command = catalog.commands.get(*index).filter(|command| command.callable)?;
        Some((*index, harmless(&command.name), display::harmless(&command.description, 200)))
    };
    indices.iter().filter_map(command).collect()
}

/// Buttons that open the dialogs of commands.
#[component]
pub fn CommandButtons(
    /// Whose commands.
    connection: ConnectionId,
    /// Each with its index in the catalog, its name and its description.
    commands: Vec<(usize, String, String)>,
) -> impl IntoView {
    let app = App::expect();
    let buttons = commands
        .into_iter()
        .map(|(index, name, description)| {
            view! {
                <button
                    class="btn small"
                    title=description
                    aria-haspopup="dialog"
                    on:click=move |_| app.open(Dialog::Execute(connection, index))
                >
                    {name}
                    "…"
                </button>
            }
        })
        .collect_view();
    view! {
        <div class="commands" role="group" aria-label="Commands">
            {buttons}
        </div>
    }
}

/// A value that one line can take.
fn fits_a_field(channel: &Channel) -> bool {
    let is_scalar = channel.data_type.is_plottable() || matches!(channel.data_type, DataType::Text(_));
    is_scalar && channel.access == Access::ReadWrite && channel.constant.is_none()
}

/// The module's name and what it says about itself, in one line.
fn about(group: &Group) -> String {
    let line = group.description.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let mut parts: Vec<&str> = Vec::new();
    // Where it stands among others, the heading says.
    let path = if group.parent.is_some() { "" } else { group.path.as_str() };
    for part in [path, line] {
        if !part.is_empty() && part != group.title && !parts.contains(&part) {
            parts.push(part);
        }
    }
    display::harmless(&parts.join(" · "), 160)
}
