//! A channel's value, its quality and its age: the one way in which every view shows them.

use super::icons::Icon;
use crate::model::display;
use crate::model::quality::Quality;
use crate::model::reading::{Activity, Severity};
use crate::model::store::ChannelId;
use crate::state::signal::Memo;
use crate::state::{App, Dialog, Shown};
use crate::ui::dom::{IntoView, component, view};

/// The value with its unit and uncertainty. The value's element has the text alone and says whose it is.
#[component]
pub fn Value(
    /// The channel.
    id: ChannelId,
    /// Written large: the value that a card is about.
    #[prop(optional)]
    big: bool,
) -> impl IntoView {
    let app = App::expect();
    let (shown, text) = (app.watch(id), app.watch_text(id));
    let name = app.channel_name(id);
    let unit = app.channel(id).map_or_else(String::new, |channel| display::unit(&channel.data_type));
    let place = app.axis(id).map(|_| move || text.read().place.clone());
    view! {
        <span
            class="value"
            class:big=big
            class:dim=move || is_dim(shown.read().quality)
            title=place
        >
            <span
                class="v"
                data-channel=name
                data-quality=move || shown.read().quality.word()
                data-severity=move || shown.read().severity.word()
            >
                {move || text.read().value.to_string()}
            </span>
            <span class="u">
                {unit}
                <Show when=move || !big && !shown.read().alarm.is_empty()>
                    " "
                    <span class="alarm-mark" title=move || shown.read().alarm.clone()>
                        {move || severity_icon(shown.read().severity).view()}
                        <span class="visually-hidden">{move || shown.read().alarm.clone()}</span>
                    </span>
                </Show>
            </span>
            <Show when=move || !text.read().uncertainty.is_empty()>
                <span class="e">"± " {move || text.read().uncertainty.clone()}</span>
            </Show>
        </span>
    }
}

/// The quality in a word, with icon and age; a click tells why.
#[component]
pub fn QualityLine(
    /// The channel.
    id: ChannelId,
) -> impl IntoView {
    let app = App::expect();
    let shown = app.watch(id);
    let text = app.axis(id).map(|_| app.watch_text(id));
    let quality = Memo::new(move || shown.read().quality);
    let words = move || {
        let words = quality_words(&shown.read());
        match text.map(|text| text.read().place.clone()).filter(|place| !place.is_empty()) {
            Some(place) => format!("{words} · {place}"),
            None => words,
        }
    };
    view! {
        <button
            class="quality"
            data-quality=move || quality.get().word()
            title="Why?"
            on:click=move |_| app.open(Dialog::Why(id))
        >
            {move || quality_icon(quality.get()).view()}
            <span>{words}</span>
        </button>
    }
}

/// The state of a group as a badge: busy, warning, error, or the reason why its value is not live.
#[component]
pub fn StateBadge(
    /// The group's status channel, where it has one.
    status: Option<ChannelId>,
    /// The group's main channel, where it has one.
    main: Option<ChannelId>,
) -> impl IntoView {
    let app = App::expect();
    let status = status.map(|id| app.watch(id));
    let main = main.map(|id| app.watch(id));
    let badge = Memo::new(move || {
        let main = main.map(|main| main.get());
        let status = status.map(|status| status.get());
        let quality = main.as_ref().or(status.as_ref()).map_or(Quality::Live, |shown| shown.quality);
        let (class, icon, text) = match quality {
            Quality::Disconnected => ("state off", Some(Icon::Unplugged), "no link".to_owned()),
            Quality::Invalid => {
                let class =
                    main.and_then(|main| main.error).map_or_else(|| "invalid".to_owned(), |(class, _)| class);
                ("state invalid", Some(Icon::Cross), class)
            }
            Quality::Stale => ("state stale", Some(Icon::Clock), "stale".to_owned()),
            Quality::Late | Quality::Live | Quality::Paused | Quality::Replay => {
                if let Some(main) = main.filter(|main| !main.alarm.is_empty()) {
                    let class = if main.severity == Severity::Alarm { "state alarm" } else { "state warn" };
                    return Some((class, Some(severity_icon(main.severity)), main.alarm));
                }
                let state = status.and_then(|status| status.state)?;
                let (class, icon) = match state.activity {
                    Activity::Busy => ("state busy", Some(Icon::Busy)),
                    Activity::Warn => ("state warn", Some(Icon::Triangle)),
                    Activity::Error => ("state alarm", Some(Icon::Diamond)),
                    Activity::Disabled | Activity::Idle | Activity::Unknown => ("state", None),
                };
                (class, icon, state.label)
            }
        };
        Some((class, icon, text))
    });
    move || {
        badge
            .get()
            .map(|(class, icon, text)| view! { <span class=class>{icon.map(Icon::view)} {text}</span> })
    }
}

/// The icon of what needs eyes.
fn severity_icon(severity: Severity) -> Icon {
    match severity {
        Severity::Alarm => Icon::Diamond,
        Severity::Warning | Severity::Normal => Icon::Triangle,
    }
}

/// The class that gives a card its border, by precedence: no link, invalid, stale, alarm, warning.
pub fn card_class(shown: &Shown) -> &'static str {
    match (shown.quality, shown.severity) {
        (Quality::Disconnected, _) => "off",
        (Quality::Invalid, _) => "invalid",
        (Quality::Stale, _) => "stale",
        (_, Severity::Alarm) => "alarm",
        (_, Severity::Warning) => "warn",
        (_, Severity::Normal) => "",
    }
}

/// Values that are not fresh keep showing, dimmed.
pub fn is_dim(quality: Quality) -> bool {
    match quality {
        Quality::Live | Quality::Late | Quality::Replay | Quality::Paused => false,
        Quality::Stale | Quality::Disconnected | Quality::Invalid => true,
    }
}

/// The icon of a quality.
pub fn quality_icon(quality: Quality) -> Icon {
    match quality {
        Quality::Live => Icon::Dot,
        Quality::Late | Quality::Stale => Icon::Clock,
        Quality::Disconnected => Icon::Unplugged,
        Quality::Invalid => Icon::Cross,
        Quality::Paused => Icon::Pause,
        Quality::Replay => Icon::Replay,
    }
}

/// The quality in words, with the age of the value.
pub fn quality_words(shown: &Shown) -> String {
    let word = shown.quality.word();
    match shown.quality {
        Quality::Paused if !shown.subscribed => "not subscribed".to_owned(),
        _ if shown.age.is_empty() => format!("{word} · no value yet"),
        Quality::Live | Quality::Replay => format!("{word} · {}", shown.age),
        Quality::Late | Quality::Stale | Quality::Disconnected | Quality::Invalid | Quality::Paused => {
            format!("{word} · value is {} old", shown.age)
        }
    }
}
