//! What a person says of a channel: its unit, where the source tells none, and when its value needs eyes.

use std::time::Duration;

use leptos::prelude::*;

use crate::model::alarm::{Bound, Grade, Personal, Side, Thresholds};
use crate::model::named::{self, Named};
use crate::model::store::ChannelId;
use crate::model::{format, number};
use crate::state::App;
use crate::state::signal::RwSignal;
use crate::ui::dom::{CollectView as _, IntoView, component, view};

/// The longest unit.
const UNIT_CHARS: usize = 24;

/// The texts of the form, by the names of their fields.
type Texts = RwSignal<Named>;

/// The form.
#[component]
pub fn MonitoringForm(
    /// The channel.
    id: ChannelId,
) -> impl IntoView {
    let app = App::expect();
    let facts = app.with_store(|store| {
        let record = store.channel(id)?;
        let is_number = record.channel.data_type.is_plottable();
        Some((record.personal.clone(), record.thresholds().cloned(), record.has_no_unit, is_number))
    });
    let Some((said, thresholds, has_no_unit, is_number)) = facts else {
        return view! { <p class="quiet-text">"It is gone."</p> };
    };
    let takes_unit =
        has_no_unit && app.channel(id).is_some_and(|channel| channel.data_type.clone().set_unit("?"));
    let is_open = thresholds.is_some() || !said.is_empty();
    let texts: Texts = RwSignal::new(texts_of(&said.unit, &thresholds.unwrap_or_default()));
    let answer = RwSignal::new(String::new());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let source =
            app.with_store(|store| store.channel(id)?.channel.monitoring.thresholds.as_deref().cloned());
        match read(&texts.get_untracked()) {
            Ok(mut said) => {
                // What is as the source has it follows the source; what was emptied is none.
                said.thresholds = match (said.thresholds, source) {
                    (Some(own), Some(source)) if own == source => None,
                    (None, Some(_)) => Some(Thresholds::default()),
                    (own, _) => own,
                };
                app.say_of_channel(id, &said);
                answer.set("Set.".to_owned());
            }
            Err(problem) => answer.set(problem),
        }
    };
    let reset = move |_| {
        app.say_of_channel(id, &Personal::default());
        let source = app.with_store(|store| store.channel(id)?.thresholds().cloned());
        texts.set(texts_of("", &source.unwrap_or_default()));
        answer.set("As the source says.".to_owned());
    };
    view! {
        <details class="monitoring" open=is_open>
        <summary>{if takes_unit { "Unit and alarm limits" } else { "Alarm limits" }}</summary>
        <form on:submit=submit>
            {takes_unit
                .then(|| {
                    view! {
                        <label>
                            <span>"Unit"</span>
                            <Entry name="unit".to_owned() texts />
                        </label>
                        <p class="quiet-text hint">"The source tells none."</p>
                    }
                })}
            {is_number.then(|| view! { <Bounds texts /> })}
            {(!is_number)
                .then(|| {
                    view! {
                        <label>
                            <span>"Words"</span>
                            <Entry name="states".to_owned() texts />
                        </label>
                        <p class="quiet-text hint">
                            "What the value reads as and how bad that is, e.g. fault*=critical, warm?=warning."
                        </p>
                    }
                })}
            <label>
                <span>"Raised after, s"</span>
                <Entry name="on_s".to_owned() texts />
            </label>
            <label>
                <span>"Ends after, s"</span>
                <Entry name="off_s".to_owned() texts />
            </label>
            <div class="actions">
                <span class="quiet-text" role="status">
                    {answer}
                </span>
                <button type="button" class="btn small" on:click=reset>
                    "As the source says"
                </button>
                <button class="btn small">"Set"</button>
            </div>
        </form>
        </details>
    }
}

