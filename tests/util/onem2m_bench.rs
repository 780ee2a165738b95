//! A oneM2M session on a bench: the test plays the CSE, as ACME 2026.5.3 answers, with a fake clock.

use std::collections::VecDeque;
use std::time::Duration;

use porthole::model::event::Event;
use porthole::model::reading::Report;
use porthole::model::time::{Now, Timestamp};
use porthole::model::value::Value;
use porthole::protocol::http::{HttpAnswer, HttpRequest};
use porthole::protocol::onem2m::{PROTOCOL, time};
use porthole::protocol::options::Options;
use porthole::protocol::random::Random;
use porthole::protocol::{Frame, Input, Output};
use serde_json::{Value as Json, json};

use super::session_bench::{Peer, SessionBench};

/// The page's AE-ID, unless a test chooses another one.
pub const OWN: &str = "Cdash1";
/// So many microseconds the clock of the CSE is ahead of the page's.
pub const AHEAD: i64 = 3_600_000_000;
/// Where the CSE's HTTP server is in hybrid mode.
pub const HTTP: &str = "http://cse.lab:8080";

/// What the CSE has, as ACME showed it: resources by their addresses.
const RESOURCES: &str = include_str!("../data/onem2m/resources.json");

/// A session on a bench; the test plays the CSE.
pub type OneM2mBench = SessionBench<Cse>;

/// What the CSE has and was asked.
pub struct Cse {
    /// Its resources.
    pub resources: Vec<(String, Json)>,
    /// All requests that came out, as frames have them, and when, in milliseconds.
    pub asked: Vec<(f64, Json)>,
    waiting: VecDeque<Json>,
}

impl Peer for Cse {
    fn sees(&mut self, now: Now, output: &Output) {
        let asked = match output {
            Output::Send(Frame::Text(frame)) => {
                // What a person typed need not be JSON.
                let json: Json = serde_json::from_str(frame).unwrap_or_default();
                json.get("op").is_some().then_some(json)
            }
            Output::Fetch(request) => Some(primitive_of(request)),
            _ => None,
        };
        if let Some(asked) = asked {
            self.asked.push((now.instant.0, asked.clone()));
            self.waiting.push_back(asked);
        }
    }
}

impl OneM2mBench {
    /// A session that has not seen any input yet, with options that a person chose.
    pub fn new(chosen: &[(&str, &str)]) -> Self {
        let mut options = Options::default();
        options.set("url", "ws://cse.lab:8180/");
        options.set("aei", OWN);
        for (name, value) in chosen {
            options.set(name, value);
        }
        options.complete(PROTOCOL.options, &mut Random::new(7));
        let resources: serde_json::Map<String, Json> = serde_json::from_str(RESOURCES).expect("JSON");
        let resources = resources.into_iter().collect();
        let cse = Cse { resources, asked: Vec::new(), waiting: VecDeque::new() };
        Self::with((PROTOCOL.session)(&options), cse)
    }

    /// One whose socket is open.
    pub fn opened(chosen: &[(&str, &str)]) -> Self {
        let mut bench = Self::new(chosen);
        bench.open();
        bench
    }

    /// One that is live; nothing is left to take.
    pub fn live(chosen: &[(&str, &str)]) -> Self {
        let mut bench = Self::opened(chosen);
        bench.serve();
        assert!(bench.events().contains(&&Event::Live), "{:#?}", bench.asked);
        bench.take();
        bench
    }

    /// The options of a connection with requests by HTTP.
    pub const HYBRID: [(&str, &str); 2] = [("mode", "hybrid"), ("http", HTTP)];

    /// The socket opens.
    pub fn open(&mut self) {
        self.waiting.clear();
        self.input(Input::Opened { subprotocol: "oneM2M.json" });
    }

    /// The one request that waits for an answer, after the pause that it may need; it goes on waiting.
    pub fn next(&mut self) -> Json {
        self.pause();
        assert_eq!(self.waiting.len(), 1, "one request in flight: {:#?}", self.waiting);
        self.waiting[0].clone()
    }

