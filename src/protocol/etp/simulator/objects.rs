//! The objects of the site: a well, its wellbore, channel sets in it and channels in those.

use super::site::{Channel, Set, Site};
use crate::protocol::etp::avro::Uuid;
use crate::protocol::random::Random;

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object {
    Well,
    Wellbore,
    /// By its number.
    Set(usize),
    /// By its number among all.
    Channel(usize),
}

impl Object {
    /// The name for people.
    pub(super) fn title(self, site: &Site) -> &'static str {
        match self {
            Self::Well => "Porthole 1",
            Self::Wellbore => "Porthole 1 A",
            Self::Set(set) => site.sets.get(set).map_or("", |set| set.kind.title),
            Self::Channel(channel) => site.channel(channel).map_or("", |channel| channel.kind.title),
        }
    }

    /// The short name, which no other object of its kind has.
    pub(super) fn uid(self, site: &Site) -> &'static str {
        match self {
            Self::Well => "porthole-1",
            Self::Wellbore => "a",
            Self::Set(set) => site.sets.get(set).map_or("", |set| set.kind.uid),
            Self::Channel(channel) => site.channel(channel).map_or("", |channel| channel.kind.mnemonic),
        }
    }

    /// The same wherever the object is met.
    pub(super) fn uuid(self, site: &Site) -> Uuid {
        let kind = match self {
            Self::Well => 1,
            Self::Wellbore => 2,
            Self::Set(_) => 3,
            Self::Channel(_) => 4,
        };
        // FNV-1a.
        let hash = self.uid(site).bytes().fold(0xcbf2_9ce4_8422_2325_u64 ^ kind, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        uuid(&mut Random::new(hash))
    }

    /// What stands right below it.
    pub(super) fn children(self, site: &Site) -> Vec<Self> {
        match self {
            Self::Well => vec![Self::Wellbore],
            Self::Wellbore => (0..site.sets.len()).map(Self::Set).collect(),
            Self::Set(set) => {
                let of_set = site.channels().filter(|channel| channel.set == set);
                of_set.map(|channel| Self::Channel(channel.number)).collect()
            }
            Self::Channel(_) => Vec::new(),
        }
    }

    /// All of them, those above before those below.
    pub(super) fn all(site: &Site) -> Vec<Self> {
        let sets = (0..site.sets.len()).map(Self::Set);
        let channels = site.channels().map(|channel| Self::Channel(channel.number));
        [Self::Well, Self::Wellbore].into_iter().chain(sets).chain(channels).collect()
    }

    /// The channels in it, or itself.
    pub(super) fn channels(self, site: &Site) -> Vec<Channel> {
        let is_in = |channel: &Channel| match self {
            Self::Well | Self::Wellbore => true,
            Self::Set(set) => channel.set == set,
            Self::Channel(number) => channel.number == number,
        };
        site.channels().filter(is_in).collect()
    }

    /// The set that it is, or that it is in.
    pub(super) fn set(self, site: &Site) -> Option<&Set> {
        match self {
            Self::Well | Self::Wellbore => None,
            Self::Set(set) => site.sets.get(set),
            Self::Channel(channel) => site.sets.get(site.channel(channel)?.set),
        }
    }
}

/// One of chance (RFC 4122, version 4).
pub(super) fn uuid(random: &mut Random) -> Uuid {
    let mut bytes: [u8; 16] = std::array::from_fn(|_| random.next_u64() as u8);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Uuid(bytes)
}

/// As it is written.
pub(super) fn text(uuid: &Uuid) -> String {
    let mut text = String::new();
    for (place, byte) in uuid.0.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 0xf] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    text
}

/// How many there are, as it goes into a message.
pub(super) fn count(many: usize) -> i32 {
    i32::try_from(many).unwrap_or(i32::MAX)
}
