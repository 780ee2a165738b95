//! Frames that went between a client and a real CSE, and what each of them says.
//!
//! `data/onem2m/transcripts.txt` has them: `>` was sent, `<` came (ACME 2026.5.3, where nothing else is said), and `=`
//! is what this program reads in the line above it.

use std::fmt::Write as _;

use porthole::model::json::{Breaches, Json};
use porthole::protocol::onem2m::notification::{Notification, Notified, What};
use porthole::protocol::onem2m::primitive::{Operation, Primitive};
use porthole::protocol::onem2m::resource::{
    code_name, is_custom, items, last_part, number, only, text, tree_types, type_name, type_of,
};
use porthole::protocol::onem2m::{content, time};

const TRANSCRIPTS: &str = include_str!("data/onem2m/transcripts.txt");

#[test]
fn every_frame_of_the_transcripts_says_what_it_should() {
    let mut count = 0;
    let mut asked = None;
    let mut frame_of_line = "";
    for line in TRANSCRIPTS.lines() {
        let (mark, frame) = line.split_once(' ').unwrap_or((line, ""));
        match mark {
            ">" | "<" => {
                assert_eq!(frame_of_line, "", "each frame is read");
                frame_of_line = frame;
                if mark == ">" {
                    is_answered_like(asked, frame);
                } else if matches!(parse(frame), Some(Primitive::Request(_))) {
                    asked = Some(frame);
                }
            }
            "=" => {
                assert_eq!(primitive(frame_of_line), frame, "after {count} frames: {frame_of_line}");
                frame_of_line = "";
                count += 1;
            }
            _ => assert!(line.is_empty() || mark == "#", "{line:?}"),
        }
    }
    assert_eq!(count, 587, "frames");
}

fn parse(frame: &str) -> Option<Primitive<'_>> {
    Primitive::parse(frame, &mut Breaches::default()).ok()
}

/// The answers that were sent to the CSE are those that this program gives.
fn is_answered_like(asked: Option<&str>, frame: &str) {
    let Some(Primitive::Response(sent)) = parse(frame) else { return };
    let Some(Primitive::Request(request)) = asked.and_then(parse) else { panic!("nobody asked: {frame}") };
    assert_eq!(sent.id.as_deref(), Some(&*request.id), "{frame}");
    let json = Json::parse(frame, &mut Breaches::default()).expect("it was read above");
    // One was sent without, to see what the CSE says: it complains.
    if json.get("rvi").is_some() {
        assert_eq!(request.answer(sent.code, &request.to), json.to_text());
    }
}

/// What a frame says.
fn primitive(frame: &str) -> String {
    let mut breaches = Breaches::default();
    let primitive = match Primitive::parse(frame, &mut breaches) {
        Ok(primitive) => primitive,
        Err(error) => return format!("no primitive: {error}"),
    };
    let mut out = match primitive {
        Primitive::Response(response) => {
            let id = response.id.as_deref().map_or_else(|| "nobody".to_owned(), |id| format!("{id:?}"));
            let made = response.made.map(|made| format!(" at {}", made.0)).unwrap_or_default();
            assert_eq!(response.is_good(), (1_000..3_000).contains(&response.code));
            assert_eq!(response.debug().is_empty(), response.content.get("m2m:dbg").is_none());
            format!("{} to {id}{made}: {}", code_name(response.code), about(&response.content))
        }
        Primitive::Request(request) => {
            let known = [
                Operation::Create,
                Operation::Retrieve,
                Operation::Update,
                Operation::Delete,
                Operation::Notify,
            ];
            let operation = known.iter().find(|known| **known as i128 == request.operation);
            let operation = operation
                .map_or_else(|| format!("operation {}", request.operation), |known| format!("{known:?}"));
            let (id, to, from, release) = (request.id, request.to, request.from, request.release);
            let about = about(&request.content);
            format!("{operation} {id:?} for {to:?} by {from:?} in release {release:?}: {about}")
        }
        Primitive::Bare(content) => format!("only a content: {}", about(&content)),
    };
    for breach in breaches.iter() {
        put(&mut out, format_args!(" although {}", breach.rule()));
    }
    out
}

/// What a content says.
fn about(json: &Json<'_>) -> String {
    let texts = |name: &str| strings(items(json, name));
    match Notified::read(json) {
        Notified::Events(events) => {
            return events.iter().map(notification).collect::<Vec<_>>().join("; ");
        }
        Notified::Answer { request, code, content } => {
            return format!("late {} to {request:?}: {}", code_name(code), about(content));
        }
        Notified::Unknown => {}
    }
    if *json == Json::Null {
        "nothing".to_owned()
    } else if let Some(words) = json.get("m2m:dbg") {
        format!("says {:?}", words.as_text().expect("words"))
    } else if let Some(answers) = json.get("m2m:agr") {
        let answer = |answer: &Json<'_>| {
            let code = number(answer, "rsc").and_then(|code| u32::try_from(code).ok()).expect("a code");
            format!("{}: {}", code_name(code), about(answer.get("pc").unwrap_or(&Json::Null)))
        };
        format!("answers {}", items(answers, "m2m:rsp").iter().map(answer).collect::<Vec<_>>().join("; "))
    } else if let Some(rich) = json.get("m2m:rrl") {
        format!("references {}", references(items(rich, "rrf")))
    } else if json.get("m2m:uril").is_some() {
        format!("addresses {:?}", texts("m2m:uril"))
    } else if json.get("m2m:atrl").is_some() {
        format!("attributes {:?}", texts("m2m:atrl"))
    } else if json.get("m2m:uri").is_some() {
        format!("address {}", text(json, "m2m:uri"))
    } else if let Some((name, found)) = only(json) {
        resource(name, found)
    } else {
        "something else".to_owned()
    }
}

