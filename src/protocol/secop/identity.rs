//! Who a node says it is: the reply to `*IDN?` (SECoP 2.0, "Identification").

/// The version of the specification that a node follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// As the node writes it, e.g. `v1.0`; empty where it does not say.
    pub version: String,
    /// Its first number.
    pub major: Option<u32>,
}

impl Identity {
    /// Reads `ISSE[&SINE2020],SECoP,<date>,<version>`. Nodes of before 1.0 put other names beside `ISSE`.
    pub fn parse(frame: &str) -> Option<Self> {
        let mut fields = frame.trim().split(',').map(str::trim);
        if !fields.next()?.contains("ISSE") || fields.next()? != "SECoP" {
            return None;
        }
        let version: String = fields.nth(1).unwrap_or_default().chars().take(LONGEST_VERSION).collect();
        let number = version.trim_start_matches(['v', 'V']);
        let digits = number.find(|char: char| !char.is_ascii_digit()).unwrap_or(number.len());
        Some(Self { major: number[..digits].parse().ok(), version })
    }

    /// This program knows the version.
    pub fn is_known(&self) -> bool {
        matches!(self.major, Some(1 | 2))
    }

    /// The protocol and version for people, e.g. `SECoP v1.0`.
    pub fn speaks(&self) -> String {
        format!("SECoP {}", self.version).trim_end().to_owned()
    }
}

/// A version is shown; it need not fill the page.
const LONGEST_VERSION: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_versions_are_recognised() {
        for (frame, version, major) in [
            ("ISSE&SINE2020,SECoP,V2019-09-16,v1.0", "v1.0", Some(1)),
            ("ISSE,SECoP,V2025-04-01,v1.1\r\n", "v1.1", Some(1)),
            ("ISSE,SECoP,,v2.0", "v2.0", Some(2)),
            ("ISSE,SECoP,,v2.0-rc1", "v2.0-rc1", Some(2)),
            ("SINE2020&ISSE,SECoP,V2018-11-07,v1.0\\beta", "v1.0\\beta", Some(1)),
            ("ISSE,SECoP,,v17.3", "v17.3", Some(17)),
            ("ISSE,SECoP", "", None),
            ("ISSE,SECoP,,next", "next", None),
        ] {
            let identity = Identity::parse(frame).expect("a SECoP node");
            assert_eq!((identity.version.as_str(), identity.major), (version, major), "{frame}");
        }
    }

    #[test]
    fn others_are_not() {
        for frame in ["", "ISSE", "ISSE,OPC,,v1.0", "ACME,SECoP,,v1.0", "{\"ISSE\": 1}", "ISSE;SECoP;;v1.0"] {
            assert_eq!(Identity::parse(frame), None, "{frame}");
        }
    }
}
