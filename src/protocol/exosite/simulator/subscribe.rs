//! Who is told of new data: `wait` of the RPC documentation, `subscribe` and `unsubscribe` of the WebSocket's.

use std::time::Duration;

use super::answer::{Answer, Outcome, Refusal, Status};
use super::data::time;
use super::json::{Value, finite, object, text};
use super::quirks::UpdateShape;
use super::request::{Arguments, read_id};
use super::series::Point;
use super::service::{Out, Service};
use super::session::{Caller, Need};
use super::tree::Id;
use crate::model::json::Json;
use crate::model::time::Instant;

/// The most subscriptions to one resource.
const SUBSCRIPTIONS_MOST: usize = 64;
/// The most calls of `wait` that are open at a time.
const WAITS_MOST: usize = 64;
/// How long `wait` waits where nobody says how long, and at most, in milliseconds.
const WAIT_MILLIS: f64 = 30_000.0;
const WAIT_MILLIS_MOST: f64 = 300_000.0;

/// A subscription: who is told what happens to a resource.
pub(super) struct Subscription {
    resource: Id,
    /// The `subs_id`, or else the id of the call that made it.
    id: Value,
    /// When it ends by itself.
    until: Option<Instant>,
}

/// A call of `wait` that is not answered yet.
pub(super) struct Wait {
    resource: Id,
    id: Value,
    until: Instant,
}

impl Service {
    /// Without an id nothing can be answered, and so nothing is waited for.
    pub(super) fn wait(&mut self, caller: &Caller, arguments: Arguments<'_>, id: Option<&Value>) -> Outcome {
        let resource = self.data(caller, arguments.at(0)?, Need::Read)?;
        let options = arguments.options(1)?;
        let wrong = Refusal::Words("timeout is not a number of milliseconds, or since is no timestamp");
        let millis = options.get("timeout").map_or(Some(WAIT_MILLIS), finite).filter(|millis| *millis >= 0.0);
        let millis = millis.ok_or_else(|| wrong.clone())?.min(WAIT_MILLIS_MOST);
        if let Some(since) = since(options).or(Err(wrong))?
            && let Some(point) =
                self.tree.get(resource).and_then(|resource| resource.series.since(since, false).next())
        {
            return Ok(Answer::Result(self.show(point)));
        }
        let until = self.now.instant + Duration::from_secs_f64(millis / 1000.0);
        let Some((session, id)) = self.session.as_mut().zip(id) else { return Ok(Answer::Later) };
        if session.waits.len() >= WAITS_MOST {
            return Err(Status::Limit.into());
        }
        session.waits.push(Wait { resource, id: id.clone(), until });
        Ok(Answer::Later)
    }

    /// Who subscribes again by the same id replaces what was there.
    pub(super) fn subscribe(
        &mut self,
        caller: &Caller,
        arguments: Arguments<'_>,
        id: Option<&Value>,
    ) -> Outcome {
        let resource = self.data(caller, arguments.at(0)?, Need::Read)?;
        let options = arguments.options(1)?;
        let since = since(options)?;
        let millis = match options.get("timeout") {
            None | Some(Json::Null) => None,
            Some(given) => Some(finite(given).filter(|millis| *millis >= 0.0).ok_or(Status::Invalid)?),
        };
        let subs_id = match options.get("subs_id") {
            None | Some(Json::Null) => id.cloned(),
            Some(given) => Some(read_id(given).ok_or(Status::Invalid)?),
        };
        // Without any id nothing could be told.
        let Some(subs_id) = subs_id else { return Ok(Answer::Done) };
        let until =
            millis.map(|millis| self.now.instant + Duration::from_secs_f64(millis.min(1e12) / 1000.0));
        self.add_subscription(Subscription { resource, id: subs_id.clone(), until })?;
        if let Some(since) = since {
            self.tell_past(resource, &subs_id, since);
        }
        Ok(Answer::Done)
    }

    fn add_subscription(&mut self, new: Subscription) -> Result<(), Refusal> {
        let Some(session) = &mut self.session else { return Ok(()) };
        session.subscriptions.retain(|old| old.resource != new.resource || old.id != new.id);
        let present = session.subscriptions.iter().filter(|old| old.resource == new.resource).count();
        if present >= SUBSCRIPTIONS_MOST {
            return Err(Status::Limit.into());
        }
        session.subscriptions.push(new);
        Ok(())
    }

