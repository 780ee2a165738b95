//! Which readings are wanted, and what the node was asked to send.
//!
//! While every module is wanted the node is activated as a whole, else module by module, one request at a time: a
//! node may answer `inactive` without saying which module it means (frappy 0.20.9). A node that cannot activate
//! single modules answers `active` without a module and sends everything; what is not wanted is then dropped here.
//!
//! Wishes are kept by path across reconnects and changed descriptions; what the node sends is known for one socket.

use std::time::Duration;

use crate::model::slots::Names;
use crate::model::time::Instant;
use crate::protocol::secop::description::Description;
use crate::protocol::secop::message::{Specifier, Verb};

/// A node that sends updates but does not confirm the activation within this time is taken at its deed.
pub(super) const CONFIRM_WITHIN: Duration = Duration::from_secs(3);
/// Wishes about channels that the node does not offer at present are forgotten beyond this number.
const UNWANTED: usize = 20_000;

/// Wishes, and what became of them.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    /// Paths of channels that nobody wants.
    unwanted: Names,
    channels: Vec<ChannelState>,
    modules: Vec<ModuleState>,
    /// The node as a whole is activated.
    global: bool,
    unable: Unable,
    under_way: Option<UnderWay>,
}

/// What a node turned out not to do.
#[derive(Clone, Copy, Debug, Default)]
struct Unable {
    /// It is not activated as a whole.
    whole: bool,
    /// It does not activate single modules.
    modules: bool,
    /// It does not stop sending.
    stop: bool,
}

#[derive(Clone, Copy, Debug)]
struct ChannelState {
    module: usize,
    wanted: bool,
    constant: bool,
    announced: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct ModuleState {
    /// Channels that can be subscribed, and those of them that are wanted.
    channels: usize,
    wanted: usize,
    active: bool,
    refused: bool,
}

#[derive(Clone, Copy, Debug)]
struct UnderWay {
    step: Step,
    since: Instant,
    until: Instant,
    updates_came: bool,
}

/// A request to the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// To send updates, or no more.
    pub(super) on: bool,
    /// The index of a module; `None` for all.
    pub(super) module: Option<usize>,
}

impl Step {
    /// The verb of the request.
    pub(super) fn verb(self) -> Verb {
        if self.on { Verb::Activate } else { Verb::Deactivate }
    }
}

impl Subscriptions {
    /// The node has described itself, for the first time or anew.
    pub(super) fn set_description(&mut self, description: &Description) {
        if self.unwanted.len() > UNWANTED {
            let paths = description.catalog.channels.iter().map(|channel| channel.path.as_str());
            self.unwanted.retain(&Names::number(paths));
        }
        let channels = description.catalog.channels.iter().zip(&description.parameters);
        self.channels = channels
            .map(|(channel, parameter)| ChannelState {
                module: parameter.module,
                wanted: !self.unwanted.contains(&channel.path),
                constant: parameter.is_constant,
                announced: false,
            })
            .collect();
        self.modules = vec![ModuleState::default(); description.modules.len()];
        for channel in self.channels.iter().filter(|channel| !channel.constant) {
            let module = &mut self.modules[channel.module];
            module.channels += 1;
            module.wanted += usize::from(channel.wanted);
        }
    }

    /// The link is gone or begins anew: the node sends nothing.
    pub(super) fn reset(&mut self) {
        self.global = false;
        self.unable = Unable::default();
        self.under_way = None;
        for module in &mut self.modules {
            (module.active, module.refused) = (false, false);
        }
    }

    /// Somebody wants the readings of a channel, or nobody wants them any more.
    pub(super) fn want(&mut self, channel: usize, path: &str, wanted: bool) {
        let known = if wanted { self.unwanted.remove(path) } else { self.unwanted.insert(path, 0) };
        let Some(state) = self.channels.get_mut(channel).filter(|_| known) else { return };
        state.wanted = wanted;
        if !state.constant {
            let module = &mut self.modules[state.module];
            if wanted {
                module.wanted += 1;
                module.refused = false;
            } else {
                module.wanted -= 1;
            }
        }
    }

    /// Whether updates of a channel are to be passed on.
    pub(super) fn wants(&self, channel: usize) -> bool {
        self.channels.get(channel).is_some_and(|channel| channel.wanted && !channel.constant)
    }

    /// The next request to send, if none is under way.
    pub(super) fn next(&mut self, now: Instant, timeout: Duration) -> Option<Step> {
        if self.under_way.is_some() {
            return None;
        }
        let step = self.missing()?;
        self.under_way = Some(UnderWay { step, since: now, until: now + timeout, updates_came: false });
        Some(step)
    }

