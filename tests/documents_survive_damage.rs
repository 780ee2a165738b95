//! Documents come back as they were saved; a damaged one is refused in words or opens, and nothing else happens.

use porthole::document::capture::{Capture, CapturedFrame};
use std::time::Duration;

use porthole::document::workspace::{
    ConnectionDocument, DefinitionDocument, PlotDocument, Recent, Settings, Theme, Workspace,
};
use porthole::model::alarm::{Bound, Grade, Personal, Side, Thresholds};
use porthole::model::catalog::Level;
use porthole::model::frames::{Direction, FrameBody};
use porthole::model::time::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_workspace_comes_back(workspace in workspace()) {
        let text = workspace.write();
        let opened = Workspace::parse(&text);
        prop_assert_eq!(opened.as_ref(), Ok(&workspace));
        prop_assert_eq!(opened.map(|opened| opened.write()), Ok(text));
    }

    #[test]
    fn a_capture_comes_back(capture in capture()) {
        let text = capture.write();
        let opened = Capture::parse(&text);
        prop_assert_eq!(opened.as_ref(), Ok(&capture));
        prop_assert_eq!(opened.map(|opened| opened.write()), Ok(text));
    }

    #[test]
    fn a_truncated_workspace_is_refused(workspace in workspace(), cut in any::<Index>()) {
        let text = workspace.write();
        let text = text.trim_end();
        let kept = &text[..text.floor_char_boundary(cut.index(text.len()))];
        let refusal = Workspace::parse(kept).expect_err("a part of an object is none").to_string();
        prop_assert!(refusal.starts_with("line "), "{}", refusal);
    }

    #[test]
    fn an_edited_document_opens_or_is_refused(
        workspace in workspace(),
        capture in capture(),
        edits in proptest::collection::vec((any::<Index>(), 0..8_usize, "[\\[\\]{}\",:0-9a-z\n\u{fffd}-]{0,4}"), 1..4),
    ) {
        for (text, refusal) in [
            (workspace.write(), (|text| Workspace::parse(text).err()) as fn(&str) -> _),
            (capture.write(), |text| Capture::parse(text).err()),
        ] {
            let mut text = text;
            for (at, removed, added) in &edits {
                let start = text.floor_char_boundary(at.index(text.len() + 1));
                let end = text.ceil_char_boundary((start + removed).min(text.len()));
                text.replace_range(start..end, added);
            }
            if let Some(refusal) = refusal(&text) {
                let words = refusal.to_string();
                prop_assert!(!words.is_empty() && words.len() < 500, "{}", words);
            }
        }
    }
}

fn workspace() -> impl Strategy<Value = Workspace> {
    let theme = prop_oneof![Just(Theme::System), Just(Theme::Dark), Just(Theme::Light)];
    let level =
        prop_oneof![Just(Level::User), Just(Level::Advanced), Just(Level::Expert), Just(Level::Hidden)];
    let settings = (theme, level, any::<bool>(), any::<bool>())
        .prop_map(|(theme, level, utc, single_keys)| Settings { theme, level, utc, single_keys });
    let options = || proptest::collection::btree_map(".{0,8}", ".{0,8}", 0..3);
    let connections = proptest::collection::btree_map(
        ".{1,8}",
        (".{0,8}", url(), "[a-z]{0,8}", options(), channels()),
        0..4,
    );
    let definitions = proptest::collection::btree_map(".{1,8}", ("[a-z]{1,8}", ".{0,40}"), 0..3);
    let recent = (url(), ".{0,8}", "[a-z]{0,8}", any::<i64>(), ".{0,8}", options());
    let plot = (proptest::collection::vec(".{1,12}", 0..4), 1..604_801_u32);
    (
        connections,
        proptest::collection::vec(recent, 0..13),
        proptest::collection::vec(plot, 0..4),
        ("[a-z]{0,8}", definitions),
        settings,
    )
        .prop_map(|(connections, recent, plots, (view, definitions), settings)| Workspace {
            definitions: definitions
                .into_iter()
                .map(|(name, (protocol, text))| DefinitionDocument { name, protocol, text })
                .collect(),
            connections: connections
                .into_iter()
                .map(|(key, (name, url, protocol, options, channels))| ConnectionDocument {
                    channels,
                    key,
                    name,
                    url,
                    protocol,
                    options: options.into_iter().collect(),
                })
                .collect(),
            recent: recent
                .into_iter()
                .map(|(url, name, protocol, at, summary, options)| Recent {
                    url,
                    name,
                    protocol,
                    at: Timestamp(at),
                    summary,
                    options: options.into_iter().collect(),
                })
                .collect(),
            plots: plots
                .into_iter()
                .map(|(channels, span_seconds)| PlotDocument { channels, span_seconds })
                .collect(),
            view,
            settings,
        })
}

/// What a person says of channels; thresholds in the order in which they are read.
fn channels() -> impl Strategy<Value = Vec<(String, Personal)>> {
    // The reader of documents may round the last digit of others.
    let at = proptest::option::of((-4_000..4_000_i32).prop_map(|quarters| f64::from(quarters) / 4.0));
    let wait = (0..80_000_u32).prop_map(|millis| Duration::from_millis(millis.into()));
    let states = proptest::collection::btree_map(
        ".{1,6}",
        prop_oneof![Just(Grade::Normal), Just(Grade::Minor), Just(Grade::Critical)],
        0..3,
    );
    let thresholds = (at.clone(), at.clone(), at, states, wait.clone(), wait).prop_map(
        |(critical_low, warning_high, critical_high, states, on_after, off_after)| {
            let bounds = [
                (critical_low, Grade::Critical, Side::Low),
                (warning_high, Grade::Warning, Side::High),
                (critical_high, Grade::Critical, Side::High),
            ];
            let bounds =
                bounds.into_iter().filter_map(|(at, grade, side)| Some(Bound { grade, side, at: at? }));
            Thresholds { bounds: bounds.collect(), states: states.into_iter().collect(), on_after, off_after }
        },
    );
    let said = (".{0,4}", proptest::option::of(thresholds))
        .prop_map(|(unit, thresholds)| Personal { unit, thresholds });
    proptest::collection::btree_map(".{1,8}", said, 0..3).prop_map(|all| all.into_iter().collect())
}

fn capture() -> impl Strategy<Value = Capture> {
    let body = prop_oneof![
        any::<String>().prop_map(FrameBody::Text),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(FrameBody::Binary),
    ];
    let direction = prop_oneof![Just(Direction::In), Just(Direction::Out)];
    let frame = (any::<i64>(), direction, body, any::<bool>())
        .prop_map(|(at, direction, body, cut)| CapturedFrame { at: Timestamp(at), direction, body, cut });
    let options = proptest::collection::btree_map(".{0,8}", ".{0,40}", 0..3)
        .prop_map(|options| options.into_iter().collect::<Vec<_>>());
    (
        ".{0,8}",
        prop_oneof![Just(String::new()), url()],
        "[a-z]{1,8}",
        options,
        proptest::collection::vec(frame, 0..6),
    )
        .prop_map(|(name, url, protocol, options, frames)| Capture {
            name,
            url,
            protocol,
            options,
            frames,
        })
}

/// Without a user name: that would stay behind on purpose.
fn url() -> impl Strategy<Value = String> {
    "(ws|wss)://[a-z0-9.]{1,12}(:[0-9]{1,5})?(/[a-z@ü]{0,6})?"
}
