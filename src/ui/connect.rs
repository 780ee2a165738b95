//! Asking for a connection: the address as it is typed, what stands in its way, and the dialog around it.
//!
//! Nothing in here dials before a person says so.

use leptos::prelude::*;

use super::copy::Snippet;
use super::icons::Icon;
use super::modal::Modal;
use crate::model::letters;
use crate::state::connections::protocols;
use crate::state::signal::{Memo, RwSignal};
use crate::state::{App, ConnectRequest, OptionKind, OptionSpec, Remark, Verdict, VerdictLevel, View};
use crate::ui::dom::{CollectView as _, IntoView, NodeRef, component, view, watch};

/// What is known of an address before anything is dialled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    /// Why it is no address; `None` where it is one.
    pub problem: Option<String>,
    /// How it was understood, where that is not how it was written.
    pub remarks: Vec<String>,
    /// What stands in the way and what to know, the worst first.
    pub verdicts: Vec<Verdict>,
}

impl Check {
    /// Looks at an address as it was typed or pasted.
    pub fn of(app: App, url: &str) -> Self {
        match app.preflight(url) {
            Ok((address, verdicts)) => {
                let remarks = address.remarks.iter().map(Remark::text).collect();
                Self { problem: None, remarks, verdicts }
            }
            Err(error) => Self { problem: Some(sentence(&error.to_string())), ..Self::default() },
        }
    }

    /// The browser would refuse it: dialling makes no sense.
    fn blocks(&self) -> bool {
        self.verdicts.iter().any(|verdict| verdict.level == VerdictLevel::Blocks)
    }
}

/// Connects if nothing stands in the way, and shows the dashboard. Whether it did.
pub(super) fn connect(app: App, request: &ConnectRequest) -> bool {
    if Check::of(app, &request.url).blocks() {
        return false;
    }
    let Ok((address, _)) = app.preflight(&request.url) else { return false };
    app.connect(request, &address);
    app.view.set(View::Dashboard);
    true
}

/// The dialog that asks for a connection. A link to the page opens it filled in; it dials after **Connect**.
#[component]
pub fn ConnectDialog(
    /// What is filled in.
    request: ConnectRequest,
    /// It was closed.
    on_close: impl Fn() + Copy + Send + 'static,
) -> impl IntoView {
    let app = App::expect();
    let submit = move |request: ConnectRequest| {
        if connect(app, &request) {
            on_close();
        }
    };
    view! {
        <Modal title="Connect to a device" on_close=on_close>
            <ConnectForm request examine=move |url| Check::of(app, &url) submit />
        </Modal>
    }
}

