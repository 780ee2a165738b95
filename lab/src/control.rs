//! Steers a server by lines of JSON, so that a test in another language can.
//!
//! | line | does |
//! |---|---|
//! | `{"cmd":"fault","name":"silence","on":true}` | switches a lasting fault of the wire or of the simulators |
//! | `{"cmd":"drop","how":"rst"}` | `rst`, `fin`, `fin-mid-frame`, `garbage`, `close` (with `code`, `reason`) |
//! | `{"cmd":"send_text","text":"…"}` | sends a text frame to every client |
//! | `{"cmd":"send_binary","base16":"00ff"}` | sends a binary frame to every client |
//! | `{"cmd":"quirks","quirks":"v2.0,no-t"}` | new clients meet a node with these quirks |
//! | `{"cmd":"counts"}` | answers with what was counted |
//!
//! Faults of the wire: `silence`, `silent-accept`, `slices`, `latency` (`millis`, `jitter_millis`), `bandwidth`
//! (`bytes_per_sec`), `corrupt`, `duplicate`, `refuse` (`status`), `wrong-subprotocol`. Faults of the simulators:
//! `noise`, `step`, `stale`, `gap`, `error`, `burst`, `garbage`, `cut`. Each line has one line as its answer:
//! `{"ok":true}`, counts, or `{"error":"…"}`.

use std::time::Duration;

use porthole::protocol::{Fault, Frame};
use serde_json::{Value, json};

use crate::instruments::UnknownQuirk;
use crate::relay::{Strike, Wire};
use crate::server::Server;
use crate::simulator::MakeSimulator;

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It is no JSON.
    #[error("no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// There is no such command.
    #[error("unknown command {0:?}")]
    Command(String),
    /// There is no such fault.
    #[error("unknown fault {0:?}")]
    Fault(String),
    /// There is no such way to drop a connection.
    #[error("unknown way to drop a connection {0:?}")]
    How(String),
    /// A member is missing or has the wrong type.
    #[error("member {0:?} is missing or wrong")]
    Member(&'static str),
    /// There is no such quirk.
    #[error(transparent)]
    Quirk(#[from] UnknownQuirk),
    /// This server has no simulators whose quirks could be changed.
    #[error("this server has no quirks")]
    NoQuirks,
}

/// Makes simulators with quirks, given as words separated by commas.
pub type MakeWithQuirks<'a> = &'a dyn Fn(&str) -> Result<MakeSimulator, UnknownQuirk>;

/// Carries out one line and gives the answer. `make` makes simulators with given quirks, where the server has any.
pub fn run_command(
    server: &Server,
    make: Option<MakeWithQuirks<'_>>,
    line: &str,
) -> Result<Value, CommandError> {
    let command: Value = serde_json::from_str(line)?;
    match text(&command, "cmd")? {
        "fault" => fault(server, &command)?,
        "drop" => strike(server, &command)?,
        "send_text" => server.send(Frame::Text(text(&command, "text")?.to_owned())),
        "send_binary" => {
            let bytes = base16(text(&command, "base16")?).ok_or(CommandError::Member("base16"))?;
            server.send(Frame::Binary(bytes));
        }
        "quirks" => {
            let make = make.ok_or(CommandError::NoQuirks)?;
            server.replace_simulator(make(text(&command, "quirks")?)?);
        }
        "counts" => return Ok(server.counts().to_json()),
        unknown => return Err(CommandError::Command(unknown.to_owned())),
    }
    Ok(json!({"ok": true}))
}

fn fault(server: &Server, command: &Value) -> Result<(), CommandError> {
    let on = command["on"].as_bool().unwrap_or(true);
    let name = text(command, "name")?;
    if let Some(fault) = Fault::ALL.into_iter().find(|fault| fault.title().eq_ignore_ascii_case(name)) {
        server.set_fault(fault, on);
        return Ok(());
    }
    let number = |member: &'static str| {
        let number = command[member].as_u64().and_then(|number| u32::try_from(number).ok());
        number.ok_or(CommandError::Member(member))
    };
    let change: Box<dyn FnOnce(&mut Wire)> = match name {
        "silence" => Box::new(move |wire| wire.silence = on),
        "silent-accept" => Box::new(move |wire| wire.silent_accept = on),
        "slices" => Box::new(move |wire| wire.slices = on),
        "corrupt" => Box::new(move |wire| wire.corrupt = on),
        "duplicate" => Box::new(move |wire| wire.duplicate = on),
        "wrong-subprotocol" => Box::new(move |wire| wire.wrong_subprotocol = on),
        "latency" => {
            let millis = if on { number("millis")? } else { 0 };
            let jitter = command["jitter_millis"].as_u64().filter(|_| on).unwrap_or(0);
            Box::new(move |wire| {
                wire.latency = Duration::from_millis(millis.into());
                wire.jitter = Duration::from_millis(jitter.min(u32::MAX.into()));
            })
        }
        "bandwidth" => {
            let rate = if on { Some(number("bytes_per_sec")?) } else { None };
            Box::new(move |wire| wire.bytes_per_sec = rate)
        }
        "refuse" => {
            let status = if on { Some(status_code(number("status")?)?) } else { None };
            Box::new(move |wire| wire.refuse = status)
        }
        unknown => return Err(CommandError::Fault(unknown.to_owned())),
    };
    server.set_wire(change);
    Ok(())
}

fn status_code(number: u32) -> Result<u16, CommandError> {
    let code = u16::try_from(number).ok().filter(|code| (200..600).contains(code));
    code.ok_or(CommandError::Member("status"))
}

fn strike(server: &Server, command: &Value) -> Result<(), CommandError> {
    let strike = match text(command, "how")? {
        "rst" => Strike::Reset,
        "fin" => Strike::Finish,
        "fin-mid-frame" => Strike::FinishInFrame,
        "garbage" => Strike::Garbage,
        "close" => {
            let code = u16::try_from(command["code"].as_u64().unwrap_or(1000)).ok();
            let code = code.ok_or(CommandError::Member("code"))?;
            server.close(code, command["reason"].as_str().unwrap_or_default());
            return Ok(());
        }
        unknown => return Err(CommandError::How(unknown.to_owned())),
    };
    server.strike(strike);
    Ok(())
}

fn text<'a>(command: &'a Value, member: &'static str) -> Result<&'a str, CommandError> {
    command[member].as_str().ok_or(CommandError::Member(member))
}

fn base16(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).map(|value| value as u8)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
