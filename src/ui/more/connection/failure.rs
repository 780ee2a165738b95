//! Why there is no link: the likely causes in order, and what was observed.

use crate::model::link::{Cause, Failure, Offer};
use crate::ui::copy::Snippet;
use crate::ui::dom::{CollectView as _, IntoView, component, view};

/// A failure: what happened, the causes, the evidence.
#[component]
pub fn FailureFacts(
    /// What is known of it.
    failure: Failure,
    /// The address that was dialled; empty where there is none.
    url: String,
    /// Another way to connect was chosen: its options.
    take: impl Fn(Vec<(String, String)>) + Clone + 'static,
) -> impl IntoView {
    let Failure { title, evidence, mut causes } = failure;
    let introduction = match causes.as_slice() {
        [] => None,
        [only] if only.title == title => None,
        [_] => Some("The likely cause:"),
        [first, ..] if first.title == title => Some("What may be behind it, and what to do:"),
        _ => Some("The browser hides why a socket fails, so these are the likely causes, most likely first:"),
    };
    let is_told_twice = matches!(causes.as_slice(), [only] if only.title == title);
    // What the peer said first is no guess: it stands above the others.
    let reason = if !is_told_twice && causes.first().is_some_and(|first| first.title == title) {
        Some(causes.remove(0).text)
    } else {
        None
    };
    view! {
        {(!url.is_empty()).then(|| view! { <p class="mono">{url}</p> })}
        {(!is_told_twice).then(|| view! { <p>{as_sentence(title)}</p> })}
        {reason.map(|reason| view! { <p>{reason}</p> })}
        {introduction.map(|introduction| view! { <p>{introduction}</p> })}
        <ol class="causes">{causes.into_iter().map(|cause| view! { <CauseItem cause take=take.clone() /> }).collect_view()}</ol>
        {(!evidence.is_empty())
            .then(|| {
                view! {
                    <dl class="facts">
                        <dt>"Evidence"</dt>
                        <dd class="mono">{evidence}</dd>
                    </dl>
                }
            })}
    }
}

#[component]
fn CauseItem(cause: Cause, take: impl Fn(Vec<(String, String)>) + Clone + 'static) -> impl IntoView {
    let Cause { title, text, snippet, offer } = cause;
    view! {
        <li>
            <b>{as_sentence(title)}</b>
            " "
            {text}
            <Snippet text=snippet />
            {offer
                .map(|Offer { title, options }| {
                    view! {
                        <div class="actions">
                            <button class="btn small" on:click=move |_| take(options.clone())>
                                {title}
                            </button>
                        </div>
                    }
                })}
        </li>
    }
}

/// With a full stop, where a title has none.
fn as_sentence(title: String) -> String {
    if title.ends_with(['.', '!', '?', ':']) { title } else { title + "." }
}
