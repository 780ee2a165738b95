//! The simulated instruments by name, each with the quirks of its own family.

use std::borrow::Cow;

use porthole::protocol::Simulator;
use porthole::protocol::connector::simulator::{self as connector, MastSimulator};
use porthole::protocol::etp::avro::{Avro as _, Reader};
use porthole::protocol::etp::header::MessageHeader;
use porthole::protocol::etp::simulator::{self as etp, EtpSimulator};
use porthole::protocol::exosite::simulator::{self as exosite, ExositeSimulator};
use porthole::protocol::onem2m::PROTOCOL;
use porthole::protocol::onem2m::simulator::{self as onem2m, OneM2mSimulator};
use porthole::protocol::quirks::{self, Quirks};
use porthole::protocol::secop::simulator::{self as secop, SecopSimulator};
use serde_json::Value;

use crate::simulator::MakeSimulator;

/// An instrument that can be simulated.
#[derive(Debug)]
pub struct Instrument {
    /// Its name on the command line.
    pub name: &'static str,
    /// The words of which its quirks are parsed.
    pub quirks: &'static [&'static str],
    make: fn(seed: u64, words: &str) -> Result<MakeSimulator, String>,
}

/// A word that names no quirk of an instrument.
#[derive(Debug, thiserror::Error)]
#[error("unknown quirk {word:?}; known are {known}", known = known.join(", "))]
pub struct UnknownQuirk {
    /// The word.
    pub word: String,
    /// Those that there are.
    pub known: &'static [&'static str],
}

impl Instrument {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self {
            name: "cryo-3",
            quirks: secop::Quirks::WORDS,
            make: |seed, words| with_quirks(words, move |quirks| SecopSimulator::cryo3(seed, quirks)),
        },
        Self {
            name: "qms-1",
            quirks: secop::Quirks::WORDS,
            make: |seed, words| {
                with_quirks(words, move |quirks| SecopSimulator::mass_spectrometer(seed, quirks))
            },
        },
        Self {
            name: "greenhouse",
            quirks: onem2m::Quirks::WORDS,
            make: |seed, words| onem2m(words, move |quirks| OneM2mSimulator::greenhouse(seed, quirks)),
        },
        Self {
            name: "empty",
            quirks: onem2m::Quirks::WORDS,
            make: |seed, words| onem2m(words, move |quirks| OneM2mSimulator::empty(seed, quirks)),
        },
        Self {
            name: "mast",
            quirks: connector::Quirks::WORDS,
            make: |seed, words| {
                let make = with_quirks(words, move |quirks| MastSimulator::new(seed, quirks))?;
                Ok(make.counted_by(command))
            },
        },
        Self {
            name: "vineyard",
            quirks: exosite::Quirks::WORDS,
            make: |seed, words| {
                let make = with_quirks(words, move |quirks| ExositeSimulator::vineyard(seed, quirks));
                Ok(make?.counted_by(calls))
            },
        },
        Self {
            name: "rig",
            quirks: etp::Quirks::WORDS,
            make: |seed, words| {
                let make = with_quirks(words, move |quirks| EtpSimulator::rig(seed, quirks));
                Ok(make?.speaking(&["etp12.energistics.org"]).counting_bytes_by(etp_message))
            },
        },
        Self {
            name: "depth-log",
            quirks: etp::Quirks::WORDS,
            make: |seed, words| {
                let make = with_quirks(words, move |quirks| EtpSimulator::depth_log(seed, quirks));
                Ok(make?.speaking(&["energistics-tp"]).counting_bytes_by(etp_message))
            },
        },
    ];

    /// The instrument of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|instrument| instrument.name == name)
    }

    /// How simulators of it are made, with quirks given as words separated by commas.
    pub fn simulator(&self, seed: u64, words: &str) -> Result<MakeSimulator, UnknownQuirk> {
        (self.make)(seed, words).map_err(|word| UnknownQuirk { word, known: self.quirks })
    }
}

/// A simulator of oneM2M; else the word that is no quirk.
fn onem2m<S: Simulator + 'static>(
    words: &str,
    build: impl Fn(onem2m::Quirks) -> S + Send + Sync + 'static,
) -> Result<MakeSimulator, String> {
    Ok(with_quirks(words, build)?.speaking(PROTOCOL.subprotocols).counted_by(primitive))
}

/// A simulator with quirks; else the word that is none.
fn with_quirks<Q, S>(
    words: &str,
    build: impl Fn(Q) -> S + Send + Sync + 'static,
) -> Result<MakeSimulator, String>
where
    Q: Quirks + Send + Sync,
    S: Simulator + 'static,
{
    let quirks: Q = quirks::parse(words).map_err(|quirks::UnknownQuirk(word)| word)?;
    Ok(MakeSimulator::new(move || Box::new(build(quirks.clone()))))
}

/// What a primitive of oneM2M is counted as: `op=2`, `op=1,ty=4` or `rsc=2000`.
fn primitive(frame: &str) -> Cow<'_, str> {
    let primitive: Value = serde_json::from_str(frame).unwrap_or_default();
    let number = |name: &str| primitive[name].as_u64();
    match (number("op"), number("ty"), number("rsc")) {
        (Some(op), Some(ty), _) => format!("op={op},ty={ty}").into(),
        (Some(op), None, _) => format!("op={op}").into(),
        (None, _, Some(rsc)) => format!("rsc={rsc}").into(),
        (None, _, None) => frame.into(),
    }
}

/// What a frame for the mast is counted as: `cmd=status`.
fn command(frame: &str) -> Cow<'_, str> {
    let message: Value = serde_json::from_str(frame).unwrap_or_default();
    message["cmd"].as_str().map_or_else(|| frame.into(), |command| format!("cmd={command}").into())
}

/// What a frame to Exosite's service is counted as: `auth`, or the procedures that it calls, each once: `info,read`.
fn calls(frame: &str) -> Cow<'_, str> {
    let frame: Value = serde_json::from_str(frame).unwrap_or_default();
    let calls = frame["calls"].as_array().or(frame.as_array()).into_iter().flatten();
    let mut words = Vec::new();
    for word in frame
        .get("auth")
        .map(|_| "auth")
        .into_iter()
        .chain(calls.filter_map(|call| call["procedure"].as_str()))
    {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(",").into()
}

/// What a message of ETP is counted as: its protocol and its type, e.g. `21/3`.
fn etp_message(frame: &[u8]) -> Cow<'_, str> {
    match MessageHeader::read(&mut Reader::new(frame)) {
        Ok(header) => format!("{}/{}", header.protocol, header.message_type).into(),
        Err(_) => "binary".into(),
    }
}
