//! Editors for values of every data type, nested without limit, made from the type alone, and what every dialog
//! with an editor shows beside it: the range of what is allowed, and whether anything may be sent.
//!
//! An editor shows a [`Draft`]; whoever opened it asks the draft for the value. Mistakes are shown in words where
//! they are, while one types, on a line that is always there.

mod compound;
mod draft;
mod permission;
mod range;
mod scalar;
mod send_form;

use crate::model::datatype::DataType;
use crate::model::display::harmless;
use crate::model::entry::{self, EntryError, Problem};
use crate::model::form;
use crate::model::limits::Limits;
use crate::state::signal::Signal;
use crate::ui::dom::{IntoView, Nodes, component, view};
use draft::Fields;

pub use draft::Draft;
pub(super) use permission::{Permission, armed_badge, sends};
pub(super) use range::RangeBar;
pub(super) use send_form::SendForm;

/// How much of a member's name is shown.
const NAME_CHARS: usize = 60;

/// The fields for an entry.
#[component]
pub fn Editor(
    /// What is entered.
    draft: Draft,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// Limits that hold beside those of the type, for a number as a whole.
    #[prop(optional, into)]
    limits: Signal<Limits>,
) -> impl IntoView {
    editor(&Field { draft, label, limits, outermost: true, takes_focus: true })
}

/// A part of an editor.
#[derive(Clone)]
struct Field {
    draft: Draft,
    label: String,
    limits: Signal<Limits>,
    /// It is the whole.
    outermost: bool,
    /// It takes the focus when a dialog opens.
    takes_focus: bool,
}

impl Field {
    /// A part of a whole.
    fn part(draft: &Draft, label: &str, takes_focus: bool) -> Self {
        Self {
            draft: draft.clone(),
            label: harmless(label, NAME_CHARS),
            limits: Signal::stored(Limits::default()),
            outermost: false,
            takes_focus,
        }
    }

    /// The id of the input.
    fn id(&self) -> String {
        format!("entry-{}", self.draft.key())
    }

    /// The id of the line beneath it.
    fn note_id(&self) -> String {
        format!("entry-{}-note", self.draft.key())
    }

    /// What is wrong with the entry. Reactive.
    fn mistake(&self) -> Option<EntryError> {
        let checked = self
            .draft
            .value()
            .and_then(|value| entry::check(&self.draft.data_type, &value, Some(self.limits.get().pair())));
        checked.err()
    }

    /// Something was entered, and it is wrong: what has not been filled in yet is no mistake. Reactive.
    fn is_wrong(&self) -> bool {
        self.mistake().is_some_and(|error| error.problem != Problem::Missing)
    }
}

/// The editor of a type. Types nest, so views do: each is boxed.
fn editor(field: &Field) -> Nodes {
    if field.draft.is_compound() {
        return compound::view(field);
    }
    match (&field.draft.fields, &*field.draft.data_type) {
        (Fields::Switch(on), _) => scalar::switch(field, on),
        (Fields::Choice(chosen), _) => scalar::choice(field, chosen),
        (Fields::Text(text), DataType::Integer(_) | DataType::Number(_)) => scalar::number(field, text),
        (Fields::Text(text), _) => scalar::text(field, text),
        (Fields::List { .. } | Fields::Members(_), _) => compound::view(field),
    }
}

/// The line beneath a field: what is wrong, else what is accepted. It is always there, so that nothing moves.
fn note(field: &Field) -> impl IntoView + use<> {
    let id = field.note_id();
    let wrong = {
        let field = field.clone();
        move || field.is_wrong()
    };
    let field = field.clone();
    let words = move || match field.mistake() {
        Some(error) if error.problem != Problem::Missing => format!("{} {error}", field.label),
        Some(_) | None => form::hint(&field.draft.data_type, field.limits.get()),
    };
    view! {
        <p class="entry-note" class:problem=wrong id=id>
            {words}
        </p>
    }
}