    /// Nothing is under way.
    pub(super) fn settled(&self) -> bool {
        self.under_way.is_none()
    }

    fn missing(&self) -> Option<Step> {
        let any = self.modules.iter().any(|module| module.wanted > 0);
        let all = self.modules.iter().all(|module| module.channels == 0 || module.wanted > 0);
        if any && (all || self.unable.modules) && !self.unable.whole {
            return (!self.global).then_some(Step { on: true, module: None });
        }
        if self.global {
            return (!self.unable.stop).then_some(Step { on: false, module: None });
        }
        let wrong = |module: &ModuleState| {
            if module.wanted > 0 { !module.active && !module.refused } else { module.active }
        };
        let module = self.modules.iter().position(wrong)?;
        Some(Step { on: self.modules[module].wanted > 0, module: Some(module) })
    }

    /// The node says that it sends updates (or no more) of a module, or of all. Returns false where nobody asked.
    pub(super) fn confirmed(&mut self, description: &Description, on: bool, specifier: &str) -> bool {
        let under_way = self.under_way.map(|under_way| under_way.step).filter(|step| step.on == on);
        let named = Specifier::parse(specifier).filter(|named| named.module != ".");
        // An answer about a single parameter (an extension of frappy) was typed by a person.
        if named.is_some_and(|named| named.accessible.is_some()) {
            return false;
        }
        let module = named
            .and_then(|named| description.modules.iter().position(|module| module.as_str() == named.module));
        let (step, asked) = match (named, module, under_way) {
            (Some(_), Some(module), _) => {
                let step = Step { on, module: Some(module) };
                (step, under_way == Some(step))
            }
            (Some(_), None, _) => return false,
            (None, _, Some(Step { on: true, module: Some(_) })) => {
                self.unable.modules = true;
                (Step { on, module: None }, true)
            }
            // frappy leaves the module out when it has deactivated it.
            (None, _, Some(step)) => (step, true),
            (None, _, None) => (Step { on, module: None }, false),
        };
        self.set(step);
        if asked {
            self.under_way = None;
        }
        asked
    }

    /// The node refuses the request under way, which is returned.
    pub(super) fn refused(&mut self, verb: Option<Verb>) -> Option<Step> {
        let under_way =
            self.under_way.take_if(|under_way| verb.is_none_or(|verb| verb == under_way.step.verb()))?;
        match under_way.step {
            Step { on: true, module: None } => self.unable.whole = true,
            Step { on: true, module: Some(module) } => self.modules[module].refused = true,
            // It goes on sending: then all of it, and what is not wanted is dropped.
            Step { on: false, module: None } => self.unable.stop = true,
            step @ Step { on: false, module: Some(_) } => self.set(step),
        }
        Some(under_way.step)
    }

    /// An update came.
    pub(super) fn update_came(&mut self) {
        if let Some(under_way) = &mut self.under_way {
            under_way.updates_came = true;
        }
    }

    /// The request under way, if it is overdue. It counts as done; what the node does will show.
    pub(super) fn overdue(&mut self, now: Instant) -> Option<Step> {
        self.deadline().filter(|deadline| *deadline <= now)?;
        let step = self.under_way.take()?.step;
        self.set(step);
        Some(step)
    }

    /// When the request under way is overdue.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let under_way = self.under_way?;
        let early = (under_way.step.on && under_way.updates_came).then(|| under_way.since + CONFIRM_WITHIN);
        Instant::earliest(early, Some(under_way.until))
    }

    /// Channels whose subscription has begun or ended since the last call. While the node is asked in another way
    /// for what it was sending already, that has not ended.
    pub(super) fn changes(&mut self) -> Vec<(usize, bool)> {
        let mut changes = Vec::new();
        let settled = self.under_way.is_none();
        for (index, channel) in self.channels.iter_mut().enumerate() {
            let sent = self.global || self.modules[channel.module].active;
            let on = channel.wanted && !channel.constant && sent;
            if on != channel.announced && (on || settled || !channel.wanted) {
                channel.announced = on;
                changes.push((index, on));
            }
        }
        changes
    }

    fn set(&mut self, step: Step) {
        if let Some(module) = step.module {
            self.modules[module].active = step.on;
            return;
        }
        self.global = step.on;
        if !step.on {
            // Nodes differ in whether this ends what was activated module by module. Asking for a module twice does
            // no harm.
            for module in self.modules.iter_mut().filter(|module| module.wanted > 0) {
                module.active = false;
            }
        }
    }
}