    /// Answers the oldest request. A content of `null` is left out.
    pub fn answer(&mut self, code: u32, content: Json) {
        let asked = self.waiting.pop_front().expect("something was asked");
        self.answer_to(&asked, code, content);
    }

    /// Answers a request, which may be no longer in flight.
    pub fn answer_to(&mut self, asked: &Json, code: u32, content: Json) {
        if let Some(id) = asked.get("http").and_then(Json::as_u64) {
            let body = if content == Json::Null { String::new() } else { content.to_string() };
            let answer = HttpAnswer { status: status_of(code), header: None, body: &body };
            return self.input(Input::Fetched { id, answer: Ok(answer) });
        }
        let mut answer = json!({"fr": "/id-in", "to": asked["fr"], "ot": self.cse_time(), "rsc": code,
            "rqi": asked["rqi"], "rvi": "4", "drt": 1});
        if content != Json::Null {
            answer["pc"] = content;
        }
        self.text(&answer.to_string());
    }

    /// Notifies the page.
    pub fn notify(&mut self, id: &str, content: Json) {
        let frame = json!({"fr": "/id-in", "to": OWN, "ot": self.cse_time(), "op": 5, "rqi": id, "rvi": "4", "drt": 1,
            "pc": content});
        self.text(&frame.to_string());
    }

    /// Notifies the page of what a subscription tells.
    pub fn tell(&mut self, subscription: &str, event: u32, representation: Json) {
        let id = format!("n{}", self.asked.len() + self.outputs.len());
        let content = json!({"m2m:sgn": {"nev": {"net": event, "rep": representation}, "sur": subscription}});
        self.notify(&id, content);
    }

    /// Answers as ACME does until nothing is asked any more.
    pub fn serve(&mut self) {
        self.serve_until(|_| false);
    }

    /// Answers as ACME does until a certain request comes, which goes on waiting; `Null` if it does not come.
    pub fn serve_until(&mut self, is: impl Fn(&Json) -> bool) -> Json {
        for _ in 0..1_000 {
            self.pause();
            match self.waiting.front() {
                None => return Json::Null,
                Some(asked) if is(asked) => return asked.clone(),
                Some(_) => self.serve_one(),
            }
        }
        panic!("it asks and asks");
    }

    /// Answers one request as ACME does.
    pub fn serve_one(&mut self) {
        let asked = self.waiting.pop_front().expect("something was asked");
        let to = asked["to"].as_str().expect("an address").to_owned();
        let (code, content) = match (asked["op"].as_u64(), self.find(&to)) {
            (Some(1), Some(parent)) => self.create(&asked, parent),
            (Some(2), Some(at)) => self.retrieve(&asked, at),
            (Some(3), Some(_)) => (2004, asked["pc"].clone()),
            (Some(4), Some(at)) => {
                let (gone, below) = (self.resources[at].0.clone(), self.resources[at].0.clone() + "/");
                self.resources.retain(|(path, _)| *path != gone && !path.starts_with(&below));
                (2002, Json::Null)
            }
            (Some(5), Some(_)) => {
                let frame = json!({"fr": asked["fr"], "to": to, "ot": self.cse_time(), "op": 5, "rqi": "o99X82RPQq",
                    "rvi": "4", "drt": 1, "pc": asked["pc"]});
                self.text(&frame.to_string());
                (2000, Json::Null)
            }
            (_, None) if to.ends_with("/la") => (4004, json!({"m2m:dbg": "no instance for <latest>"})),
            (_, None) => (4004, json!({"m2m:dbg": format!("No resource with this ID: {to}")})),
            (_, Some(_)) => panic!("no operation: {asked}"),
        };
        self.answer_to(&asked, code, content);
    }

    /// The place of a resource, by its address or its ID.
    fn find(&self, to: &str) -> Option<usize> {
        let to = if to == "-" { "cse-in" } else { to };
        self.resources.iter().position(|(path, resource)| {
            path == to || (!path.ends_with("/la") && only(resource).1["ri"] == to)
        })
    }

