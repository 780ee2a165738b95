//! The command line of the lab. `porthole-lab help` says what there is.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, Write as _};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use porthole::protocol::PROTOCOLS;
use porthole_lab::{
    Instrument, Load, MakeSimulator, MakeWithQuirks, Server, UnknownQuirk, run_command, serve_load,
    serve_proxy, serve_simulator,
};
use serde_json::json;

const HELP: &str = "\
porthole-lab [demo]                 every simulated instrument on a port of its own, from 10768 on; Ctrl-C ends it
porthole-lab node [--port N] [--instrument cryo-3|qms-1|greenhouse|empty|vineyard|mast|rig|depth-log]
                  [--quirks WORDS] [--seed N]
                                    one simulated instrument: a SECoP node, a CSE of oneM2M, a service of Exosite, a
                                    server of ETP (rig: 1.2, depth-log: 1.1), or a device with a protocol of its own
porthole-lab proxy --upstream PORT [--port N]
                                    a wire with faults in front of another server on this machine
porthole-lab load [--rate N] [--channels M] [--port N]
                                    a node that sends N updates a second on M channels

Everything listens on 127.0.0.1 alone; port 0, the default, is a free one. node, proxy and load take commands as
lines of JSON on their standard input, answer with a line each, and end when the input ends: see lab/src/control.rs.";

/// The first port of the demo: that of SECoP's examples.
const DEMO_PORT: u16 = 10768;

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("unknown subcommand {0:?}; `porthole-lab help` lists them")]
    Subcommand(String),
    #[error("option {0:?} is unknown, or has no value; `porthole-lab help` lists them")]
    Option(String),
    #[error("the value of --{0} is missing or wrong")]
    Value(&'static str),
    #[error(transparent)]
    Quirk(#[from] UnknownQuirk),
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("porthole-lab: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let subcommand = words.next().unwrap_or_else(|| "demo".into());
    let options = Options::parse(words)?;
    match subcommand.as_str() {
        "demo" => demo(),
        "node" => {
            let instrument = Instrument::named(options.text("instrument").unwrap_or("cryo-3"));
            let instrument = instrument.ok_or(Failure::Value("instrument"))?;
            let seed = options.number("seed", 1)?;
            let make = |quirks: &str| instrument.simulator(seed, quirks);
            let simulator = make(options.text("quirks").unwrap_or_default())?;
            obey(&serve_simulator(options.number("port", 0)?, simulator)?, Some(&make))
        }
        "proxy" => {
            let upstream = options
                .text("upstream")
                .and_then(|upstream| upstream.strip_prefix("127.0.0.1:").unwrap_or(upstream).parse().ok());
            let upstream = upstream.ok_or(Failure::Value("upstream"))?;
            obey(&serve_proxy(options.number("port", 0)?, upstream)?, None)
        }
        "load" => {
            let load =
                Load { rate: options.number("rate", 1000)?, channels: options.number("channels", 10)? };
            obey(&serve_load(options.number("port", 0)?, load)?, None)
        }
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        unknown => Err(Failure::Subcommand(unknown.to_owned())),
    }
}

/// Serves all demo instruments until the process is ended.
fn demo() -> Result<(), Failure> {
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().subsec_nanos();
    let mut servers = Vec::new();
    let demos = PROTOCOLS.iter().flat_map(|protocol| protocol.demos.iter().map(move |demo| (protocol, demo)));
    for ((protocol, demo), port) in demos.zip(DEMO_PORT..) {
        let simulator = demo.simulator;
        let make = MakeSimulator::new(move || simulator(seed.into())).speaking(protocol.subprotocols);
        // Where the usual port is taken, a free one does as well.
        let server = serve_simulator(port, make.clone()).or_else(|_| serve_simulator(0, make))?;
        println!("{:<20} {:<8} {}", demo.title, protocol.title, server.url());
        servers.push(server);
    }
    println!();
    println!("Paste one of these addresses into Porthole's field \"Connect to a device\". Ctrl-C ends it.");
    for server in servers {
        server.wait();
    }
    Ok(())
}

/// Says where a server listens, then carries out the lines of standard input until it ends.
fn obey(server: &Server, make: Option<MakeWithQuirks<'_>>) -> Result<(), Failure> {
    let mut output = io::stdout();
    writeln!(output, "{}", json!({"listening": server.port(), "url": server.url()}))?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer =
            run_command(server, make, &line).unwrap_or_else(|error| json!({"error": error.to_string()}));
        writeln!(output, "{answer}")?;
    }
    Ok(())
}

/// Options of the form `--name value`.
struct Options(BTreeMap<String, String>);

impl Options {
    const KNOWN: [&str; 7] = ["port", "instrument", "quirks", "seed", "upstream", "rate", "channels"];

    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut options = BTreeMap::new();
        while let Some(word) = words.next() {
            let name = word.strip_prefix("--").filter(|name| Self::KNOWN.contains(name));
            match (name, words.next()) {
                (Some(name), Some(value)) => options.insert(name.to_owned(), value),
                _ => return Err(Failure::Option(word)),
            };
        }
        Ok(Self(options))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn number<N: std::str::FromStr>(&self, name: &'static str, default: N) -> Result<N, Failure> {
        let parse = |text: &str| text.parse().ok().ok_or(Failure::Value(name));
        self.text(name).map_or(Ok(default), parse)
    }
}
