//! A One Platform session on a bench: the test plays the server, with a fake clock.

use std::collections::VecDeque;
use std::time::Duration;

use porthole::model::event::Event;
use porthole::model::reading::Report;
use porthole::model::time::{Now, Timestamp};
use porthole::model::value::Value;
use porthole::protocol::exosite::PROTOCOL;
use porthole::protocol::options::Options;
use porthole::protocol::random::Random;
use porthole::protocol::{Frame, Input, Output};
use serde_json::{Value as Json, json};

use super::session_bench::{Peer, SessionBench};

/// The key, as the documents show one.
pub const CIK: &str = "bef3c7f91ac3562e6a2212345678901234567890";
/// The key of a client further down, which nobody may see either.
pub const OTHER_CIK: &str = "9999c7f91ac3562e6a2212345678901234567890";
/// The dataport `temperature`.
pub const TEMPERATURE: &str = "6154e05357efac4ec3d801234567890123456789";
/// The dataport `myinteger`.
pub const INTEGER: &str = "1b1ae80c224b4df0c74401234567890123456789";
/// A dataport of texts without an alias, called `Log book`.
pub const TEXT: &str = "85a85bd51361b976260d01234567890123456789";
/// A datarule without a point.
pub const RULE: &str = "ba423f0dd8c62039239601234567890123456789";
/// A client below, called `Weather hut`.
pub const HUT: &str = "553d1367fa4613f0eea894d1677a13ef1f091150";
/// Its dataport `wind`.
pub const WIND: &str = "34eaae237988167d90bfc2ffeb666daaaaaaaaaa";
/// A client below that is locked.
pub const LOCKED: &str = "0000000000000000000000000000000000000bad";

/// A session on a bench; the test plays the server.
pub type ExositeBench = SessionBench<Server>;

/// What the server has and was asked.
#[derive(Default)]
pub struct Server {
    /// What it has below the client of the key.
    pub resources: Vec<Resource>,
    /// All calls that came, in order.
    pub calls: Vec<Json>,
    /// Frames with calls that are not answered yet.
    pub waiting: VecDeque<Json>,
    /// All frames that came, as they were.
    pub frames: Vec<String>,
}

/// A resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its identifier.
    pub rid: String,
    /// `client`, `dataport`, `datarule`.
    pub kind: &'static str,
    /// The client that owns it; empty for that of the key.
    pub owner: String,
    /// What its owner calls it.
    pub alias: Option<&'static str>,
    /// Its description.
    pub description: Json,
    /// Its points, the oldest first.
    pub points: Vec<(i64, Json)>,
}

impl Resource {
    /// One without points.
    pub fn new(
        rid: &str,
        kind: &'static str,
        owner: &str,
        alias: Option<&'static str>,
        description: Json,
    ) -> Self {
        let (rid, owner) = (rid.to_owned(), owner.to_owned());
        Self { rid, kind, owner, alias, description, points: Vec::new() }
    }
}

impl Peer for Server {
    fn sees(&mut self, _now: Now, output: &Output) {
        let Output::Send(Frame::Text(text)) = output else { return };
        self.frames.push(text.clone());
        // What a person typed need not be JSON.
        let frame: Json = serde_json::from_str(text).unwrap_or_default();
        if let Some(calls) = frame["calls"].as_array() {
            self.calls.extend(calls.iter().cloned());
            self.waiting.push_back(frame);
        }
    }
}