fn notification(notification: &Notification<'_, '_>) -> String {
    let subscription = notification.subscription;
    match &notification.what {
        What::Event { event, representation } => {
            format!("event {event} of {subscription}: {}", about(representation))
        }
        What::Missing(at) => {
            format!("{subscription} misses {:?}", at.iter().map(|at| at.0).collect::<Vec<_>>())
        }
        What::Verification { creator } => format!("verification of {subscription} by {creator}"),
        What::Deleted => format!("{subscription} was deleted"),
    }
}

/// What a resource says, as far as the program makes something of it.
fn resource(name: &str, found: &Json<'_>) -> String {
    let ty = type_of(found);
    let mut out = name.to_owned();
    if let Some(ty) = ty {
        put(&mut out, format_args!(" {}", type_name(ty)));
    }
    if found.get("rn").is_some() {
        put(&mut out, format_args!(" {:?}", text(found, "rn")));
    }
    if found.get("ri").is_some() {
        put(&mut out, format_args!(" = {}", text(found, "ri")));
    }
    match name {
        "m2m:cin" | "m2m:tsi" => instance(&mut out, found),
        _ if name.starts_with("m2m:") => structure(&mut out, name, found),
        _ => flex_container(&mut out, found),
    }
    out
}

fn instance(out: &mut String, found: &Json<'_>) {
    if found.get("pi").is_some() {
        put(out, format_args!(" in {}", text(found, "pi")));
    }
    match found.get("con") {
        Some(con) => put(out, format_args!(": {:?}", content::read(con, text(found, "cnf")).0)),
        None => out.push_str(": without content"),
    }
    if let Some(taken) = ["dgt", "ct"].into_iter().find_map(|name| time::parse(text(found, name))) {
        put(out, format_args!(" at {}", taken.0));
    }
    if let Some(tag) = ["st", "snr"].into_iter().find_map(|name| number(found, name)) {
        put(out, format_args!(", number {tag}"));
    }
}

fn flex_container(out: &mut String, found: &Json<'_>) {
    if found.get("cnd").is_some() {
        put(out, format_args!(" as {}", last_part(text(found, "cnd"))));
    }
    let Json::Object(members) = found else { panic!("no resource: {found:?}") };
    for (name, value) in members.iter().filter(|(name, _)| is_custom(name)) {
        put(out, format_args!(", {name} {:?}", content::bare(value)));
    }
    if let Some(changed) = time::parse(text(found, "lt")) {
        put(out, format_args!(" at {}", changed.0));
    }
}

fn structure(out: &mut String, name: &str, found: &Json<'_>) {
    for (member, words) in [("aei", "AE-ID"), ("csi", "CSE-ID")] {
        if found.get(member).is_some() {
            put(out, format_args!(", {words} {}", text(found, member)));
        }
    }
    if found.get("srt").is_some() {
        let types = items(found, "srt").iter().filter_map(Json::as_whole);
        let types: Vec<u32> = types.map(|ty| u32::try_from(ty).expect("a type")).collect();
        put(out, format_args!(", types {:?}", tree_types(&types)));
    }
    if let Some(clock) = time::parse(text(found, "ctm")) {
        put(out, format_args!(", clock {}", clock.0));
    }
    if let Some(instances) = number(found, "cni") {
        put(out, format_args!(", {instances} instances"));
    }
    if found.get("mdlt").is_some() {
        let missing = items(found, "mdlt").iter().filter_map(Json::as_text).filter_map(time::parse);
        put(out, format_args!(", missing {:?}", missing.map(|at| at.0).collect::<Vec<_>>()));
    }
    for (member, words) in [("lbl", "labels"), ("poa", "reached at"), ("nu", "tells")] {
        if found.get(member).is_some() {
            put(out, format_args!(", {words} {:?}", strings(items(found, member))));
        }
    }
    if let Some(criteria) = found.get("enc") {
        let events: Vec<i128> = items(criteria, "net").iter().filter_map(Json::as_whole).collect();
        put(out, format_args!(" of events {events:?}"));
    }
    if found.get("mid").is_some() {
        put(out, format_args!(", members {:?}", strings(items(found, "mid"))));
    }
    if let Some(until) = time::parse(text(found, "et")).filter(|_| matches!(name, "m2m:ae" | "m2m:sub")) {
        put(out, format_args!(", until {}", until.0));
    }
    if found.get("ch").is_some() {
        put(out, format_args!(", below it {}", references(items(found, "ch"))));
    }
    let Json::Object(members) = found else { panic!("no resource: {found:?}") };
    for (name, _) in
        members.iter().filter(|(name, children)| name.contains(':') && matches!(children, Json::Array(_)))
    {
        let children: Vec<String> =
            items(found, name).iter().map(|child| format!("({})", resource(name, child))).collect();
        put(out, format_args!(", with {}", children.join(", ")));
    }
}

fn references(items: &[Json<'_>]) -> String {
    let reference = |item: &Json<'_>| {
        let ty = number(item, "typ").and_then(|ty| u32::try_from(ty).ok()).expect("a type");
        format!("{:?} {} {}", text(item, "nm"), type_name(ty), text(item, "val"))
    };
    items.iter().map(reference).collect::<Vec<_>>().join(", ")
}

fn strings<'j>(items: &'j [Json<'_>]) -> Vec<&'j str> {
    items.iter().map(|item| item.as_text().expect("a text")).collect()
}

fn put(out: &mut String, words: std::fmt::Arguments<'_>) {
    out.write_fmt(words).expect("a string takes everything");
}
