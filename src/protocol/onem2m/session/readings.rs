//! From resources to readings: instances of containers and time series, attributes of flexContainers.
//!
//! An instance is told once, by whichever way it came first: it is known again by its ID. What is older than the newest
//! that was told goes into the past.

use super::OneM2mSession;
use super::ask::{Ask, Filter};
use super::purpose::Purpose;
use super::tree::has_data;
use super::watch::{Instance, State};
use crate::model::event::Event;
use crate::model::json::Json;
use crate::model::order::sort_by;
use crate::model::reading::{Reading, Report};
use crate::model::time::{Now, Timestamp};
use crate::model::value::Value;
use crate::protocol::onem2m::content;
use crate::protocol::onem2m::primitive::Response;
use crate::protocol::onem2m::resource::{
    CONTAINER, CONTENT_INSTANCE, FLEX_CONTAINER, TIME_SERIES, TIME_SERIES_INSTANCE, code_name, items, only,
    text,
};
use crate::protocol::onem2m::time;

/// So many instances of the past are asked for when a resource is first watched.
const HISTORY_WANTED: u64 = 300;
/// What was read before is read again so far back.
const OVERLAP_MICROS: i64 = 2_000_000;
/// Instances alone, without the resource that they are in (TS-0004, 6.3.4.2.7).
const RCN_CHILDREN: u8 = 8;

impl OneM2mSession {
    /// The newest instance was asked for.
    pub(super) fn latest(&mut self, now: Now, index: usize, response: &Response<'_>) {
        if let Some((_, resource)) = only(&response.content).filter(|_| response.is_good()) {
            return self.instance(now, index, resource);
        }
        let Some(channel) = self.tree.content_channel(index, None) else { return };
        match response.code {
            // There is none yet: that is known, and as good as a value.
            4_004 => self.tell_value(now, channel, Value::Null, None),
            4_008 => {}
            code => self.tell_error(now, channel, &code_name(code), response.debug()),
        }
    }

    /// An instance of a container or a time series came.
    pub(super) fn instance(&mut self, now: Now, index: usize, resource: &Json<'_>) {
        let Some(instance) = self.read_instance(now, index, resource) else {
            return self.violation("an instance has content");
        };
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        if node.watch.is_filling {
            if !node.watch.hold(instance) {
                self.violation("no more than 2,000 instances come while the past is asked for");
            }
            return;
        }
        if node.watch.is_new(&instance.id) {
            self.tell_instances(now, index, vec![instance]);
        }
    }

    pub(super) fn read_instance(&mut self, now: Now, index: usize, resource: &Json<'_>) -> Option<Instance> {
        let content = resource.get("con")?;
        let info = text(resource, "cnf");
        let (value, notation) = content::read(content, info);
        let node = self.tree.nodes.get_mut(index)?;
        if node.info != info {
            info.clone_into(&mut node.info);
        }
        node.notation = notation;
        let created = time::parse(text(resource, "ct"));
        node.watch.last_created = node.watch.last_created.max(created);
        // TSI: when the data was taken; CIN: when it came to the CSE.
        let taken = ["dgt", "ct"].into_iter().find_map(|name| time::parse(text(resource, name)));
        let tag = ["st", "snr"].into_iter().find_map(|name| resource.get(name).and_then(Json::as_whole));
        Some(Instance {
            id: text(resource, "ri").to_owned(),
            taken: taken.unwrap_or_else(|| self.cse_time(now)),
            state_tag: tag.and_then(|tag| u64::try_from(tag).ok()).unwrap_or(0),
            value,
        })
    }

    /// Tells new instances: the newest as a reading, the others as past.
    pub(super) fn tell_instances(&mut self, now: Now, index: usize, mut instances: Vec<Instance>) {
        sort_by(&mut instances, |a, b| (a.taken, a.state_tag).cmp(&(b.taken, b.state_tag)));
        let Some(newest) = instances.last() else { return };
        let Some(channel) = self.tree.content_channel(index, Some(&newest.value)) else { return };
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        let newest = if node.watch.is_newest(newest) { instances.pop() } else { None };
        if let Some(newest) = &newest {
            node.watch.newest = Some((newest.taken, newest.state_tag));
        }
        if !instances.is_empty() {
            let readings = instances.into_iter().map(|instance| (instance.taken, instance.value)).collect();
            self.tell(Event::History { channel, readings });
        }
        if let Some(newest) = newest {
            self.tell_value(now, channel, newest.value, Some(newest.taken));
        }
    }

    /// Attributes of a flexContainer came: all, or those that changed.
    pub(super) fn flex_container_state(&mut self, now: Now, index: usize, resource: &Json<'_>) {
        let taken = time::parse(text(resource, "lt"));
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        let Json::Object(members) = resource else { return };
        let mut told = Vec::new();
        // Looked at again, and nothing has changed.
        if taken.is_some() && node.watch.newest.is_some_and(|(newest, _)| taken == Some(newest)) {
            return;
        }
        // Notifications may overtake each other.
        let is_late = taken.is_some_and(|taken| node.watch.newest.is_some_and(|(newest, _)| taken < newest));
        if let (Some(taken), false) = (taken, is_late) {
            node.watch.newest = Some((taken, 0));
        }
        for (name, value) in members {
            if let Some((_, channel)) = node.channels.iter().find(|(known, _)| known == name) {
                told.push((*channel, content::bare(value)));
            }
        }
        for (channel, value) in told {
            match (is_late, taken) {
                (true, Some(taken)) => self.tell(Event::History { channel, readings: vec![(taken, value)] }),
                (true, None) | (false, _) => self.tell_value(now, channel, value, taken),
            }
        }
    }

