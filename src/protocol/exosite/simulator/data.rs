//! Reading and writing of data: `read`, `write`, `writegroup`, `record`, `recordbatch`, `flush` ("Time Series Data").

use super::answer::{Answer, Outcome, Refusal, Status};
use super::datum::Datum;
use super::json::{Value, finite, owned, text, whole};
use super::request::Arguments;
use super::series::{Point, Selection, Window};
use super::service::Service;
use super::session::{Caller, Need};
use super::tree::Id;
use crate::model::json::Json;

impl Service {
    pub(super) fn read(&self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let id = self.data(caller, arguments.at(0)?, Need::Read)?;
        let window = window(arguments.options(1)?, self.now_secs())?;
        let points = self.tree.get(id).map(|resource| resource.series.select(window)).unwrap_or_default();
        Ok(Answer::Result(Json::Array(points.into_iter().map(|point| self.show(point)).collect())))
    }

    /// A point as a pair.
    pub(super) fn show(&self, point: &Point) -> Value {
        let value =
            if self.quirks.text_values { point.value.to_text_value() } else { point.value.to_value() };
        Json::Array(vec![whole(point.at), value])
    }

    pub(super) fn write(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let (id, value) = self.writable(caller, arguments)?;
        self.append(id, self.now_secs(), value);
        Ok(Answer::Done)
    }

    /// All or nothing is written.
    pub(super) fn write_group(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let Json::Array(entries) = arguments.at(0)? else { return Err(Refusal::Arguments) };
        let mut writes = Vec::with_capacity(entries.len());
        for entry in entries {
            let Json::Array(pair) = entry else { return Err(Refusal::Arguments) };
            writes.push(self.writable(caller, Arguments(pair))?);
        }
        for (id, value) in writes {
            self.append(id, self.now_secs(), value);
        }
        Ok(Answer::Done)
    }

    /// The resource and the value of a write, which fit each other.
    fn writable(&self, caller: &Caller, arguments: Arguments<'_>) -> Result<(Id, Datum), Refusal> {
        let id = self.data(caller, arguments.at(0)?, Need::Write)?;
        let value = self.value_for(id, arguments.at(1)?).ok_or(Refusal::Status(Status::Invalid))?;
        Ok((id, value))
    }

    fn value_for(&self, id: Id, given: &Json<'_>) -> Option<Datum> {
        self.tree.get(id)?.format().read(given)
    }

    /// Times before the epoch are offsets into the past. What lies in the future is undefined there, and refused
    /// here. Which entries failed is told as pairs, by the two procedures in different orders: what `record` does
    /// is not documented, and known of a client only.
    pub(super) fn record(&mut self, caller: &Caller, arguments: Arguments<'_>, is_batch: bool) -> Outcome {
        let id = self.data(caller, arguments.at(0)?, Need::Write)?;
        let Json::Array(entries) = arguments.at(1)? else { return Err(Refusal::Arguments) };
        let mut pairs = Vec::with_capacity(entries.len());
        for entry in entries {
            let Json::Array(pair) = entry else { return Err(Refusal::Arguments) };
            let pair = Arguments(pair);
            pairs.push((pair.number(0)?, pair.at(0)?, pair.at(1)?));
        }
        let now_secs = self.now_secs();
        let mut failed = Vec::new();
        for (number, given_time, given) in pairs {
            let at = if number < 0.0 { now_secs.saturating_add(number as i64) } else { number as i64 };
            match self.value_for(id, given).filter(|_| (0..=now_secs).contains(&at)) {
                Some(value) => self.append(id, at, value),
                None => failed.push(failed_entry(given_time, is_batch)),
            }
        }
        if failed.is_empty() { Ok(Answer::Done) } else { Err(Refusal::Entries(Json::Array(failed))) }
    }

    pub(super) fn flush(&mut self, caller: &Caller, arguments: Arguments<'_>) -> Outcome {
        let id = self.data(caller, arguments.at(0)?, Need::Use)?;
        let options = arguments.options(1)?;
        let newer_than = time(options, "newerthan")?;
        let older_than = time(options, "olderthan")?;
        if let Some(resource) = self.tree.get_mut(id) {
            resource.series.flush(newer_than, older_than);
        }
        Ok(Answer::Done)
    }
}

fn failed_entry(time: &Json<'_>, time_first: bool) -> Value {
    let mut pair = vec![owned(time), text(Status::Invalid.word())];
    if !time_first {
        pair.reverse();
    }
    Json::Array(pair)
}

/// A time among options, where it is given.
pub(super) fn time(options: &Json<'_>, name: &str) -> Result<Option<f64>, Refusal> {
    let given = options.get(name);
    given.map(|given| finite(given).ok_or(Refusal::Status(Status::Invalid))).transpose()
}

/// What `read` is asked for.
fn window(options: &Json<'_>, now_secs: i64) -> Result<Window, Refusal> {
    let invalid = Refusal::Status(Status::Invalid);
    let ascending = match options.get("sort").map(Json::as_text) {
        Some(Some("asc")) => true,
        None | Some(Some("desc")) => false,
        Some(Some(_) | None) => return Err(invalid),
    };
    let selection = match options.get("selection").map(Json::as_text) {
        None | Some(Some("all")) => Selection::All,
        Some(Some("givenwindow")) => Selection::GivenWindow,
        Some(Some("autowindow")) => Selection::AutoWindow,
        Some(Some(_) | None) => return Err(invalid),
    };
    let limit = match options.get("limit") {
        Some(limit) => limit.as_whole().filter(|limit| *limit >= 0).ok_or(invalid)?,
        None => 1,
    };
    Ok(Window {
        start: time(options, "starttime")?.unwrap_or(0.0),
        end: time(options, "endtime")?.unwrap_or(now_secs as f64),
        ascending,
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
        selection,
    })
}
