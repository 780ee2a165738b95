//! From an open socket to a known CSE: who is there, who we are to it, and whether it can tell us anything.

use super::ask::{Ask, Who, list, quoted};
use super::asks::Way;
use super::purpose::Purpose;
use super::tree::{BASE, Found, OWN_PREFIX};
use super::{OneM2mSession, Phase, RENEW_AFTER};
use crate::model::event::{Event, Notice};
use crate::model::json::Json;
use crate::model::link::Cause;
use crate::model::reading::Severity;
use crate::model::time::{Instant, Now};
use crate::protocol::onem2m::primitive::{Operation, Response, member, member_json};
use crate::protocol::onem2m::resource::{AE, CSE_BASE, code_name, items, only, text};
use crate::protocol::onem2m::time;

/// So often the way of notifications is tried on one socket before it counts as closed.
const PUSH_TRIES: u8 = 2;
/// Clocks that differ by less may be taken for each other.
const CLOCKS_AGREE_MICROS: i64 = 60_000_000;
/// A CSE without a root is given up after so many sockets: it will not get one.
const EARLY_STARTS_MOST: u8 = 2;

/// Who we are to the CSE.
#[derive(Debug, Default)]
pub(super) struct Registration {
    /// The AE-ID, once the CSE has given it.
    pub(super) ae: Option<String>,
    /// It was asked for on this socket.
    is_asked: bool,
    /// A former AE of the same name was removed on this socket.
    was_removed: bool,
    /// It was asked for again, with the CSE's own time.
    was_repeated: bool,
    /// When the AE must be renewed.
    pub(super) renew: Option<Instant>,
    /// Notifications reach this page.
    pub(super) push: Push,
    /// Failed tries, also on former sockets.
    push_failures: u8,
    /// So often in a row the CSE had no root.
    early_starts: u8,
}

/// Whether notifications reach this page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Push {
    /// Nobody has tried.
    #[default]
    Unknown,
    /// They do.
    Open,
    /// They do not: what is new must be asked for.
    Shut,
}

impl OneM2mSession {
    /// Begins on a new socket.
    pub(super) fn begin(&mut self, now: Now) {
        let former = std::mem::take(&mut self.registration);
        self.registration.push_failures = former.push_failures;
        self.registration.early_starts = former.early_starts;
        self.registration.ae = former.ae;
        if !self.settings.hybrid {
            // Who is there? ACME refuses this on a socket without its header, which says what to do, and leaves
            // nothing behind on the CSE.
            self.ask(Purpose::FindBase, find_base());
        } else if self.settings.http.starts_with("http://") || self.settings.http.starts_with("https://") {
            self.register(now);
        } else {
            let notice = Notice::new(
                Severity::Alarm,
                "The HTTP address is missing",
                "Requests by HTTP need the address of the CSE's HTTP server, e.g. http://cse.lab:8080. Edit the \
                 connection and give it under the options of oneM2M.",
                &self.settings.http,
            );
            let cause = Cause::new(
                "ACME has HTTP 100 ports below its WebSocket",
                "Unless its configuration says otherwise.",
            )
            .with_offer("Fill that in", hybrid_options(&self.settings.url));
            return self.refuse(false, notice, vec![cause]);
        }
        self.send_next(now);
    }

    pub(super) fn base_found(&mut self, now: Now, response: &Response<'_>) {
        if response.code == 4_103 && names_the_header(response.debug()) {
            return self.refuse_without_header(response.debug());
        }
        if let (2_000, Some((name, resource))) = (response.code, only(&response.content)) {
            self.learn_base(now, name, resource);
        }
        let is_registered = self.registration.ae.is_some() || self.registration.push == Push::Shut;
        if !self.registration.is_asked {
            return self.register(now);
        }
        if !is_registered {
            return;
        }
        if self.is_base_known() {
            self.registration.early_starts = 0;
            self.probe_push(now);
        } else if matches!(response.code, 4_000 | 4_004 | 5_000)
            && self.registration.early_starts < EARLY_STARTS_MOST
        {
            // ACME answers so while it starts.
            self.registration.early_starts += 1;
            self.close("the CSE has no root yet");
        } else {
            self.nothing_to_see(response);
        }
    }

