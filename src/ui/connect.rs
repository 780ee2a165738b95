//! Asking for a connection: the address as it is typed, and what stands in its way.
//!
//! Nothing in here dials before a person says so.

use super::copy::Snippet;
use super::icons::Icon;
use crate::model::letters;
use crate::state::signal::{Memo, RwSignal};
use crate::state::{App, ConnectRequest, Remark, Verdict, VerdictLevel, View};
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
    pub fn blocks(&self) -> bool {
        self.verdicts.iter().any(|verdict| verdict.level == VerdictLevel::Blocks)
    }
}

/// Connects if nothing stands in the way, and shows the dashboard. Whether it did.
pub fn connect(app: App, request: &ConnectRequest) -> bool {
    if Check::of(app, &request.url).blocks() {
        return false;
    }
    let Ok((address, _)) = app.preflight(&request.url) else { return false };
    app.connect(request, &address);
    app.view.set(View::Dashboard);
    true
}

/// The button, disabled where dialling makes no sense.
#[component]
pub fn ConnectButton(check: Memo<Check>, #[prop(optional)] tall: bool) -> impl IntoView {
    view! {
        <button class="btn primary" class:tall=tall type="submit" disabled=move || check.read().blocks()>
            "Connect"
        </button>
    }
}

/// The field for an address. It has the focus at first, and complains only once it was left.
#[component]
pub fn AddressField(
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
pub fn AddressLines(id: &'static str, check: Memo<Check>, is_touched: RwSignal<bool>) -> impl IntoView {
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
