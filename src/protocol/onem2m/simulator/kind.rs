//! The types of resources that this CSE has, and which of them holds which.

/// A type of resource, by its name in TS-0001.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    AccessControlPolicy,
    Ae,
    Container,
    ContentInstance,
    CseBase,
    Group,
    MgmtObj,
    Node,
    Request,
    Subscription,
    FlexContainer,
    TimeSeries,
    TimeSeriesInstance,
}

/// Types of TS-0004 that this CSE does not have.
const NOT_HERE: [u64; 15] = [10, 15, 16, 18, 24, 27, 34, 38, 39, 47, 48, 58, 60, 65, 66];

impl Kind {
    pub(super) const ALL: [Self; 13] = [
        Self::AccessControlPolicy,
        Self::Ae,
        Self::Container,
        Self::ContentInstance,
        Self::CseBase,
        Self::Group,
        Self::MgmtObj,
        Self::Node,
        Self::Request,
        Self::Subscription,
        Self::FlexContainer,
        Self::TimeSeries,
        Self::TimeSeriesInstance,
    ];

    /// Its number; the name of its member in `pc`, empty where it has several; how its resource ids begin.
    fn facts(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::AccessControlPolicy => (1, "m2m:acp", "acp"),
            Self::Ae => (2, "m2m:ae", ""),
            Self::Container => (3, "m2m:cnt", "cnt"),
            Self::ContentInstance => (4, "m2m:cin", "cin"),
            Self::CseBase => (5, "m2m:cb", ""),
            Self::Group => (9, "m2m:grp", "grp"),
            Self::MgmtObj => (13, "", "mgo"),
            Self::Node => (14, "m2m:nod", "nod"),
            Self::Request => (17, "m2m:req", "req"),
            Self::Subscription => (23, "m2m:sub", "sub"),
            Self::FlexContainer => (28, "", "fcnt"),
            Self::TimeSeries => (29, "m2m:ts", "ts"),
            Self::TimeSeriesInstance => (30, "m2m:tsi", "tsi"),
        }
    }

    /// Its number, `ty`.
    pub(super) fn number(self) -> u16 {
        self.facts().0
    }

    pub(super) fn from_number(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| u64::from(kind.number()) == number)
    }

    /// Whether oneM2M has a type of this number, though this CSE has none.
    pub(super) fn exists_elsewhere(number: u64) -> bool {
        NOT_HERE.contains(&number)
    }

    /// Whether the member of `pc` with this name is such a resource. Those of a module class have names of their own.
    pub(super) fn is_named(self, tag: &str) -> bool {
        if self == Self::FlexContainer {
            tag.contains(':') && !tag.starts_with("m2m:")
        } else if self == Self::MgmtObj {
            matches!(tag, "m2m:bat" | "m2m:fwr")
        } else {
            tag == self.facts().1
        }
    }

    /// How the resource ids of such a resource begin.
    pub(super) fn prefix(self, tag: &str) -> &str {
        if self == Self::FlexContainer {
            tag.split_once(':').map_or(tag, |(_, short)| short)
        } else {
            self.facts().2
        }
    }

    /// A client may create it.
    pub(super) fn may_be_created(self) -> bool {
        !matches!(self, Self::CseBase | Self::MgmtObj | Self::Request)
    }

    /// It may have children of another type.
    pub(super) fn holds(self, child: Self) -> bool {
        match child {
            Self::CseBase => false,
            Self::Ae | Self::Node | Self::Request => self == Self::CseBase,
            Self::AccessControlPolicy | Self::Group => matches!(self, Self::CseBase | Self::Ae),
            Self::Container | Self::FlexContainer | Self::TimeSeries => {
                matches!(self, Self::CseBase | Self::Ae | Self::Container | Self::FlexContainer)
            }
            Self::ContentInstance => self == Self::Container,
            Self::TimeSeriesInstance => self == Self::TimeSeries,
            Self::MgmtObj => self == Self::Node,
            Self::Subscription => self.is_subscribable(),
        }
    }

    /// It may have subscriptions.
    pub(super) fn is_subscribable(self) -> bool {
        !self.is_instance() && !matches!(self, Self::Subscription | Self::Request)
    }

    /// It is content: never updated, dropped when there is too much of it.
    pub(super) fn is_instance(self) -> bool {
        matches!(self, Self::ContentInstance | Self::TimeSeriesInstance)
    }

    /// What of it may be updated by a client.
    pub(super) fn may_be_updated(self) -> bool {
        !self.is_instance() && !matches!(self, Self::CseBase | Self::Request | Self::MgmtObj)
    }

    /// Whether it counts its changes in `st`.
    pub(super) fn has_state_tag(self) -> bool {
        matches!(self, Self::Container | Self::FlexContainer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_lead_to_their_kind_alone() {
        for kind in Kind::ALL {
            let number = kind.number().into();
            assert_eq!(Kind::from_number(number), Some(kind));
            assert!(!Kind::exists_elsewhere(number));
            let (_, tag, _) = kind.facts();
            let own = Kind::ALL.into_iter().filter(|kind| kind.is_named(tag)).count();
            assert!(own <= 1, "{tag}");
        }
        assert!(Kind::FlexContainer.is_named("cod:tempe") && !Kind::FlexContainer.is_named("m2m:cnt"));
        assert_eq!(Kind::FlexContainer.prefix("cod:tempe"), "tempe");
    }
}