    fn learn_base(&mut self, now: Now, name: &str, resource: &Json<'_>) {
        let root = text(resource, "rn");
        let root = if root.is_empty() { BASE } else { root };
        let is_same = self.tree.nodes.first().is_none_or(|node| node.path == root);
        if !is_same {
            // Another CSE answers at this address: nothing of the old one holds.
            self.tree = super::tree::Tree::default();
            self.made.clear();
        }
        if let Some(current) = resource.get("ctm").and_then(Json::as_text).and_then(time::parse) {
            self.clock_offset = current.0.saturating_sub(now.wall.0);
        }
        let Some(index) = self.tree.add(root, CSE_BASE, None, false) else { return };
        self.tree.learn(index, &Found { name, resource });
        self.tree.offer_root_commands();
        let types = items(resource, "srt")
            .iter()
            .filter_map(|ty| ty.as_whole().and_then(|ty| u32::try_from(ty).ok()));
        self.supported = types.collect();
        let cse_id = text(resource, "csi");
        let releases: Vec<&str> = items(resource, "srv").iter().filter_map(Json::as_text).collect();
        let catalog = &mut self.tree.catalog;
        catalog.inspectable = true;
        root.clone_into(&mut catalog.title);
        catalog.facts = [
            ("CSE-ID", cse_id),
            ("Service provider", text(resource, "spi")),
            ("Releases", &releases.join(", ")),
        ]
        .into_iter()
        .filter(|(_, fact)| !fact.is_empty())
        .map(|(name, fact)| (name.to_owned(), fact.to_owned()))
        .collect();
    }

    pub(super) fn is_base_known(&self) -> bool {
        self.tree.nodes.first().is_some_and(|node| node.is_explored)
    }

    /// Registers the AE that notifications go to: TS-0001, 10.2.2.2. `ws://default` is ACME's word for "on the socket that
    /// it opened itself"; the standard says the same of an AE without a reachable address.
    pub(super) fn register(&mut self, now: Now) {
        self.registration.is_asked = true;
        let mut ae = "{".to_owned();
        member(&mut ae, "rn", &self.own_name());
        member(&mut ae, "api", "Nporthole");
        member(&mut ae, "apn", "Porthole");
        member_json(&mut ae, "rr", "true");
        member_json(&mut ae, "srv", &list([quoted(super::RELEASE)].into_iter()));
        member_json(&mut ae, "poa", "[\"ws://default\"]");
        member_json(&mut ae, "lbl", "[\"porthole\"]");
        member(&mut ae, "et", &self.expiry(now));
        ae.push('}');
        let wanted = self.settings.own.clone();
        self.registration.ae.get_or_insert(wanted);
        // With rcn 0 ACME would not know to whom the socket belongs. Always on the socket: that is what is registered.
        let root = self.tree.root().to_owned();
        let ask = Ask::create(root, AE, ["{\"m2m:ae\":", &ae, "}"].concat()).own().rcn(1);
        self.ask_by(Way::Socket, Purpose::Register, ask);
    }

    /// The name of what this page makes.
    pub(super) fn own_name(&self) -> String {
        [OWN_PREFIX, &self.settings.token].concat()
    }

