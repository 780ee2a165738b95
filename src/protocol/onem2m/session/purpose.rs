//! What a request is for: what its answer is taken as.

use crate::model::event::RequestId;

/// See the module. A node is an index in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To find the CSE's root, whatever it is called, and to see who is there.
    FindBase,
    /// To be known to the CSE.
    Register,
    /// To remove an AE of the same name that a former socket left.
    Unregister,
    /// To see a notification come.
    ProbePush,
    /// A sign of life.
    Heartbeat,
    /// To see a resource, and what is directly below it.
    Explore(usize),
    /// To see its newest value.
    Latest(usize),
    /// To see what it keeps of the past.
    History(usize),
    /// To be told what happens.
    Subscribe(usize, Kind),
    /// A subscription of this name is there already: is it ours?
    Compare(usize, Kind),
    /// To be told no more.
    Unsubscribe,
    /// To live on.
    RenewAe,
    /// To be told longer.
    RenewSubscription(usize, Kind),
    /// To see which of our subscriptions are there.
    Audit,
    /// To see what is new, where it is not told.
    Poll(usize),
    /// To see what is new in many at once.
    MakeGroup,
    /// The same.
    PollGroup,
    /// What a person asked for.
    Person(RequestId, Wish),
}

/// What a subscription tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// New instances, or changes.
    Data,
    /// Missing instances of a time series.
    Missing,
}

/// What a person asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// A fresh reading of a channel.
    Read(usize),
    /// To write a channel of a node.
    Write(usize),
    /// Whether what was written is there: its creation was answered as if it had been there before.
    Verify {
        /// The channel's node.
        node: usize,
        /// What was written.
        content: String,
    },
    /// All attributes of a node.
    Inspect,
    /// A look below a node; its exploration was asked for already.
    Expand(usize),
    /// To make a container.
    MakeContainer,
    /// To remove something that this page made.
    Delete(String),
    /// To find resources.
    Discover,
    /// To find what pages like this one have left; with `clean`, to remove it.
    FindLeftovers {
        /// To remove it.
        clean: bool,
    },
    /// To remove the rest of what was left; so many are gone.
    Clean {
        /// Those that are still there.
        rest: Vec<String>,
        /// How many are gone.
        gone: usize,
    },
}

impl Purpose {
    /// A person waits for it, or nothing goes on without it.
    pub(super) fn is_urgent(&self) -> bool {
        match self {
            Self::FindBase
            | Self::Register
            | Self::Unregister
            | Self::ProbePush
            | Self::Heartbeat
            | Self::RenewAe
            | Self::RenewSubscription(..)
            | Self::Compare(..)
            | Self::Person(..) => true,
            Self::Explore(_)
            | Self::Latest(_)
            | Self::History(_)
            | Self::Subscribe(..)
            | Self::Unsubscribe
            | Self::Audit
            | Self::Poll(_)
            | Self::MakeGroup
            | Self::PollGroup => false,
        }
    }
}