/// The fields of the dialog.
#[component]
pub fn ConnectForm(
    /// What is filled in.
    request: ConnectRequest,
    /// Looks at an address.
    examine: impl Fn(String) -> Check + Send + Sync + 'static,
    /// Connect: the address is one, and nothing blocks it.
    submit: impl Fn(ConnectRequest) + Send + 'static,
) -> impl IntoView {
    let ConnectRequest { url, name, protocol, options, replaces } = request;
    let is_touched = RwSignal::new(!url.is_empty());
    let (url, name) = (RwSignal::new(url), RwSignal::new(name));
    let protocol = RwSignal::new(protocol.unwrap_or_default());
    let options = RwSignal::new(options);
    let check = Memo::new(move || examine(url.get()));
    let on_submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        is_touched.set(true);
        if check.with_untracked(|check| check.problem.is_none() && !check.blocks()) {
            let protocol = Some(protocol.get_untracked()).filter(|protocol| !protocol.is_empty());
            submit(ConnectRequest {
                url: url.get_untracked(),
                name: name.get_untracked(),
                protocol,
                options: options.get_untracked(),
                replaces,
            });
        }
    };
    view! {
        <form class="connect-form" on:submit=on_submit>
            <label for="connect-address">"Address"</label>
            <AddressField id="connect-address" url check is_touched />
            <label for="connect-name">"Name (optional)"</label>
            <div class="field">
                <input id="connect-name" autocomplete="off" maxlength="80" bind:value=name />
            </div>
            <label for="connect-protocol">"Protocol"</label>
            <select id="connect-protocol" on:change=move |event| protocol.set(event_target_value(&event))>
                <option value="" selected=move || protocol.read().is_empty()>
                    "find out by trying"
                </option>
                {protocols()
                    .map(|info| {
                        view! {
                            <option value=info.id selected=move || *protocol.read() == info.id>
                                {info.title}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            {move || {
                let chosen = protocols().find(|info| *protocol.read() == info.id);
                chosen
                    .filter(|info| !info.options.is_empty())
                    .map(|info| view! { <OptionFields title=info.title specs=info.options options /> })
            }}
            <AddressLines id="connect-address" check is_touched />
            <div class="actions">
                <ConnectButton check />
            </div>
        </form>
    }
}

/// The options of a protocol, open where one of them was chosen.
#[component]
fn OptionFields(
    title: &'static str,
    specs: &'static [OptionSpec],
    options: RwSignal<Vec<(String, String)>>,
) -> impl IntoView {
    let is_chosen =
        |name: &str| options.with_untracked(|options| options.iter().any(|(other, _)| other == name));
    let any = specs.iter().any(|spec| is_chosen(spec.name));
    view! {
        <details class="options" open=any>
            <summary>{format!("Options of {title}")}</summary>
            {specs.iter().map(|spec| view! { <OptionField spec options /> }).collect_view()}
        </details>
    }
}

#[component]
fn OptionField(spec: &'static OptionSpec, options: RwSignal<Vec<(String, String)>>) -> impl IntoView {
    let name = spec.name;
    let given = options.with_untracked(|options| {
        options.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone()).unwrap_or_default()
    });
    let choose = move |value: String| {
        options.update(|options| {
            options.retain(|(other, _)| other != name);
            if !value.is_empty() {
                options.push((name.to_owned(), value));
            }
        });
    };
    let id = format!("option-{name}");
    let hint = format!("{id}-hint");
    let text = |placeholder: String| {
        view! {
            <div class="field">
                <input
                    id=id.clone()
                    class="mono"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="400"
                    placeholder=placeholder
                    aria-describedby=hint.clone()
                    prop:value=given.clone()
                    on:input=move |event| choose(event_target_value(&event))
                />
            </div>
        }
    };
    let control = match spec.kind {
        OptionKind::Text(default) => text(default.to_owned()),
        OptionKind::Random(prefix) => text(format!("{prefix}… (random)")),
        OptionKind::Choice(choices) => view! {
            <select id=id.clone() aria-describedby=hint.clone() on:change=move |event| choose(event_target_value(&event))>
                {choices
                    .iter()
                    .map(|(word, title)| view! { <option value=*word selected=*word == given>{*title}</option> })
                    .collect_view()}
            </select>
        },
    };
    view! {
        <label for=id>{spec.label}</label>
        {control}
        <p class="quiet-text hint" id=hint>{spec.hint}</p>
    }
}

/// The button, disabled where dialling makes no sense.
#[component]
pub(super) fn ConnectButton(check: Memo<Check>, #[prop(optional)] tall: bool) -> impl IntoView {
    view! {
        <button class="btn primary" class:tall=tall type="submit" disabled=move || check.read().blocks()>
            "Connect"
        </button>
    }
}

/// The field for an address. It has the focus at first, and complains only once it was left.
#[component]
pub(super) fn AddressField(
    id: &'static str,
    url: RwSignal<String>,
    check: Memo<Check>,
    is_touched: RwSignal<bool>,
) -> impl IntoView {
    let node = NodeRef::<web_sys::HtmlInputElement>::new();
    watch(move || {
        if let Some(input) = node.get() {
            // In a dialog that is still closed it has no effect; `autofocus` does the same there.
            drop(input.focus());
        }
    });
    let is_wrong = move || is_touched.get() && check.read().problem.is_some();
    view! {
        <div class="field" class:wrong=is_wrong>
            <input
                id=id
                class="mono"
                node_ref=node
                autofocus=true
                type="text"
                inputmode="url"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder="ws://host:port"
                aria-invalid=move || is_wrong().then_some("true")
                aria-describedby=lines_id(id)
                bind:value=url
                // A field that is taken off the page loses the focus too, and its signals have gone before it.
                on:blur=move |_| {
                    if url.try_get_untracked().is_some_and(|url| !url.trim().is_empty()) {
                        is_touched.try_set(true);
                    }
                }
            />
        </div>
    }
}

/// What stands below the address: why it is none, what stands in the way, how it was understood.
#[component]
pub(super) fn AddressLines(
    id: &'static str,
    check: Memo<Check>,
    is_touched: RwSignal<bool>,
) -> impl IntoView {
    let lines = move || {
        let Check { problem, remarks, verdicts } = check.get();
        let problem = problem.filter(|_| is_touched.get());
        view! {
            {problem.map(|problem| view! { <li class="problem">{Icon::Cross.view()} <span>{problem}</span></li> })}
            {verdicts.into_iter().map(|verdict| view! { <VerdictLine verdict /> }).collect_view()}
            {remarks
                .into_iter()
                .map(|remark| view! { <li class="quiet-text">{Icon::Open.view()} <span>{remark}</span></li> })
                .collect_view()}
        }
    };
    view! {
        <ul class="address-lines" id=lines_id(id) aria-live="polite">
            {lines}
        </ul>
    }
}

#[component]
fn VerdictLine(verdict: Verdict) -> impl IntoView {
    let Verdict { level, title, text, snippet } = verdict;
    let (class, icon) = match level {
        VerdictLevel::Blocks => ("problem", Icon::Cross),
        VerdictLevel::Warns => ("warns", Icon::Triangle),
        VerdictLevel::Ok => ("quiet-text", Icon::Open),
    };
    view! {
        <li class=class>
            {icon.view()} <div>
                <b>{title}"."</b>
                " "
                {text}
                <Snippet text=snippet />
            </div>
        </li>
    }
}

fn lines_id(id: &str) -> String {
    format!("{id}-lines")
}

/// An error message as a sentence.
fn sentence(message: &str) -> String {
    format!("{}.", letters::capitalized(message))
}
