//! Every procedure of the One Platform: how its call is written, and how what it returns is read.

use porthole::model::json::{Breaches, Json};
use porthole::protocol::exosite::answer::{CallId, Incoming};
use porthole::protocol::exosite::auth::{Auth, AuthError};
use porthole::protocol::exosite::procedure::{
    Clue, Creature, Entity, Metric, Part, Procedure, Relation, Selection, Window, frame,
};
use porthole::protocol::exosite::resource::{Kind, ResourceId, Rid};
use porthole::protocol::exosite::result;
use porthole::protocol::options::Options;

const RID: &str = "34eaae237988167d90bfc2ffeb666daaaaaaaaaa";
const CODE: &str = "ab24f30dd8c62039239601234567890123456789";

fn rid() -> ResourceId {
    ResourceId::Rid(Rid::parse(RID).expect("a RID"))
}

fn alias(name: &str) -> ResourceId {
    ResourceId::Alias(name.to_owned())
}

/// Every procedure in every form: its name and its arguments.
fn all() -> Vec<(Procedure, &'static str, String)> {
    let code = || CODE.to_owned();
    let points = || vec![(1_421_906_172, "30".to_owned()), (-60, "\"x\"".to_owned())];
    let r = format!("\"{RID}\"");
    vec![
        (
            Procedure::Read { resource: rid(), window: Window::newest() },
            "read",
            format!(r#"[{r},{{"sort":"desc","limit":1}}]"#),
        ),
        (
            Procedure::Read {
                resource: alias("t"),
                window: Window {
                    start: Some(1),
                    end: Some(9),
                    is_ascending: true,
                    limit: Some(3),
                    selection: Selection::GivenWindow,
                },
            },
            "read",
            r#"[{"alias":"t"},{"starttime":1,"endtime":9,"sort":"asc","limit":3,"selection":"givenwindow"}]"#
                .to_owned(),
        ),
        (
            Procedure::Write { resource: ResourceId::Itself, value: "65.4".to_owned() },
            "write",
            r#"[{"alias":""},65.4]"#.to_owned(),
        ),
        (
            Procedure::WriteGroup { values: vec![(rid(), "1".to_owned()), (alias("t"), "\"x\"".to_owned())] },
            "writegroup",
            format!(r#"[[[{r},1],[{{"alias":"t"}},"x"]]]"#),
        ),
        (
            Procedure::Record { resource: rid(), points: points() },
            "record",
            format!(r#"[{r},[[1421906172,30],[-60,"x"]],{{}}]"#),
        ),
        (
            Procedure::RecordBatch { resource: rid(), points: points() },
            "recordbatch",
            format!(r#"[{r},[[1421906172,30],[-60,"x"]]]"#),
        ),
        (
            Procedure::Flush { resource: rid(), newer_than: None, older_than: None },
            "flush",
            format!(r"[{r},{{}}]"),
        ),
        (
            Procedure::Flush { resource: rid(), newer_than: Some(5), older_than: Some(9) },
            "flush",
            format!(r#"[{r},{{"newerthan":5,"olderthan":9}}]"#),
        ),
        (
            Procedure::Wait { resource: rid(), timeout_millis: None, since: None },
            "wait",
            format!(r"[{r},{{}}]"),
        ),
        (
            Procedure::Wait { resource: rid(), timeout_millis: Some(5_000), since: Some(7) },
            "wait",
            format!(r#"[{r},{{"timeout":5000,"since":7}}]"#),
        ),
        (
            Procedure::Subscribe { resource: rid(), since: None, timeout_millis: None, subs_id: None },
            "subscribe",
            format!(r"[{r},{{}}]"),
        ),
        (
            Procedure::Subscribe {
                resource: rid(),
                since: Some(7),
                timeout_millis: Some(8),
                subs_id: Some(CallId::Text("t".into())),
            },
            "subscribe",
            format!(r#"[{r},{{"since":7,"timeout":8,"subs_id":"t"}}]"#),
        ),
        (
            Procedure::Unsubscribe { resource: Some(rid()), subs_id: CallId::Number(3) },
            "unsubscribe",
            format!(r#"[{r},{{"subs_id":3}}]"#),
        ),
        (
            Procedure::Unsubscribe { resource: None, subs_id: CallId::Number(3) },
            "unsubscribe",
            r#"[{"subs_id":3}]"#.to_owned(),
        ),
        (
            Procedure::Create {
                parent: Some(rid()),
                kind: Creature::New(Kind::Dataport),
                description: r#"{"format":"float"}"#.to_owned(),
            },
            "create",
            format!(r#"[{r},"dataport",{{"format":"float"}}]"#),
        ),
        (
            Procedure::Create { parent: None, kind: Creature::Clone, description: "{}".to_owned() },
            "create",
            r#"["clone",{}]"#.to_owned(),
        ),
        (
            Procedure::Update { resource: rid(), description: "{}".to_owned() },
            "update",
            format!(r"[{r},{{}}]"),
        ),
        (
            Procedure::Move { resource: rid(), destination: alias("d"), aliases: true },
            "move",
            format!(r#"[{r},{{"alias":"d"}},{{"aliases":true}}]"#),
        ),
        (Procedure::Drop { resource: rid() }, "drop", format!("[{r}]")),
        (
            Procedure::Info { resource: rid(), parts: &[Part::Basic, Part::Tags, Part::Counts] },
            "info",
            format!(r#"[{r},{{"basic":true,"tags":true,"counts":true}}]"#),
        ),
        (
            Procedure::Listing {
                client: Some(rid()),
                kinds: &[Kind::Client, Kind::Dispatch],
                relation: Some(Relation {
                    owned: false,
                    activated: true,
                    aliased: true,
                    public: true,
                    tagged: vec!["a".to_owned()],
                }),
            },
            "listing",
            format!(
                r#"[{r},["client","dispatch"],{{"activated":true,"aliased":true,"public":true,"tagged":["a"]}}]"#
            ),
        ),
        (
            Procedure::Listing { client: None, kinds: &[Kind::Datarule], relation: None },
            "listing",
            r#"[["datarule"]]"#.to_owned(),
        ),
        (Procedure::Map { resource: rid(), alias: "t".to_owned() }, "map", format!(r#"["alias",{r},"t"]"#)),
        (
            Procedure::Unmap { client: Some(rid()), alias: "t".to_owned() },
            "unmap",
            format!(r#"[{r},"alias","t"]"#),
        ),
        (Procedure::Unmap { client: None, alias: "t".to_owned() }, "unmap", r#"["alias","t"]"#.to_owned()),
        (
            Procedure::Lookup { client: Some(ResourceId::Itself), by: Clue::Alias(String::new()) },
            "lookup",
            r#"[{"alias":""},"alias",""]"#.to_owned(),
        ),
        (
            Procedure::Lookup { client: Some(rid()), by: Clue::Owner(alias("t")) },
            "lookup",
            format!(r#"[{r},"owner",{{"alias":"t"}}]"#),
        ),
        (
            Procedure::Lookup { client: None, by: Clue::Shared(code()) },
            "lookup",
            format!(r#"["shared","{CODE}"]"#),
        ),
        (
            Procedure::Share { resource: rid(), meta: "m".to_owned(), code: None },
            "share",
            format!(r#"[{r},{{"meta":"m"}}]"#),
        ),
        (
            Procedure::Share { resource: rid(), meta: String::new(), code: Some(code()) },
            "share",
            format!(r#"[{r},{{"meta":"","code":"{CODE}"}}]"#),
        ),
        (
            Procedure::Revoke { what: Entity::Client, code: code() },
            "revoke",
            format!(r#"["client","{CODE}"]"#),
        ),
        (
            Procedure::Activate { client: rid(), what: Entity::Share, code: code() },
            "activate",
            format!(r#"[{r},"share","{CODE}"]"#),
        ),
        (
            Procedure::Deactivate { client: rid(), what: Entity::Client, code: code() },
            "deactivate",
            format!(r#"[{r},"client","{CODE}"]"#),
        ),
        (
            Procedure::Usage { resource: rid(), metric: Metric::Xmpp, start: 1, end: 2 },
            "usage",
            format!(r#"[{r},"xmpp",1,2]"#),
        ),
        (
            Procedure::Grant {
                resource: ResourceId::Itself,
                rights: vec![(Rid::parse(RID).expect("a RID"), vec!["read", "write"])],
                ttl_secs: Some(60),
            },
            "grant",
            format!(r#"[{{"alias":""}},{{"{RID}":["read","write"]}},{{"ttl":60}}]"#),
        ),
    ]
}

#[test]
fn every_procedure_is_written_as_documented() {
    for (procedure, name, arguments) in all() {
        assert_eq!((procedure.name(), procedure.arguments()), (name, arguments));
    }
    let names: std::collections::BTreeSet<&str> = all().into_iter().map(|(_, name, _)| name).collect();
    assert_eq!(names.len(), 24);
}

#[test]
fn a_frame_of_calls_is_json() {
    let calls = all().into_iter().zip(0..).map(|((procedure, ..), id)| {
        let id = if id % 2 == 0 { CallId::Number(id) } else { CallId::Text(format!("\"{id}").into()) };
        procedure.call(&id)
    });
    let frame: serde_json::Value = serde_json::from_str(&frame(calls)).expect("JSON");
    let calls = frame["calls"].as_array().expect("calls");
    assert_eq!((calls.len(), &calls[2]["id"], &calls[3]["id"]), (all().len(), &2.into(), &"\"3".into()));
}

#[test]
fn what_only_asks_may_be_asked_twice() {
    for (procedure, name, _) in all() {
        let only_asks = matches!(
            name,
            "read" | "wait" | "subscribe" | "unsubscribe" | "info" | "listing" | "lookup" | "usage"
        );
        assert_eq!(procedure.is_idempotent(), only_asks, "{name}");
    }
}

#[test]
fn a_key_has_40_digits() {
    let auth = |chosen: &[(&str, &str)]| {
        let chosen: Vec<_> =
            chosen.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Auth::of(&Options::new(&chosen)).map(|auth| auth.frame())
    };
    let upper = CODE.to_uppercase();
    assert_eq!(auth(&[("key", CODE)]), Ok(format!(r#"{{"auth":{{"cik":"{CODE}"}}}}"#)));
    assert_eq!(auth(&[("key", &upper)]), Ok(format!(r#"{{"auth":{{"cik":"{upper}"}}}}"#)));
    assert_eq!(
        auth(&[("key", CODE), ("auth", "client"), ("rid", RID)]),
        Ok(format!(r#"{{"auth":{{"cik":"{CODE}","client_id":"{RID}"}}}}"#))
    );
    assert_eq!(auth(&[]), Err(AuthError::NoKey));
    for (key, letters) in [("ab24", 4), (&CODE[1..], 39), ("gb24f30dd8c62039239601234567890123456789", 40)] {
        assert_eq!(auth(&[("key", key)]), Err(AuthError::Key { letters }));
    }
    assert_eq!(auth(&[("key", CODE), ("auth", "resource")]), Err(AuthError::NoRid));
    assert_eq!(
        auth(&[("key", CODE), ("auth", "resource"), ("rid", "x")]),
        Err(AuthError::Rid { letters: 1 })
    );
}

#[test]
fn a_call_may_have_a_number_or_a_text_for_a_name() {
    let read = |json: &str| {
        let json = Json::parse(json, &mut Breaches::default()).expect("JSON");
        CallId::read(json).map(|id| (id.to_json(), id.number()))
    };
    for (json, id) in [
        ("7", Some(("7", Some(7)))),
        ("7.0", Some(("7", Some(7)))),
        ("\"7\"", Some(("\"7\"", Some(7)))),
        ("\"mine\"", Some(("\"mine\"", None))),
        ("-1", Some(("-1", None))),
        ("\"\"", Some(("\"\"", None))),
        ("7.5", None),
        ("null", None),
        ("[7]", None),
        ("123456789012345678901234567890123456789012345", None),
    ] {
        assert_eq!(read(json), id.map(|(text, number)| (text.to_owned(), number)), "{json}");
    }
    assert!(read(&format!("\"{}\"", "ü".repeat(40))).is_some());
    assert_eq!(read(&format!("\"{}\"", "ü".repeat(41))), None);
}

#[test]
fn points_are_told_from_what_is_none() {
    let points = |json: &str| {
        let json = Json::parse(json, &mut Breaches::default()).expect("JSON");
        result::points(&json).map(|(points, strange)| {
            let points: Vec<_> =
                points.iter().map(|point| (point.at.map(|at| at.0), point.value.to_text())).collect();
            (points, strange)
        })
    };
    let point = |at: i64, value: &str| (Some(at * 1_000_000), value.to_owned());
    for (json, expected) in [
        ("[]", Some((vec![], 0))),
        ("[5,1.5]", Some((vec![point(5, "1.5")], 0))),
        ("[5,[1]]", Some((vec![point(5, "[1]")], 0))),
        ("[[5,1],[6,null]]", Some((vec![point(5, "1"), point(6, "null")], 0))),
        ("[[5,1],7]", Some((vec![point(5, "1")], 1))),
        ("[[5],[5,1,2],[\"5\",1]]", Some((vec![], 3))),
        ("[5.5,1]", Some((vec![(Some(5_500_000), "1".to_owned())], 0))),
        ("[1795205900000,1]", Some((vec![(None, "1".to_owned())], 0))),
        ("[-5,1]", Some((vec![(None, "1".to_owned())], 0))),
        ("[\"5\",1]", None),
        ("[5]", None),
        ("[5,1,2]", None),
        ("{}", None),
        ("\"x\"", None),
        ("null", None),
    ] {
        assert_eq!(points(json), expected, "{json}");
    }
}

#[test]
fn a_key_that_nobody_asked_for_is_left_out_unread() {
    let frame = format!(r#"[{{"id":1,"status":"ok","result":{{"key":"{CODE}","basic":{{}}}}}}]"#);
    let read = Incoming::parse(&frame, &mut Breaches::default());
    assert!(!format!("{read:?}").contains(CODE));
}