    pub(super) fn registered(&mut self, now: Now, response: &Response<'_>) {
        match response.code {
            2_001 => {
                if let Some((_, ae)) = only(&response.content)
                    && let Some(id) = ae.get("aei").and_then(Json::as_text)
                {
                    self.registration.ae = Some(id.to_owned());
                }
                self.registration.renew = Some(now.instant + RENEW_AFTER);
            }
            // A former socket of this page registered it. By HTTP it can be removed and registered anew, which ties it
            // to the new socket; on the one socket it is tied already, and the next step shows whether it is.
            4_117 | 4_105 if self.settings.hybrid && !self.registration.was_removed => {
                self.registration.was_removed = true;
                let own = self.own().to_owned();
                return self.ask(Purpose::Unregister, Ask::delete(own).own());
            }
            4_117 | 4_105 => self.registration.renew = Some(now.instant),
            // The page's clock was taken for the CSE's, and what it reckoned has passed there; the answer tells the time.
            4_000 if !self.registration.was_repeated && self.clock_offset.abs() > CLOCKS_AGREE_MICROS => {
                self.registration.was_repeated = true;
                return self.register(now);
            }
            _ if names_the_header(response.debug()) => return self.refuse_without_header(response.debug()),
            _ => {
                self.registration.ae = None;
                self.registration.push = Push::Shut;
                let text = format!(
                    "It answered: {}. {} Values are asked for every few seconds instead of being told.",
                    code_name(response.code),
                    response.debug()
                );
                let notice =
                    Notice::new(Severity::Warning, "The CSE does not register this page", &text, self.own());
                self.notice(now, notice);
            }
        }
        if self.is_base_known() {
            self.probe_push(now);
        } else {
            self.ask(Purpose::FindBase, find_base());
        }
    }

    /// A notification to oneself takes the way that all others take.
    pub(super) fn probe_push(&mut self, now: Now) {
        if self.registration.push == Push::Shut {
            return self.look_around();
        }
        self.ask(Purpose::ProbePush, self.notify_self(now));
    }

    fn notify_self(&self, now: Now) -> Ask {
        let mut content = "{\"m2m:sgn\":{\"nev\":{\"net\":1,\"rep\":{\"m2m:ae\":".to_owned();
        let mut ae = "{".to_owned();
        member(&mut ae, "rn", &self.own_name());
        member(&mut ae, "lt", &time::write(self.cse_time(now)));
        ae.push('}');
        content.push_str(&ae);
        content.push_str("}},\"sur\":");
        content.push_str(&quoted(&self.own_name()));
        content.push_str("}}");
        Ask { content, who: Who::Own, ..Ask::new(Operation::Notify, self.own()) }
    }

    pub(super) fn push_probed(&mut self, now: Now, response: &Response<'_>) {
        // Other errors say that it does not take notifications from an AE, not that it has nowhere to send them.
        let is_shut = matches!(response.code, 5_103 | 5_107 | 4_008 | 4_004);
        if !is_shut {
            self.registration.push = Push::Open;
            self.registration.push_failures = 0;
        } else if self.registration.push_failures + 1 < PUSH_TRIES {
            // A CSE may tie an AE to the wrong one of two sockets; on a fresh one it is right.
            self.registration.push_failures += 1;
            return self.close("the CSE does not notify this page; the link is made anew");
        } else {
            self.registration.push = Push::Shut;
            let text = format!(
                "A notification to this page's AE {} was answered: {}. {} Values are asked for every few seconds \
                 instead of being told.",
                self.own(),
                code_name(response.code),
                response.debug()
            );
            let notice = Notice::new(Severity::Warning, "The CSE cannot notify this page", &text, "");
            self.notice(now, notice);
        }
        self.look_around();
    }

    fn look_around(&mut self) {
        if self.phase == Phase::Starting {
            self.phase = Phase::Exploring;
            let ae = self.registration.ae.clone().unwrap_or_default();
            let originator = self.originator(Who::Data).to_owned();
            self.tree.catalog.facts.retain(|(name, _)| name != "AE-ID" && name != "Originator");
            for (name, fact) in [("AE-ID", ae), ("Originator", originator)] {
                if !fact.is_empty() {
                    self.tree.catalog.facts.push((name.to_owned(), fact));
                }
            }
            self.explore_from_root();
        }
    }

