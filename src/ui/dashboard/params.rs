//! The parameters of a card: name, value and unit in columns, and what can be done with each.

use super::waveform::{self, Waveform};
use super::{harmless, open_plot};
use crate::model::catalog::Access;
use crate::model::display;
use crate::model::store::ChannelId;
use crate::state::signal::RwSignal;
use crate::state::{App, Dialog};
use crate::ui::dom::{CollectView as _, IntoView, NodeRef, Nodes, component, view};
use crate::ui::icons::Icon;
use crate::ui::value::Value;

/// Rows under the headings of their sections.
#[component]
pub(super) fn Rows(
    /// The channels, those of a section together.
    ids: Vec<ChannelId>,
    /// The one that has a field of its own on the card.
    #[prop(optional)]
    set: Option<ChannelId>,
    /// There is room for two rows side by side.
    #[prop(optional)]
    two_columns: bool,
) -> impl IntoView {
    let app = App::expect();
    if ids.is_empty() {
        return Nodes::Nothing;
    }
    let half = if two_columns { ids.len().div_ceil(2) } else { ids.len() };
    let lists =
        ids.chunks(half).map(|ids| view! { <ul class="params">{list(app, ids, set)}</ul> }).collect_view();
    view! { <div class="param-lists">{lists}</div> }
}

fn list(app: App, ids: &[ChannelId], set: Option<ChannelId>) -> impl IntoView + use<> {
    let mut section = String::new();
    ids.iter()
        .copied()
        .filter_map(|id| {
            let channel = app.channel(id)?;
            let heading = (channel.section != section && !channel.section.is_empty()).then(|| {
                view! { <li class="heading">{harmless(&channel.section)}</li> }
            });
            section.clone_from(&channel.section);
            Some(view! {
                {heading}
                <Row id has_field=set == Some(id) />
            })
        })
        .collect_view()
}

/// More rows, made when somebody wants to see them.
#[component]
pub(super) fn Folded(
    /// The channels.
    ids: Vec<ChannelId>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let node = NodeRef::<web_sys::HtmlDetailsElement>::new();
    let count = ids.len();
    view! {
        <details
            class="folded"
            node_ref=node
            on:toggle=move |_| open.set(node.get_untracked().is_some_and(|details| details.open()))
        >
            <summary>{count} " more"</summary>
            {move || open.get().then(|| view! { <Rows ids=ids.clone() set=None /> })}
        </details>
    }
}

#[component]
fn Row(id: ChannelId, has_field: bool) -> impl IntoView {
    let app = App::expect();
    let Some(channel) = app.channel(id) else { return Nodes::Nothing };
    let name = harmless(&channel.name);
    let shown = app.watch(id);
    let error = move || {
        shown.with(|shown| shown.error.clone()).map(|(class, text)| {
            view! { <span class="error">{display::harmless(&class, 60)}": "{display::harmless(&text, 200)}</span> }
        })
    };
    let has_past = channel.data_type.is_plottable() && channel.constant.is_none();
    let plot = has_past.then(|| {
        view! {
            <button
                class="act plot-act"
                aria-label=format!("Plot {name}")
                title="Plot; with Shift: add to the last plot"
                on:click=move |event| open_plot(app, id, event.shift_key())
            >
                {Icon::Plot.view()}
            </button>
        }
    });
    let is_writable = channel.access == Access::ReadWrite && channel.constant.is_none() && !has_field;
    let write = is_writable.then(|| {
        view! {
            <button
                class="act"
                aria-label=format!("Write {name}")
                title="Write"
                on:click=move |_| app.open(Dialog::Write(id, String::new()))
            >
                {Icon::Edit.view()}
            </button>
        }
    });
    let constant = channel.constant.is_some().then(|| view! { <span class="quiet-text">" constant"</span> });
    view! {
        <li class="row">
            <span class="name">
                <button
                    title=display::harmless(&channel.description, 300)
                    on:click=move |_| app.open(Dialog::Why(id))
                >
                    {name}
                    {constant}
                </button>
                {plot}
            </span>
            <Value id />
            <span class="acts">{write}</span>
            {error}
            {waveform::has_curve(&channel.data_type).then(|| view! { <Waveform id /> })}
        </li>
    }
}
