//! Icons as inline SVG: a font may lack the glyph, and a state is never told by colour alone.

use crate::ui::dom::{IntoView, component, view};

/// The icons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Live.
    Dot,
    /// Late or stale.
    Clock,
    /// Invalid, or to close something.
    Cross,
    /// No link.
    Unplugged,
    /// Warning.
    Triangle,
    /// Alarm.
    Diamond,
    /// Paused.
    Pause,
    /// To go on.
    Play,
    /// Replay.
    Replay,
    /// Read-only.
    Lock,
    /// Armed.
    Unlocked,
    /// Busy.
    Busy,
    /// A menu.
    More,
    /// A plot.
    Plot,
    /// Something that opens.
    Open,
    /// To write a value.
    Edit,
}

impl Icon {
    /// Outlines and filled shapes, in a 12 × 12 box.
    fn paths(self) -> (&'static str, &'static str) {
        match self {
            Self::Dot => ("", "M6 2.4a3.6 3.6 0 1 0 0 7.2a3.6 3.6 0 1 0 0-7.2z"),
            Self::Clock => ("M6 1.4a4.6 4.6 0 1 0 0 9.2a4.6 4.6 0 1 0 0-9.2zM6 3v3l2 1.4", ""),
            Self::Cross => ("M2.5 2.5l7 7m0-7l-7 7", ""),
            Self::Unplugged => ("M6 1v4M3.4 3A4.2 4.2 0 1 0 8.6 3", ""),
            Self::Triangle => ("", "M6 1.5L11 10.5H1z"),
            Self::Diamond => ("", "M6 .8L11.2 6L6 11.2L.8 6z"),
            Self::Pause => ("M4 2.5v7M8 2.5v7", ""),
            Self::Play => ("", "M3.5 2l6 4l-6 4z"),
            Self::Replay => ("M10 6a4 4 0 1 1-1.4-3M8.8 .8V3.2H6.4", ""),
            Self::Lock => ("M2.6 5.4h6.8v5H2.6zM4 5.4V3.8a2 2 0 0 1 4 0v1.6", ""),
            Self::Unlocked => ("M2.6 5.4h6.8v5H2.6zM4 5.4V3.4a2 2 0 0 1 3.8-.8", ""),
            Self::Busy => ("M6 1.4A4.6 4.6 0 1 1 1.6 4.6", ""),
            Self::More => ("", "M2 5h2v2H2zM5 5h2v2H5zM8 5h2v2H8z"),
            Self::Plot => ("M1.5 1.5v9h9M3 8l2.4-3l2 1.6L10.4 3", ""),
            Self::Open => ("M4 2.5L8 6L4 9.5", ""),
            Self::Edit => ("M2 10l.5-2.2L8.2 2.1l1.7 1.7L4.2 9.5zM7 3.3L8.7 5", ""),
        }
    }

    /// The icon, hidden from screen readers: a word stands beside it.
    pub fn view(self) -> impl IntoView {
        let (outline, filled) = self.paths();
        view! {
            <svg class="icon" viewBox="0 0 12 12" aria-hidden="true">
                <path d=outline fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" />
                <path d=filled fill="currentColor" />
            </svg>
        }
    }
}

/// The porthole.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
            <circle cx="12" cy="12" r="10" fill="none" stroke="var(--ink-2)" stroke-width="2.4" />
            <circle cx="12" cy="12" r="6.2" fill="none" stroke="var(--accent)" stroke-width="1.4" />
            <path
                d="M6.6 13.2Q9 10.6 12 12.6T17.4 12"
                fill="none"
                stroke="var(--accent)"
                stroke-width="1.6"
            />
        </svg>
    }
}