    /// The root itself may not be seen.
    fn nothing_to_see(&mut self, response: &Response<'_>) {
        if let Some(root) = self.tree.add(BASE, CSE_BASE, None, false) {
            self.tree.nodes[root].is_explored = true;
            "CSE".clone_into(&mut self.tree.catalog.title);
        }
        self.tree.catalog.facts =
            vec![("It answered".to_owned(), format!("{} {}", code_name(response.code), response.debug()))];
        self.look_around();
    }

    pub(super) fn probe(&mut self, now: Now) {
        let is_waiting =
            self.asks.flight().is_some() || matches!(self.phase, Phase::Closed | Phase::Greeting { .. });
        if is_waiting || self.phase == Phase::Over {
            return;
        }
        // In hybrid mode nothing but a notification proves that the socket lives.
        let ask = if self.settings.hybrid && self.registration.push == Push::Open {
            self.notify_self(now)
        } else {
            find_base()
        };
        self.ask(Purpose::Heartbeat, ask);
        self.send_next(now);
    }

    pub(super) fn heartbeat(&mut self, now: Now, sent: Now, response: &Response<'_>) {
        let round_trip = now.instant.since(sent.instant);
        let offset = response.made.map(|made| {
            let half = i64::try_from(round_trip.as_micros() / 2).unwrap_or(0);
            made.0.saturating_sub(sent.wall.0.saturating_add(half))
        });
        self.event(Event::Heartbeat { round_trip, clock_offset: offset });
        let is_shut = self.settings.hybrid && matches!(response.code, 5_103 | 5_107 | 4_004);
        if is_shut && self.registration.push == Push::Open {
            self.close("the CSE does not notify this page any more");
        }
    }

    /// Renews what this page has made on the CSE before it expires.
    pub(super) fn renew_what_is_due(&mut self, now: Now) {
        if !self.is_ready() {
            return;
        }
        if self.registration.renew.is_some_and(|due| due <= now.instant) {
            self.registration.renew = Some(now.instant + RENEW_AFTER);
            let content = ["{\"m2m:ae\":{\"et\":", &quoted(&self.expiry(now)), "}}"].concat();
            let own = self.own().to_owned();
            self.ask(Purpose::RenewAe, Ask::update(own, content).own());
        }
        self.renew_subscriptions(now);
    }

    pub(super) fn ae_renewed(&mut self, now: Now, response: &Response<'_>) {
        match response.code {
            // Somebody removed it, or it expired while this machine slept.
            4_004 => self.close("the CSE does not know this page's AE any more"),
            code if code >= 4_000 => {
                let text = "It was asked to keep this page's AE for longer. The connection goes on until it expires.";
                let notice = Notice::new(Severity::Warning, &code_name(code), text, response.debug());
                self.notice(now, notice);
            }
            _ => {}
        }
    }

    pub(super) fn renewal(&self) -> Option<Instant> {
        // Nothing is renewed before it is known who we are.
        if !self.is_ready() {
            return None;
        }
        Instant::earliest(self.registration.renew, self.subscription_renewal())
    }

    /// Removes from the CSE what this page has made for itself. What there is no time for expires.
    pub(super) fn leave(&mut self, hurried: bool) {
        let is_known = !matches!(self.phase, Phase::Closed | Phase::Greeting { .. } | Phase::Over);
        let Some(own) = self.registration.ae.clone().filter(|_| is_known) else { return };
        let mut last = Vec::new();
        let busy_on_socket = self.asks.flight().is_some_and(|flight| flight.job.way == Way::Socket);
        self.is_leaving_busy = busy_on_socket && !hurried;
        if !hurried {
            let made = self.tree.nodes.iter().flat_map(|node| node.watch.subscriptions());
            last.extend(made.map(|subscription| Ask::delete(subscription.path.clone())));
            let given_up = self.asks.waiting().filter(|job| job.purpose == Purpose::Unsubscribe);
            last.extend(given_up.map(|job| job.ask.clone()));
            last.extend(self.subscription_under_way().map(Ask::delete));
        }
        // At the end: nobody else may remove what it has made. The group for polls is its child and goes with it.
        last.push(Ask::delete(own).own());
        let way = self.way();
        for (number, ask) in (self.asks.next_number()..).zip(last) {
            let job = super::Job { ask, purpose: Purpose::Unregister, way, again: false };
            let output = self.output(number, &job);
            self.outbox.push(output);
        }
        self.registration.ae = None;
        self.phase = Phase::Over;
    }