impl Server {
    /// The one that most tests want.
    pub fn usual() -> Self {
        let unit = |unit: &str| json!({"datasource": {"description": "", "unit": unit}}).to_string();
        let mut resources = vec![
            Resource::new(
                TEMPERATURE,
                "dataport",
                "",
                Some("temperature"),
                json!({"format": "float", "name": "Temperature", "meta": unit("°C"), "public": false,
                    "retention": {"count": "infinity", "duration": "infinity"}}),
            ),
            Resource::new(
                INTEGER,
                "dataport",
                "",
                Some("myinteger"),
                json!({"format": "integer", "name": "", "meta": ""}),
            ),
            Resource::new(
                TEXT,
                "dataport",
                "",
                None,
                json!({"format": "string", "name": "Log book", "meta": "no JSON"}),
            ),
            Resource::new(
                RULE,
                "datarule",
                "",
                Some("too/warm"),
                json!({"format": "boolean", "name": "Too warm"}),
            ),
            Resource::new(HUT, "client", "", None, json!({"name": "Weather hut", "locked": false})),
            Resource::new(LOCKED, "client", "", Some("locked"), json!({"name": "Shed", "locked": true})),
            Resource::new(WIND, "dataport", HUT, Some("wind"), json!({"format": "float", "name": "Wind"})),
        ];
        for (resource, values) in resources.iter_mut().zip([
            vec![json!(64.0), json!("64.1"), json!(64.2)],
            vec![json!(10), json!(11)],
            vec![json!("Hello"), json!("World")],
        ]) {
            resource.points = (0..).map(|n| 1_795_205_000 + 60 * n).zip(values).collect();
        }
        resources[6].points = vec![(1_795_205_100, json!(4.5))];
        Self { resources, ..Self::default() }
    }

    /// The place of a resource, as a call names it; `None` for the client of the key.
    fn find(&self, resource: &Json) -> Option<usize> {
        self.resources.iter().position(|known| {
            resource.as_str() == Some(&known.rid)
                || (resource["alias"].is_string() && resource["alias"].as_str() == known.alias)
        })
    }

    fn children<'s>(&'s self, owner: &'s str) -> impl Iterator<Item = &'s Resource> {
        self.resources.iter().filter(move |resource| resource.owner == owner)
    }

    /// The answer to a call, but for its name.
    pub fn answer(&mut self, call: &Json) -> Json {
        let arguments = &call["arguments"];
        let itself = arguments[0]["alias"] == "";
        let place = self.find(&arguments[0]);
        let is_rid = arguments[0].as_str().is_some_and(|rid| rid.len() == 40);
        if !itself && place.is_none() && is_rid {
            return json!({"status": "invalid"});
        }
        let is_locked = place.is_some_and(|place| self.resources[place].description["locked"] == json!(true));
        match call["procedure"].as_str().expect("a procedure") {
            "info" => json!({"status": "ok", "result": self.info(place, &arguments[1])}),
            "listing" if is_locked => json!({"status": "locked"}),
            "listing" => {
                let owner = place.map_or("", |place| self.resources[place].rid.as_str());
                let of = |kind: &str| -> Json {
                    self.children(owner)
                        .filter(|child| child.kind == kind)
                        .map(|child| child.rid.clone())
                        .collect()
                };
                let kinds = arguments[1].as_array().expect("kinds").iter().filter_map(Json::as_str);
                let lists: serde_json::Map<String, Json> =
                    kinds.map(|kind| (kind.to_owned(), of(kind))).collect();
                json!({"status": "ok", "result": lists})
            }
            "read" => {
                let resource = &self.resources[place.expect("a series")];
                let (start, limit) =
                    (arguments[1]["starttime"].as_i64().unwrap_or(0), arguments[1]["limit"].as_u64());
                let points = resource.points.iter().rev().filter(|(at, _)| *at >= start);
                let points: Vec<Json> =
                    points.take(limit.unwrap_or(1) as usize).map(|(at, value)| json!([at, value])).collect();
                json!({"status": "ok", "result": points})
            }
            "create" | "lookup" | "share" => json!({"status": "ok", "result": "c".repeat(40)}),
            "usage" => json!({"status": "ok", "result": 42}),
            "wait" => json!({"status": "ok", "result": [1_795_205_500, 1.5]}),
            _ => json!({"status": "ok"}),
        }
    }