    /// Makes a resource, with an ID that ends with its parent's name.
    fn create(&mut self, asked: &Json, parent: usize) -> (u32, Json) {
        let (name, resource) = only(&asked["pc"]);
        let (name, mut resource) = (name.to_owned(), resource.clone());
        let parent = self.resources[parent].0.clone();
        let path = format!("{parent}/{}", resource["rn"].as_str().expect("a name"));
        if self.find(&path).is_some() {
            let words = match asked["ty"].as_u64() {
                Some(2) => {
                    return (4117, json!({"m2m:dbg": format!("Originator has already registered: {OWN}")}));
                }
                _ => format!("Resource with structured id: {path} already exists"),
            };
            return (4105, json!({"m2m:dbg": words}));
        }
        resource["ty"] = asked["ty"].clone();
        resource["ct"] = json!(self.cse_time());
        let of = parent.rsplit('/').next().unwrap_or_default();
        resource["ri"] = match asked["ty"].as_u64() {
            Some(2) => {
                resource["aei"] = asked["fr"].clone();
                asked["fr"].clone()
            }
            Some(23) if resource["nct"] == 5 => json!(format!("submiss{of}")),
            Some(23) => json!(format!("sub{of}")),
            _ => json!(format!("{of}{}", self.resources.len())),
        };
        let content = json!({ name: resource });
        self.resources.push((path, content.clone()));
        (2001, content)
    }

    fn retrieve(&self, asked: &Json, at: usize) -> (u32, Json) {
        let (path, content) = &self.resources[at];
        let (name, mut content) = (only(content).0.to_owned(), content.clone());
        let filter = &asked["fc"];
        let fits = |other: &str, found: &Json| {
            let label = filter["lbl"].as_array().map_or(&filter["lbl"], |labels| &labels[0]);
            let types = filter["ty"].as_array();
            other.starts_with(&format!("{path}/"))
                && !other.ends_with("/la")
                && types.is_none_or(|types| types.contains(&found["ty"]))
                && (label.is_null() || found["lbl"].as_array().is_some_and(|labels| labels.contains(label)))
                && (filter["lvl"].is_null() || !other[path.len() + 1..].contains('/'))
        };
        let found = || self.resources.iter().filter(|(other, found)| fits(other, only(found).1));
        let references: Json = found()
            .map(|(other, found)| {
                let found = only(found).1;
                json!({"nm": found["rn"], "typ": found["ty"], "val": format!("/id-in/{other}")})
            })
            .collect();
        match (filter["fu"] == 1, asked["rcn"].as_u64()) {
            (_, Some(6)) => return (2000, json!({"m2m:rrl": {"rrf": references}})),
            (true, _) => {
                let addresses: Json = found().map(|(other, _)| json!(other)).collect();
                return (2000, json!({ "m2m:uril": addresses }));
            }
            // No history.
            (false, Some(8)) => return (2000, json!({ name: {} })),
            (false, Some(5)) => content[&name]["ch"] = references,
            (false, _) => {}
        }
        if path == "cse-in" {
            content[&name]["ctm"] = json!(self.cse_time());
        }
        (2000, content)
    }

    /// The time on the CSE's clock, as it writes it.
    pub fn cse_time(&self) -> String {
        time::write(Timestamp(self.clock.now.wall.0 + AHEAD))
    }

    /// How many requests wait for an answer.
    pub fn in_flight(&self) -> usize {
        self.waiting.len()
    }

    /// Lets the short pause pass that is made after an acknowledgement.
    pub fn pause(&mut self) {
        for _ in 0..1_000 {
            let end = self.clock.now.instant + Duration::from_millis(200);
            let Some(deadline) = self.session.deadline().filter(|deadline| *deadline <= end) else { return };
            if !self.waiting.is_empty() {
                return;
            }
            self.clock.pass_to(deadline);
            self.input(Input::Timeout);
        }
        panic!("the session does not come to rest");
    }

    /// The frames that came out since the last [`SessionBench::take`].
    pub fn sent(&self) -> Vec<Json> {
        let frames = self.outputs.iter().filter_map(|output| match output {
            Output::Send(Frame::Text(frame)) => Some(serde_json::from_str(frame).expect(frame)),
            _ => None,
        });
        frames.collect()
    }

