//! What the session says and hears, whichever version is spoken: what differs is in [`super::dialect_v11`] and
//! [`super::dialect_v12`].

use crate::protocol::etp::avro::{AvroError, Reader, Writer};
use crate::protocol::etp::header::MessageHeader;
use crate::protocol::etp::item::Index;

/// A way to speak.
pub(super) trait Dialect {
    /// The id of the first message, and the distance to the next.
    fn ids(&self) -> (i64, i64);

    /// The flags of a message that is whole in itself.
    fn whole(&self) -> i32;

    /// Nothing more comes of what this message belongs to.
    fn is_last(&self, header: &MessageHeader) -> bool;

    /// Asks for a session.
    fn request_session(&self, hello: &Hello<'_>) -> Outgoing;

    /// Shows who one is, where the version has a message for it.
    fn authorize(&self, token: &str) -> Option<Outgoing>;

    /// Begins the streaming protocol, where it must be begun: with the least time between two messages in milliseconds,
    /// and the most items in one.
    fn begin(&self, server: &Server, gap_millis: i32, items: i32) -> Option<Outgoing>;

    /// Asks for the roots of what there is.
    fn look_at_roots(&self, server: &Server) -> Outgoing;

    /// Asks what there is below a resource.
    fn look(&self, uri: &str, way: Way) -> Outgoing;

    /// Asks what channels are.
    fn describe(&self, uris: &[&str]) -> Outgoing;

    /// Wants the data of channels.
    fn subscribe(&self, wishes: &[Wish]) -> Outgoing;

    /// Wants them no more.
    fn unsubscribe(&self, ids: &[i64]) -> Outgoing;

    /// Asks for some of the past.
    fn range(&self, range: &Range<'_>) -> Outgoing;

    /// Wants the rest of it no more; `None` where that cannot be said.
    fn cancel(&self, range: u64) -> Option<Outgoing>;

    /// Asks for a sign of life; `None` where there is none to be asked for.
    fn ping(&self, server: &Server, micros: i64) -> Option<Outgoing>;

    /// Answers the same question of the server.
    fn pong(&self, micros: i64) -> Outgoing;

    /// Says that a message was acceptable.
    fn acknowledge(&self, protocol: i32) -> Outgoing;

    /// Ends the session.
    fn close(&self, reason: &str) -> Outgoing;

    /// Reads a body. Items of data are left to the caller: they come next.
    fn read(&self, header: &MessageHeader, reader: &mut Reader<'_>) -> Result<Told, AvroError>;
}

/// A message without its header.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) protocol: i32,
    pub(super) message_type: i32,
    pub(super) body: Vec<u8>,
}

impl Outgoing {
    /// A message with what `write` writes.
    pub(super) fn new((protocol, message_type): (i32, i32), write: impl FnOnce(&mut Writer)) -> Self {
        let mut writer = Writer::default();
        write(&mut writer);
        Self { protocol, message_type, body: writer.into_bytes() }
    }
}

/// Who asks for a session.
#[derive(Debug)]
pub(super) struct Hello<'a> {
    /// Tells pages from each other.
    pub(super) instance: [u8; 16],
    /// The present time.
    pub(super) micros: i64,
    /// The name of this program.
    pub(super) name: &'a str,
    /// Its version.
    pub(super) version: &'a str,
}

/// Who opened a session, and what it offers.
#[derive(Clone, Debug, Default)]
pub(super) struct Server {
    /// What it calls itself.
    pub(super) name: String,
    /// Its version.
    pub(super) version: String,
    /// The session's identifier, for people.
    pub(super) session: String,
    /// Channels can be described and their data asked for.
    pub(super) streams: bool,
    /// It tells its channels and their data by itself, and nothing can be asked.
    pub(super) is_simple: bool,
    /// It tells what there is.
    pub(super) discovers: bool,
    /// It has dataspaces.
    pub(super) has_dataspaces: bool,
}

/// In which direction one looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// At what a resource is made of.
    Targets,
    /// At what is made of it.
    Sources,
}

/// A channel whose data is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wish {
    /// Its number in this session.
    pub(super) id: i64,
    /// From where on.
    pub(super) start: Start,
}

/// Where data begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Start {
    /// With so many of the last values.
    Latest(u32),
    /// With this index.
    From(Index),
}

/// A part of the past.
#[derive(Clone, Debug)]
pub(super) struct Range<'a> {
    /// Tells it from others.
    pub(super) number: u64,
    /// Whose.
    pub(super) ids: &'a [i64],
    /// From this index …
    pub(super) from: Index,
    /// … to this one, both included.
    pub(super) to: Index,
    /// The unit of the index.
    pub(super) unit: &'a str,
    /// What a depth is counted from.
    pub(super) datum: &'a str,
}

/// The kind of a place without a name: what is in it stands at the top.
pub(super) const NAMELESS: &str = "\0";

/// Something that discovery found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Found {
    /// Names it, in all sessions.
    pub(super) uri: String,
    /// For people.
    pub(super) name: String,
    /// Its kind in the words of the server, e.g. `Wellbore`.
    pub(super) kind: String,
    /// It is a channel and not something with channels in it.
    pub(super) is_channel: bool,
    /// There is nothing below it.
    pub(super) is_leaf: bool,
    /// Further facts.
    pub(super) facts: Vec<(String, String)>,
}

/// Facts with their names.
pub(super) fn facts<const N: usize>(facts: [(&str, String); N]) -> Vec<(String, String)> {
    facts.map(|(name, fact)| (name.to_owned(), fact)).into()
}

