//! The limits of a number as a bar: from one end to the other, with marks for now and new.

use crate::model::display::harmless;
use crate::model::format::{fixed, shortest};
use crate::model::limits::Limits;
use crate::state::signal::{Memo, Signal};
use crate::state::writes::PresentLimits;
use crate::ui::dom::{IntoView, component, view};

/// How much of a name or a unit is shown.
const NAME_CHARS: usize = 40;

/// A bar for what may be written, where both ends are known; nothing otherwise.
#[component]
pub fn RangeBar(
    /// The limits of the channel's type.
    own: Limits,
    /// The channel's unit, as it is shown.
    unit: String,
    /// What other channels allow at present.
    present: Memo<Option<PresentLimits>>,
    /// The present value.
    now: Signal<Option<f64>>,
    /// The value that is entered.
    new: Signal<Option<f64>>,
) -> impl IntoView {
    let narrower = move || present.get().map(|present| present.limits).unwrap_or_default();
    // The type's own range is the whole bar; without one, the present limits are.
    let whole = Memo::new(move || if own.span().is_some() { own } else { narrower() });
    let allowed = Memo::new(move || own.narrowed_by(narrower()));
    let at = move |number: Option<f64>| number.and_then(|number| whole.get().fraction(number));
    let from = move || percent(at(allowed.get().min()).unwrap_or(0.0));
    let to = move || percent(1.0 - at(allowed.get().max()).unwrap_or(1.0));
    let with_unit = move |number: f64| format!("{} {unit}", shortest(number)).trim_end().to_owned();
    let caption = move || {
        let present = present.get()?;
        let end = |limit: Option<f64>, open: &str| limit.map_or_else(|| open.to_owned(), shortest);
        let (min, max) = present.limits.pair();
        if min.is_none() && max.is_none() {
            return None;
        }
        let names = harmless(&present.names.join(", "), 2 * NAME_CHARS);
        Some(format!("limits of the instrument: {names} [{}, {}]", end(min, "−∞"), end(max, "∞")))
    };
    let spoken = {
        let with_unit = with_unit.clone();
        move || {
            let part = |name: &str, number: Option<f64>| {
                number.map_or_else(String::new, |number| format!(", {name} {}", with_unit(number)))
            };
            let (min, max) = allowed.get().pair();
            let ends = format!("{}{}", part("from", min), part("to", max));
            format!("limits{ends}{}{}", part("now", now.get()), part("new", new.get()))
        }
    };
    view! {
        {move || {
            let (min, max) = whole.get().span()?;
            let spoken = spoken.clone();
            Some(
                view! {
                    <div class="range" role="img" aria-label=spoken>
                        <div class="range-bar">
                            <span class="range-allowed" style:left=from style:right=to></span>
                            {mark("range-now", move || at(now.get()))}
                            {mark("range-new", move || at(new.get()))}
                        </div>
                        <div class="range-ends" aria-hidden="true">
                            <span>{with_unit(min)}</span>
                            <span>{caption}</span>
                            <span>{with_unit(max)}</span>
                        </div>
                    </div>
                },
            )
        }}
    }
}

fn mark(class: &'static str, at: impl Fn() -> Option<f64> + Copy + Send + Sync + 'static) -> impl IntoView {
    view! {
        <Show when=move || at().is_some()>
            <i class=class style:left=move || percent(at().unwrap_or(0.0))></i>
        </Show>
    }
}

fn percent(fraction: f64) -> String {
    format!("{}%", fixed(100.0 * fraction, 2))
}