    pub(super) fn tell_value(&mut self, now: Now, channel: usize, value: Value, taken: Option<Timestamp>) {
        let reading = Reading {
            report: Report::Value(value),
            taken,
            arrived: now.instant,
            place: None,
            uncertainty: None,
            state: None,
        };
        self.tell(Event::Reading { channel, reading });
    }

    pub(super) fn tell_error(&mut self, now: Now, channel: usize, class: &str, text: &str) {
        let report = Report::Error { class: class.to_owned(), text: text.to_owned() };
        let reading = Reading {
            report,
            taken: None,
            arrived: now.instant,
            place: None,
            uncertainty: None,
            state: None,
        };
        self.tell(Event::Reading { channel, reading });
    }

    /// Asks for what came before, and for what came while nobody listened.
    pub(super) fn ask_history(&mut self, index: usize) {
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        let path = node.path.clone();
        if !has_data(node.ty) {
            return;
        }
        if node.ty == FLEX_CONTAINER {
            return self.ask(Purpose::History(index), Ask::retrieve(path));
        }
        let ty = if node.ty == CONTAINER { CONTENT_INSTANCE } else { TIME_SERIES_INSTANCE };
        let mut filter = Filter { types: vec![ty], level: Some(1), ..Filter::default() };
        let reach = match (node.watch.resume.or(node.watch.last_created), node.created) {
            // Again from the last one on, and a little before: some come out of order, and all are known by their IDs.
            (Some(last), _) if node.watch.has_history => {
                Some(Timestamp(last.0.saturating_sub(OVERLAP_MICROS)))
            }
            // A large container would be read whole. ACME counts `lim` before it filters, and turns `sts` and `stb`
            // round, so what is wanted is told by time: as far back as the usual rate needs.
            (Some(last), Some(created)) if node.instances.is_some_and(|count| count > HISTORY_WANTED) => {
                let ever =
                    node.watch.newest.map_or(0, |(_, tag)| tag).max(node.instances.unwrap_or(0)).max(1);
                let span = i128::from(last.0.saturating_sub(created.0)) * i128::from(HISTORY_WANTED)
                    / i128::from(ever);
                Some(Timestamp(last.0.saturating_sub(i64::try_from(span).unwrap_or(i64::MAX))))
            }
            (Some(_) | None, _) => None,
        };
        filter.created_after = reach.map(time::write);
        node.watch.is_filling = true;
        self.ask(Purpose::History(index), Ask::retrieve(path).rcn(RCN_CHILDREN).filter(filter));
    }

    pub(super) fn history(&mut self, now: Now, index: usize, response: &Response<'_>) {
        let Some(node) = self.tree.nodes.get_mut(index) else { return };
        let (is_flex, latest) = (node.ty == FLEX_CONTAINER, node.latest());
        let held = node.watch.take_held();
        if response.is_good() {
            node.watch.has_history = true;
            node.watch.resume = None;
        }
        self.tell_subscribed(index);
        let Some((_, resource)) = only(&response.content).filter(|_| response.is_good()) else {
            self.tell_new(now, index, held);
            // What holds now is worth another way.
            if !is_flex && !response.is_good() {
                self.ask(Purpose::Latest(index), latest);
            }
            return;
        };
        if is_flex {
            return self.flex_container_state(now, index, resource);
        }
        let Json::Object(members) = resource else { return };
        let mut instances = Vec::new();
        for name in members
            .iter()
            .map(|(name, _)| name.as_ref())
            .filter(|name| matches!(*name, "m2m:cin" | "m2m:tsi"))
        {
            for instance in items(resource, name) {
                match self.read_instance(now, index, instance) {
                    Some(instance) => instances.push(instance),
                    None => self.violation("an instance has content"),
                }
            }
        }
        instances.extend(held);
        self.tell_new(now, index, instances);
    }

    fn tell_new(&mut self, now: Now, index: usize, mut instances: Vec<Instance>) {
        if let Some(node) = self.tree.nodes.get_mut(index) {
            instances.retain(|instance| node.watch.is_new(&instance.id));
        }
        self.tell_instances(now, index, instances);
    }

    /// Times at which instances of a time series should have been taken.
    pub(super) fn missing(&mut self, index: usize, at: Vec<Timestamp>) {
        let channel =
            self.tree.nodes.get(index).and_then(|node| node.channels.first()).map(|(_, channel)| *channel);
        if let (Some(channel), false) = (channel, at.is_empty()) {
            self.tell(Event::Missing { channel, at });
        }
    }

    /// A channel's readings come, or do not come any more.
    pub(super) fn tell_subscribed(&mut self, index: usize) {
        let Some(node) = self.tree.nodes.get(index) else { return };
        let on = node.watch.wanted && matches!(node.watch.state, State::Pushed | State::Polled);
        let channels: Vec<usize> = node.channels.iter().map(|(_, channel)| *channel).collect();
        let known = self.tree.catalog.channels.len().max(self.told_subscribed.len());
        self.told_subscribed.resize(known, false);
        for channel in channels {
            let on = on && self.is_wanted(channel);
            if on != std::mem::replace(&mut self.told_subscribed[channel], on) {
                self.tell(Event::Subscribed { channel, on });
            }
        }
    }

    /// Whether a node keeps instances.
    pub(super) fn has_instances(&self, index: usize) -> bool {
        self.tree.nodes.get(index).is_some_and(|node| matches!(node.ty, CONTAINER | TIME_SERIES))
    }
}