/// What a channel is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Described {
    /// Names it, in all sessions.
    pub(super) uri: String,
    /// Its number in this session.
    pub(super) id: i64,
    /// For people.
    pub(super) name: String,
    /// What is said about it.
    pub(super) description: String,
    /// Where its data comes from.
    pub(super) source: String,
    /// The unit of its values.
    pub(super) unit: String,
    /// What its values are.
    pub(super) kind: Kind,
    /// The lengths of the axes of a vector; empty for a scalar.
    pub(super) lengths: Vec<i32>,
    /// The indexes, the primary one first.
    pub(super) indexes: Vec<IndexInfo>,
    /// Something is added to it at present, in the server's word.
    pub(super) status: &'static str,
    /// Further facts.
    pub(super) facts: Vec<(String, String)>,
}

/// What the values of a channel are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Integer,
    Float,
    Double,
    Text,
    /// Microseconds since the Unix epoch, or a text.
    Time,
    /// An array of numbers.
    Numbers,
    /// Nothing is said of it, or nothing that this program knows.
    #[default]
    Other,
}

/// What an index of a channel is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct IndexInfo {
    pub(super) kind: IndexKind,
    /// For people.
    pub(super) name: String,
    /// Its unit, after scaling.
    pub(super) unit: String,
    /// What a depth is counted from.
    pub(super) datum: String,
    /// A raw depth is ten to this times as large (v1.1).
    pub(super) scale: i32,
    /// It becomes smaller with each item.
    pub(super) decreasing: bool,
}

/// What an index counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum IndexKind {
    /// Microseconds since the Unix epoch.
    #[default]
    Time,
    /// A depth.
    Depth,
    /// Anything else.
    Other,
}

impl IndexInfo {
    /// The place of an index: Unix seconds, or a depth in its unit.
    pub(super) fn place(&self, index: Index) -> Option<f64> {
        let place = match (index, self.kind) {
            (Index::Missing, _) => return None,
            // The unit and the scale of a time index are to be ignored (v1.1: ETP-000-095).
            (Index::Long(micros), IndexKind::Time) => micros as f64 / 1e6,
            (Index::Long(raw), IndexKind::Depth | IndexKind::Other) => match self.scale {
                scale if scale < 0 => raw as f64 * ten_to(scale.unsigned_abs()),
                scale => raw as f64 / ten_to(scale.unsigned_abs()),
            },
            (Index::Double(place), _) => place,
        };
        place.is_finite().then_some(place)
    }

    /// The index of a place, as it is on the wire.
    pub(super) fn index(&self, place: f64, has_doubles: bool) -> Index {
        match self.kind {
            IndexKind::Time => Index::Long((place * 1e6) as i64),
            IndexKind::Depth | IndexKind::Other if has_doubles => Index::Double(place),
            IndexKind::Depth | IndexKind::Other => {
                let ten = ten_to(self.scale.unsigned_abs());
                let scaled = if self.scale < 0 { place / ten } else { place * ten };
                Index::Long(scaled.round() as i64)
            }
        }
    }
}

/// Ten to a power; beyond 22 a double is not exact anyway.
fn ten_to(power: u32) -> f64 {
    (0..power.min(22)).fold(1.0, |ten, _| ten * 10.0)
}

/// What a message says.
#[derive(Debug)]
pub(super) enum Told {
    /// There is a session.
    Opened(Box<Server>),
    /// Whether one is let in, and else what is wanted.
    Authorized {
        success: bool,
        challenges: Vec<String>,
    },
    /// Some of what there is.
    Found(Vec<Found>),
    /// What channels are.
    Described(Vec<Described>),
    /// Subscriptions are in place.
    Subscribed,
    /// New data: items come next.
    Data,
    /// Data of the past that was asked for: items come next.
    Past,
    /// Data of the past is replaced: items come next.
    Rewritten {
        ids: Vec<i64>,
        from: Index,
        to: Index,
    },
    /// Data beyond these indexes is not there any more.
    Truncated(Vec<(i64, Index)>),
    /// No more data comes of these.
    Stopped {
        ids: Vec<i64>,
        reason: String,
    },
    /// A channel is not there any more.
    Removed {
        id: i64,
        reason: String,
    },
    /// The status of a channel.
    Status {
        id: i64,
        status: &'static str,
    },
    /// Something could not be done.
    Failed(Refusal),
    /// The session is over.
    Closed(String),
    Ping,
    Pong,
    Acknowledged,
    /// A message of the version that nobody asked for and that says nothing here.
    Other(&'static str),
    /// A message that the version does not have.
    Unknown,
}

/// Why something could not be done.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Refusal {
    /// The code and the words; a code of 0 where there are only those below.
    pub(super) code: i32,
    pub(super) text: String,
    /// The same for parts of a request, by their keys.
    pub(super) each: Vec<(String, i32, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_depth_is_scaled_and_a_time_is_not() {
        let depth = IndexInfo { kind: IndexKind::Depth, scale: 3, ..IndexInfo::default() };
        assert_eq!(depth.place(Index::Long(900)), Some(0.9));
        assert_eq!(depth.index(0.9, false), Index::Long(900));
        assert_eq!(depth.index(0.9, true), Index::Double(0.9));
        let time = IndexInfo { scale: 3, unit: "s".to_owned(), ..IndexInfo::default() };
        assert_eq!(time.place(Index::Long(1_426_614_604_000_000)), Some(1_426_614_604.0));
        assert_eq!(depth.place(Index::Missing), None);
        assert_eq!(depth.place(Index::Double(f64::NAN)), None);
        let wide = IndexInfo { scale: i32::MAX, ..depth.clone() };
        assert!(wide.place(Index::Long(1)).is_some_and(f64::is_finite));
        let narrow = IndexInfo { scale: i32::MIN, ..depth };
        assert!(narrow.place(Index::Long(1)).is_some_and(f64::is_finite));
    }
}