    fn info(&self, place: Option<usize>, parts: &Json) -> Json {
        assert!(parts.as_object().is_some_and(|parts| !parts.is_empty()), "all parts would bring the key");
        assert!(parts.get("key").is_none(), "the key is asked for");
        let resource = place.map(|place| &self.resources[place]);
        let rid = resource.map_or("", |resource| resource.rid.as_str());
        let aliases = self.children(rid).filter_map(|child| Some((child.rid.clone(), json!([child.alias?]))));
        let aliases: serde_json::Map<String, Json> = aliases.collect();
        let points = resource.map_or(&[][..], |resource| &resource.points);
        let at = |point: Option<&(i64, Json)>| point.map_or(0, |(at, _)| *at);
        let description = resource.map_or(json!({"name": "Dev", "meta": "", "locked": false}), |resource| {
            resource.description.clone()
        });
        let is_locked = description["locked"] == json!(true);
        let all = json!({
            "aliases": aliases,
            "basic": {"modified": 1_374_553_089, "subscribers": 0, "type": resource.map_or("client", |it| it.kind),
                "status": if is_locked { "locked" } else { "activated" }},
            "description": description,
            "storage": {"count": points.len(), "first": at(points.first()), "last": at(points.last()), "size": 0},
        });
        let wanted = parts.as_object().expect("options").keys();
        let mut info: Json = wanted.map(|part| (part.clone(), all[part].clone())).collect();
        // Nobody asked for it.
        info["key"] = json!(OTHER_CIK);
        info
    }
}

impl ExositeBench {
    /// A session that has not seen any input yet, with options that a person chose beside the key.
    pub fn new(chosen: &[(&str, &str)]) -> Self {
        let mut options = Options::default();
        options.set("url", "wss://m2.exosite.com/ws");
        options.set("key", CIK);
        for (name, value) in chosen {
            options.set(name, value);
        }
        options.complete(PROTOCOL.options, &mut Random::new(7));
        Self::with((PROTOCOL.session)(&options), Server::usual())
    }

    /// One whose socket is open.
    pub fn opened(chosen: &[(&str, &str)]) -> Self {
        let mut bench = Self::new(chosen);
        bench.open();
        bench
    }