/// A row for each grade, worst first, with both of its sides.
#[component]
fn Bounds(texts: Texts) -> impl IntoView {
    view! {
        <table class="bounds">
            <thead>
                <tr>
                    <th scope="col">"Grade"</th>
                    <th scope="col">"at and below"</th>
                    <th scope="col">"at and above"</th>
                </tr>
            </thead>
            <tbody>
                {Grade::RAISED
                    .into_iter()
                    .rev()
                    .map(|grade| {
                        view! {
                            <tr>
                                <th scope="row">{grade.word()}</th>
                                <td>
                                    <Entry name=Bound::name(grade, Side::Low) texts />
                                </td>
                                <td>
                                    <Entry name=Bound::name(grade, Side::High) texts />
                                </td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
}

#[component]
fn Entry(name: String, texts: Texts) -> impl IntoView {
    let label = name.replace('_', " ");
    let read = {
        let name = name.clone();
        move || texts.with(|texts| named::get(texts, &name).to_owned())
    };
    let id = format!("monitoring-{name}");
    view! {
        <input
            id=id
            class="mono"
            aria-label=label
            autocomplete="off"
            prop:value=read
            on:input=move |event| {
                texts.update(|texts| named::set(texts, &name, &event_target_value(&event)));
            }
        />
    }
}

fn texts_of(unit: &str, thresholds: &Thresholds) -> Vec<(String, String)> {
    let Thresholds { bounds, states, on_after, off_after } = thresholds;
    let mut texts = vec![("unit".to_owned(), unit.to_owned())];
    texts.extend(bounds.iter().map(|bound| (Bound::name(bound.grade, bound.side), format::json(bound.at))));
    let words: Vec<String> =
        states.iter().map(|(pattern, grade)| [pattern, "=", grade.word()].concat()).collect();
    texts.push(("states".to_owned(), words.join(", ")));
    for (name, wait) in [("on_s", on_after), ("off_s", off_after)] {
        if !wait.is_zero() {
            texts.push((name.to_owned(), format::json(wait.as_secs_f64())));
        }
    }
    texts
}

fn read(texts: &[(String, String)]) -> Result<Personal, String> {
    let mut thresholds = Thresholds::default();
    for (grade, side) in Thresholds::places() {
        if let Some(at) = number_of(texts, &Bound::name(grade, side))? {
            thresholds.bounds.push(Bound { grade, side, at });
        }
    }
    for word in named::get(texts, "states").split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let (pattern, grade) =
            word.rsplit_once('=').ok_or_else(|| format!("{word}: what grade? Write {word}=major."))?;
        let grade = Grade::of_word(grade.trim())
            .ok_or_else(|| format!("{word}: a grade is normal, warning, minor, major or critical."))?;
        thresholds.states.push((pattern.trim().to_owned(), grade));
    }
    if thresholds.states.len() > Thresholds::STATES {
        return Err(format!("At most {} words.", Thresholds::STATES));
    }
    let has_any = !thresholds.bounds.is_empty() || !thresholds.states.is_empty();
    for (name, wait) in [("on_s", &mut thresholds.on_after), ("off_s", &mut thresholds.off_after)] {
        let seconds = number_of(texts, name)?.unwrap_or(0.0);
        if !(0.0..=Thresholds::LONGEST_WAIT.as_secs_f64()).contains(&seconds) {
            return Err("A wait has 0 to 86400 seconds.".to_owned());
        }
        *wait = Duration::from_secs_f64(seconds);
    }
    let unit = named::get(texts, "unit").trim().chars().take(UNIT_CHARS).collect();
    Ok(Personal { unit, thresholds: has_any.then_some(thresholds) })
}

fn number_of(texts: &[(String, String)], name: &str) -> Result<Option<f64>, String> {
    let text = named::get(texts, name).trim();
    if text.is_empty() {
        return Ok(None);
    }
    let number = number::parse(text).filter(|number| number.is_finite());
    number.map(Some).ok_or_else(|| format!("{}: {text} is no number.", name.replace('_', " ")))
}
