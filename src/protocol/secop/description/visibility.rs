//! Who sees what, and who may change it: `visibility`, old and new.
//!
//! Nodes ask for it and do not enforce it. Up to SECoP 1.1 it is `user`, `advanced` or `expert`; in 2.0 it is three
//! letters for expert, advanced and user: `w` to see and change, `r` to see, `-` neither. frappy sends the new form
//! while it calls itself v1.0, so both are read whatever the version.

use crate::model::catalog::{Access, Level};
use crate::model::json::Json;

/// What each of expert, advanced user and user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Visibility([Right; 3]);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Right {
    Nothing,
    Read,
    Write,
}

impl Visibility {
    /// Reads the property. What is not in the specification is ignored.
    pub(super) fn of(property: Option<&Json<'_>>) -> Self {
        use Right::{Nothing as N, Read as R, Write as W};
        Self(match property.and_then(Json::as_text).unwrap_or_default() {
            "advanced" | "ww-" => [W, W, N],
            "expert" | "w--" => [W, N, N],
            "wwr" => [W, W, R],
            "wrr" => [W, R, R],
            "wr-" => [W, R, N],
            "rrr" => [R, R, R],
            "rr-" => [R, R, N],
            "r--" => [R, N, N],
            "---" => [N, N, N],
            _ => [W, W, W],
        })
    }

    /// The stricter of both, for each.
    pub(super) fn and(self, other: Self) -> Self {
        let mut rights = self.0;
        for (right, other) in rights.iter_mut().zip(other.0) {
            *right = (*right).min(other);
        }
        Self(rights)
    }

    /// Who sees it.
    pub(super) fn level(self) -> Level {
        let [expert, advanced, user] = self.0.map(|right| right > Right::Nothing);
        match (user, advanced, expert) {
            (true, _, _) => Level::User,
            (false, true, _) => Level::Advanced,
            (false, false, true) => Level::Expert,
            (false, false, false) => Level::Hidden,
        }
    }

    /// What can be done by whoever may do most: who that is, the page does not know.
    pub(super) fn access(self) -> Access {
        if self.0.contains(&Right::Write) { Access::ReadWrite } else { Access::Read }
    }

    /// A remark where not everybody who sees it should change it.
    pub(super) fn hint(self) -> &'static str {
        match self.0 {
            [Right::Write, Right::Write, Right::Read] => "The node wants only advanced users to change this.",
            [Right::Write, Right::Read, _] => "The node wants only experts to change this.",
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Visibility {
        Visibility::of(Some(&Json::Text(text.into())))
    }

    #[test]
    fn both_forms() {
        use Access::{Read, ReadWrite};
        for (text, level, access) in [
            ("user", Level::User, ReadWrite),
            ("advanced", Level::Advanced, ReadWrite),
            ("expert", Level::Expert, ReadWrite),
            ("www", Level::User, ReadWrite),
            ("wwr", Level::User, ReadWrite),
            ("ww-", Level::Advanced, ReadWrite),
            ("wrr", Level::User, ReadWrite),
            ("wr-", Level::Advanced, ReadWrite),
            ("w--", Level::Expert, ReadWrite),
            ("rrr", Level::User, Read),
            ("rr-", Level::Advanced, Read),
            ("r--", Level::Expert, Read),
            ("---", Level::Hidden, Read),
            ("-w-", Level::User, ReadWrite),
            ("3", Level::User, ReadWrite),
        ] {
            assert_eq!((of(text).level(), of(text).access()), (level, access), "{text}");
        }
        assert_eq!(Visibility::of(None), of("www"));
        assert_eq!(Visibility::of(Some(&Json::Integer(3))), of("www"));
    }

    #[test]
    fn the_stricter_one_counts() {
        assert_eq!(of("ww-").and(of("rrr")), of("rr-"));
        assert_eq!(of("expert").and(of("user")).level(), Level::Expert);
    }

    #[test]
    fn a_remark_tells_who_should_write() {
        assert!(of("wwr").hint().contains("advanced"));
        assert!(of("wrr").hint().contains("experts"));
        assert_eq!(of("ww-").hint(), "");
    }
}