    /// One whose key is accepted.
    pub fn accepted(chosen: &[(&str, &str)]) -> Self {
        let mut bench = Self::opened(chosen);
        bench.text(r#"{"status": "ok"}"#);
        bench
    }

    /// One that is live, its past read; nothing is left to take.
    pub fn live(chosen: &[(&str, &str)]) -> Self {
        let mut bench = Self::accepted(chosen);
        bench.serve();
        assert!(bench.events().contains(&&Event::Live), "{:#?}", bench.calls);
        bench.take();
        bench
    }

    /// The socket opens.
    pub fn open(&mut self) {
        self.waiting.clear();
        self.input(Input::Opened { subprotocol: "" });
    }

    /// The socket falls, another one opens, and the key is accepted.
    pub fn reopen(&mut self) {
        self.input(Input::Closed);
        self.open();
        self.text(r#"{"status": "ok"}"#);
    }

    /// Answers as a good server does until nothing is asked any more.
    pub fn serve(&mut self) {
        for _ in 0..2_000 {
            let Some(frame) = self.waiting.pop_front() else { return };
            let answers = self.answers_to(&frame);
            self.text(&Json::from(answers).to_string());
        }
        panic!("it asks and asks");
    }

    /// The answers to the calls of a frame.
    pub fn answers_to(&mut self, frame: &Json) -> Vec<Json> {
        let calls = frame["calls"].as_array().expect("calls").clone();
        let answers = calls.iter().filter(|call| call.get("id").is_some()).map(|call| {
            let mut answer = self.answer(call);
            answer["id"] = call["id"].clone();
            answer
        });
        answers.collect()
    }

    /// Answers the calls of a procedure as a good server does, and keeps the others waiting.
    pub fn serve_until(&mut self, procedure: &str) -> Json {
        for _ in 0..2_000 {
            let Some(frame) = self.waiting.front() else { panic!("no {procedure} comes") };
            let calls = frame["calls"].as_array().expect("calls");
            if let Some(call) = calls.iter().find(|call| call["procedure"] == procedure) {
                return call.clone();
            }
            let frame = self.waiting.pop_front().expect("a frame");
            let answers = self.answers_to(&frame);
            self.text(&Json::from(answers).to_string());
        }
        panic!("it asks and asks");
    }

    /// The calls of a procedure since the last [`ExositeBench::forget`].
    pub fn calls_of(&self, procedure: &str) -> Vec<&Json> {
        self.calls.iter().filter(|call| call["procedure"] == procedure).collect()
    }

    /// Forgets what was asked.
    pub fn forget(&mut self) {
        self.calls.clear();
        self.frames.clear();
    }

    /// The name of the subscription to a resource.
    pub fn subscription(&self, rid: &str) -> Json {
        let calls = self.calls_of("subscribe");
        let call = calls.iter().rev().find(|call| call["arguments"][0] == rid);
        call.unwrap_or_else(|| panic!("{rid} is not subscribed"))["arguments"][1]["subs_id"].clone()
    }

    /// A subscription tells something.
    pub fn tell(&mut self, rid: &str, result: Json) {
        let update = json!([{"id": self.subscription(rid), "status": "ok", "result": result}]);
        self.text(&update.to_string());
    }

    /// The values of [`SessionBench::readings`], and when they were taken, in seconds; error reports left out.
    pub fn values(&self) -> Vec<(&str, Value, Option<i64>)> {
        let seconds = |at: Timestamp| at.0 / 1_000_000;
        let values = self.readings().into_iter().filter_map(|(path, reading)| match &reading.report {
            Report::Value(value) => Some((path, value.clone(), reading.taken.map(seconds))),
            Report::Error { .. } => None,
        });
        values.collect()
    }

    /// Classes of error reports of channels.
    pub fn errors(&self) -> Vec<(&str, &str)> {
        let errors = self.readings().into_iter().filter_map(|(path, reading)| match &reading.report {
            Report::Error { class, .. } => Some((path, class.as_str())),
            Report::Value(_) => None,
        });
        errors.collect()
    }

    /// What was told as past: paths, times in seconds, and values.
    pub fn past(&self) -> Vec<(&str, i64, Value)> {
        let told = self.told(|event| match event {
            Event::History { channel, readings } => Some((self.path(*channel), readings)),
            _ => None,
        });
        let told = told.into_iter().flat_map(|(path, readings)| {
            readings.iter().map(move |(at, value)| (path, at.0 / 1_000_000, value.clone()))
        });
        told.collect()
    }

    /// How many frames could not be understood, and how many rules were broken.
    pub fn faults(&self) -> (usize, usize) {
        let malformed = self.told(|event| matches!(event, Event::Malformed { .. }).then_some(()));
        let violations = self.told(|event| matches!(event, Event::Violation { .. }).then_some(()));
        (malformed.len(), violations.len())
    }

    /// The refusal that came since the last [`SessionBench::take`]: another protocol may be tried, and its title.
    pub fn refusal(&self) -> Option<(bool, String)> {
        let told = self.told(|event| match event {
            Event::Refused { not_this_protocol, notice, .. } => {
                Some((*not_this_protocol, notice.title.clone()))
            }
            _ => None,
        });
        told.into_iter().next()
    }

    /// The index of a command.
    pub fn command(&self, path: &str) -> usize {
        let place = self.catalog.commands.iter().position(|command| command.path == path);
        place.unwrap_or_else(|| {
            panic!(
                "no command {path} in {:#?}",
                self.catalog.commands.iter().map(|it| &it.path).collect::<Vec<_>>()
            )
        })
    }

    /// The index of a group.
    pub fn group(&self, path: &str) -> usize {
        let place = self.catalog.groups.iter().position(|group| group.path == path);
        place.unwrap_or_else(|| panic!("no group {path} in {:#?}", self.catalog.groups))
    }

    /// Lets ten seconds and a little pass: what was not answered will not be.
    pub fn wait_in_vain(&mut self) {
        self.pass(Duration::from_millis(10_100));
    }
}