    /// The requests by HTTP that came out since the last [`SessionBench::take`].
    pub fn fetched(&self) -> Vec<&HttpRequest> {
        let requests = self.outputs.iter().filter_map(|output| match output {
            Output::Fetch(request) => Some(request),
            _ => None,
        });
        requests.collect()
    }

    /// The values of [`OneM2mBench::readings`], and when they were taken; error reports left out.
    pub fn values(&self) -> Vec<(&str, Value, Option<Timestamp>)> {
        let values = self.readings().into_iter().filter_map(|(path, reading)| match &reading.report {
            Report::Value(value) => Some((path, value.clone(), reading.taken)),
            Report::Error { .. } => None,
        });
        values.collect()
    }

    /// Why the session gave the link up since the last [`SessionBench::take`].
    pub fn closes(&self) -> Vec<&str> {
        let reasons = self.outputs.iter().filter_map(|output| match output {
            Output::Close(reason) => Some(reason.as_str()),
            _ => None,
        });
        reasons.collect()
    }

    /// The index of a command, by the last part of its path.
    pub fn command(&self, name: &str) -> usize {
        let place = self.catalog.commands.iter().position(|command| command.name == name);
        place.unwrap_or_else(|| panic!("no command {name}"))
    }
}

/// The one resource of a content: its name on the wire and its attributes.
pub fn only(content: &Json) -> (&str, &Json) {
    let members = content.as_object().expect("an object");
    assert_eq!(members.len(), 1, "{content}");
    members.iter().next().map(|(name, resource)| (name.as_str(), resource)).expect("a resource")
}

/// A request by HTTP as a frame would have it (TS-0009); `http` is its number.
fn primitive_of(request: &HttpRequest) -> Json {
    let header =
        |name: &str| request.headers.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone());
    let path = request.url.strip_prefix(HTTP).expect("it goes to the CSE");
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let to = if let Some(rest) = path.strip_prefix("/~/") {
        format!("/{rest}")
    } else if let Some(rest) = path.strip_prefix("/_/") {
        format!("//{rest}")
    } else {
        path.strip_prefix('/').expect("a path").to_owned()
    };
    let content_type = header("Content-Type").unwrap_or_default();
    let ty = content_type.split_once(";ty=").map(|(_, ty)| ty.parse::<u32>().expect("a type"));
    let operation = match (request.method, ty) {
        ("POST", Some(_)) => 1,
        ("GET", _) => 2,
        ("PUT", _) => 3,
        ("DELETE", _) => 4,
        ("POST", None) => 5,
        _ => panic!("no method of the binding: {}", request.method),
    };
    let mut primitive = json!({"op": operation, "to": to, "fr": header("X-M2M-Origin"), "rqi": header("X-M2M-RI"),
        "rvi": header("X-M2M-RVI"), "http": request.id});
    if let Some(ty) = ty {
        primitive["ty"] = json!(ty);
    }
    if !request.body.is_empty() {
        primitive["pc"] = serde_json::from_str(&request.body).expect("a body is JSON");
    }
    for (name, value) in query.split('&').filter_map(|argument| argument.split_once('=')) {
        match name {
            "rcn" => primitive["rcn"] = json!(value.parse::<u32>().expect("a number")),
            "ty" => {
                let mut types = primitive["fc"]["ty"].as_array().cloned().unwrap_or_default();
                types.push(json!(value.parse::<u32>().expect("a number")));
                primitive["fc"]["ty"] = json!(types);
            }
            "lvl" | "fu" => primitive["fc"][name] = json!(value.parse::<u32>().expect("a number")),
            _ => primitive["fc"][name] = json!(value),
        }
    }
    primitive
}

/// The status that ACME answers with (seen for each of these codes).
fn status_of(code: u32) -> u16 {
    match code {
        2000 | 2002 | 2004 => 200,
        2001 => 201,
        4000 => 400,
        4004 | 5103 => 404,
        4005 => 405,
        4103 | 4117 | 5105 => 403,
        4105 => 409,
        _ => 500,
    }
}