    fn refuse_without_header(&mut self, words: &str) {
        let notice = Notice::new(
            Severity::Alarm,
            "The CSE wants a header that no browser can send",
            "ACME serves requests over a WebSocket only if the handshake had the header X-M2M-Origin. Pages cannot set \
             headers, so there are two ways round.",
            words,
        );
        let causes = vec![
            Cause::new(
                "Send requests by HTTP",
                "The socket without the header takes the registration and the notifications, and requests go to the \
                 CSE's HTTP port. Its configuration must let pages in; restart it after the change.",
            )
            .with_snippet("[http.cors]\nenable=true")
            .with_offer("Use the WebSocket and HTTP", hybrid_options(&self.settings.url)),
            Cause::new(
                "Put a relay in front of it that adds the header",
                "With these lines nginx makes the header of ?origin=… in the address. Connect to \
                 ws://<relay>/onem2m?origin={aei} then, as it stands here: the page puts its AE-ID in. The header is a \
                 claim, not a proof: see to it who can reach the relay.",
            )
            .with_snippet(
                "location /onem2m {\n    proxy_pass http://127.0.0.1:8180/;\n    proxy_http_version 1.1;\n    \
                 proxy_set_header Upgrade $http_upgrade;\n    proxy_set_header Connection \"upgrade\";\n    \
                 proxy_set_header X-M2M-Origin $arg_origin;\n    proxy_read_timeout 1h;\n}",
            ),
        ];
        self.refuse(false, notice, causes);
    }
}

/// The options for requests by HTTP. Where no address was given, ACME's rule is guessed: its HTTP port is its WebSocket
/// port less 100.
fn hybrid_options(url: &str) -> Vec<(String, String)> {
    let mut options = vec![("mode".to_owned(), "hybrid".to_owned())];
    let scheme = if url.starts_with("wss:") { "https://" } else { "http://" };
    let host = url.split('/').nth(2).unwrap_or_default().split('?').next().unwrap_or_default();
    if let Some((name, port)) = host.rsplit_once(':')
        && let Ok(port) = port.parse::<u16>()
    {
        options.push(("http".to_owned(), format!("{scheme}{name}:{}", port.saturating_sub(100))));
    }
    options
}

fn find_base() -> Ask {
    Ask::retrieve(BASE)
}

fn names_the_header(words: &str) -> bool {
    words.contains("X-M2M-Origin")
}

pub(super) fn no_http(address: &str, words: &str) -> Notice {
    Notice::new(
        Severity::Alarm,
        "The CSE's HTTP server does not answer this page",
        "The WebSocket is open, but the first request by HTTP failed. The browser does not tell why.",
        &[address, ": ", words].concat(),
    )
}

pub(super) fn http_causes() -> Vec<Cause> {
    vec![
        Cause::new(
            "The CSE does not let pages in",
            "Its HTTP server must allow requests of other origins (CORS). In ACME's acme.ini, then restart it:",
        )
        .with_snippet("[http.cors]\nenable=true"),
        Cause::new(
            "The address is another one",
            "ACME has HTTP at 8080 and the WebSocket at 8180, unless its configuration says otherwise.",
        ),
        Cause::new(
            "The page was loaded by https and the CSE speaks http",
            "Browsers block that, but for 127.0.0.1 and localhost. Open the page by http, or put TLS in front of the CSE.",
        ),
    ]
}