    /// Without a resource all subscriptions of an id end.
    pub(super) fn unsubscribe(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let (resource, options) = match arguments.0 {
            [options] | [Json::Null, options] => (None, options),
            [resource, options, ..] => (Some(self.data(caller, resource, Need::Read)?), options),
            [] => return Err(Refusal::Arguments),
        };
        let id = options.get("subs_id").and_then(read_id).ok_or(Refusal::Arguments)?;
        let Some(session) = &mut self.session else { return Ok(Answer::Done) };
        let before = session.subscriptions.len();
        session
            .subscriptions
            .retain(|old| old.id != id || resource.is_some_and(|wanted| old.resource != wanted));
        if session.subscriptions.len() < before { Ok(Answer::Done) } else { Err(Status::Invalid.into()) }
    }

    /// Whether anybody is told what happens to a resource.
    pub(super) fn is_listened_to(&self, id: Id) -> bool {
        let subscriptions = self.session.iter().flat_map(|session| &session.subscriptions);
        subscriptions.into_iter().any(|subscription| subscription.resource == id)
    }

    /// Tells of a new point.
    pub(super) fn tell(&mut self, id: Id, point: &Point) {
        let Some(session) = &mut self.session else { return };
        let subscribed = session.subscriptions.iter().filter(|subscription| subscription.resource == id);
        let ids: Vec<Value> = subscribed.map(|subscription| subscription.id.clone()).collect();
        let waits = std::mem::take(&mut session.waits);
        let (over, waits) = waits.into_iter().partition(|wait: &Wait| wait.resource == id);
        session.waits = waits;
        for subs_id in ids {
            let shown = self.show(point);
            self.tell_one(&subs_id, shown);
        }
        self.answer_waits(over, || Ok(Some(point)));
    }

    fn answer_waits<'p>(&mut self, waits: Vec<Wait>, how: impl Fn() -> Result<Option<&'p Point>, Refusal>) {
        for wait in waits {
            let outcome = how().map(|point| point.map(|point| self.show(point)));
            let reply = self.reply(&wait.id, outcome, false);
            self.answer(vec![reply]);
        }
    }

    /// Tells the data of a resource since a time, those that are kept.
    fn tell_past(&mut self, resource: Id, subs_id: &Value, since: f64) {
        let including = self.quirks.since_from;
        let series = self.tree.get(resource).map(|resource| &resource.series);
        let points = series.into_iter().flat_map(|series| series.since(since, including));
        let points: Vec<Value> = points.map(|point| self.show(point)).collect();
        match self.quirks.update_shape {
            UpdateShape::Flat => {
                for point in points {
                    self.send_update(subs_id, point);
                }
            }
            UpdateShape::Nested | UpdateShape::Mixed if points.is_empty() => {}
            UpdateShape::Nested | UpdateShape::Mixed => self.send_update(subs_id, Json::Array(points)),
        }
    }

    /// Tells one point, as a pair or as a list of one.
    fn tell_one(&mut self, subs_id: &Value, point: Value) {
        let told = self.session.as_mut().map_or(0, |session| {
            session.told = session.told.wrapping_add(1);
            session.told
        });
        let nested = match self.quirks.update_shape {
            UpdateShape::Flat => false,
            UpdateShape::Nested => true,
            UpdateShape::Mixed => told.is_multiple_of(2),
        };
        self.send_update(subs_id, if nested { Json::Array(vec![point]) } else { point });
    }

    fn send_update(&mut self, subs_id: &Value, result: Value) {
        let members = vec![("id", self.shown_id(subs_id)), ("status", text("ok")), ("result", result)];
        self.out.push(Out::Update(Json::Array(vec![object(members)]).to_text()));
    }

    /// Ends what has waited long enough, and what has nothing to wait for any more.
    pub(super) fn live_on(&mut self) {
        let (now, tree) = (self.now.instant, &self.tree);
        let Some(session) = &mut self.session else { return };
        let (over, waits) =
            std::mem::take(&mut session.waits).into_iter().partition(|wait: &Wait| wait.until <= now);
        session.waits = waits;
        let mut ended = Vec::new();
        session.subscriptions.retain(|subscription| {
            let expired = subscription.until.is_some_and(|until| until <= now);
            if expired {
                ended.push(subscription.id.clone());
            }
            !expired && tree.get(subscription.resource).is_some()
        });
        self.answer_waits(over, || Err(Status::Expire.into()));
        if !self.quirks.expire_told {
            return;
        }
        for id in ended {
            let reply = self.reply(&id, Err(Status::Expire.into()), false);
            self.answer(vec![reply]);
        }
    }
}

/// The time since when data are wanted, where one is given.
fn since(options: &Json<'_>) -> Result<Option<f64>, Refusal> {
    if options.get("since") == Some(&Json::Null) { Ok(None) } else { time(options, "since") }
}
