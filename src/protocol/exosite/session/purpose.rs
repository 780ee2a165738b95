//! What a call is for: what its answer is taken as.

use super::deeds::Returns;
use crate::model::event::RequestId;

/// See the module. A node is an index in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To know a client that is looked into: its name, and what it calls what is below it.
    About(usize),
    /// To see what is below it.
    Listing(usize),
    /// To know one of those, by its place in the listing.
    Item {
        /// The client.
        client: usize,
        /// The place.
        item: usize,
    },
    /// To know a node again whose description was changed.
    Again(usize),
    /// To see the newest point of a series.
    Newest(usize),
    /// To be told its points.
    Subscribe(usize),
    /// To be told no more.
    Unsubscribe,
    /// To see its past.
    History(usize),
    /// A sign of life.
    Heartbeat,
    /// What a person asked for.
    Person(RequestId, Wish),
}

/// What a person asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// The newest point of a series.
    Read(usize),
    /// To write a dataport.
    Write,
    /// To look below a client.
    Expand(usize),
    /// All that there is to know about a resource.
    Inspect,
    /// A command, with what it returns.
    Execute {
        /// On which node.
        node: usize,
        /// What it returns.
        returns: Returns,
        /// What else changes by it.
        after: After,
    },
}

/// What is to be looked at after a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// Nothing.
    Nothing,
    /// The node's description.
    Description,
    /// What is below its client.
    Listing,
    /// What is below its owner, and below the client that it was given to, where that is known.
    Owner(Option<usize>),
}

impl Purpose {
    /// A person waits for it, or the link hangs on it.
    pub(super) fn is_urgent(self) -> bool {
        match self {
            Self::Heartbeat | Self::Person(..) => true,
            Self::About(_)
            | Self::Listing(_)
            | Self::Item { .. }
            | Self::Again(_)
            | Self::Newest(_)
            | Self::Subscribe(_)
            | Self::Unsubscribe
            | Self::History(_) => false,
        }
    }
}
