//! All that the page knows of its connections and channels.

/// A channel of the page; stays the same across reconnects while its path and type stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(pub u32);

/// A connection of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u32);

/// The store.
#[derive(Debug, Default)]
pub struct Store;
