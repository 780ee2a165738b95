//! The program is steered by lines on its standard input and ends with it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Client, Instead, PATIENCE, cryostat, dial, dial_offering};

struct Lab {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    port: u16,
}

impl Lab {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_porthole-lab"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("an output"));
        let mut lab = Self { child, input, output, port: 0 };
        let first = lab.line();
        lab.port = first["listening"].as_u64().and_then(|port| port.try_into().ok()).expect("a port");
        lab
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line:?}"))
    }

    fn run(&mut self, command: &str) -> Value {
        writeln!(self.input.as_mut().expect("an input"), "{command}").expect("it listens");
        self.line()
    }

    fn client(&self) -> Client {
        dial(self.port).unwrap_or_else(|error| panic!("{error}")).0
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        drop(self.input.take());
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Ok(Some(status)) = self.child.try_wait() {
                assert!(status.success() || std::thread::panicking(), "{status}");
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        drop(self.child.kill());
        assert!(std::thread::panicking(), "the program did not end with its input");
    }
}

#[test]
fn a_node_is_steered_and_asked() {
    let mut lab = Lab::start(&["node", "--quirks", "v2.0,newline"]);
    let mut client = lab.client();
    client.send("*IDN?");
    assert_eq!(client.next(), Ok("ISSE,SECoP,,v2.0\n".into()));
    assert_eq!(lab.run(r#"{"cmd":"send_text","text":"hello"}"#), json!({"ok": true}));
    client.until("hello");
    assert_eq!(lab.run(r#"{"cmd":"send_binary","base16":"00ff"}"#), json!({"ok": true}));
    assert_eq!(client.end(), Instead::Binary(vec![0, 255]));
    assert_eq!(
        lab.run(r#"{"cmd":"counts"}"#),
        json!({"clients": 1, "connections": 1, "sent": 3, "received": {"*IDN?": 1}})
    );
    assert_eq!(lab.run(r#"{"cmd":"quirks","quirks":"v1.1"}"#), json!({"ok": true}));
    assert_eq!(lab.run(r#"{"cmd":"drop","how":"rst"}"#), json!({"ok": true}));
    assert_eq!(client.end(), Instead::Reset);
    let mut client = lab.client();
    client.send("*IDN?");
    assert_eq!(client.next(), Ok("ISSE,SECoP,,v1.1".into()));
    assert_eq!(lab.run(r#"{"cmd":"drop","how":"close","code":1001,"reason":"bye"}"#), json!({"ok": true}));
    assert_eq!(client.end(), Instead::Closed(Some(1001)));
}

#[test]
fn a_cse_is_steered_with_its_own_quirks() {
    let mut lab = Lab::start(&["node", "--instrument", "greenhouse", "--quirks", "no-rvi"]);
    let request = r#"{"op":2,"to":"-","rqi":"1","rvi":"4","fr":"CAdmin"}"#;
    let ask = |lab: &Lab| {
        let mut client = dial_offering(lab.port, "oneM2M.json").unwrap_or_else(|error| panic!("{error}")).0;
        client.send(request);
        client.next().expect("an answer")
    };
    assert!(!ask(&lab).contains("\"rvi\":"));
    assert_eq!(lab.run(r#"{"cmd":"quirks","quirks":"headerless"}"#), json!({"ok": true}));
    assert!(ask(&lab).contains("no X-M2M-Origin header"));
    let answer = lab.run(r#"{"cmd":"quirks","quirks":"newline"}"#);
    assert!(answer["error"].as_str().is_some_and(|error| error.contains("known are headerless")), "{answer}");
}

#[test]
fn every_fault_has_a_name() {
    let mut lab = Lab::start(&["node"]);
    for name in [
        "silence",
        "silent-accept",
        "slices",
        "corrupt",
        "duplicate",
        "wrong-subprotocol",
        "latency",
        "bandwidth",
        "refuse",
        "noise",
        "step",
        "stale",
        "gap",
        "error",
        "burst",
        "garbage",
        "cut",
    ] {
        for on in [true, false] {
            let line = json!({
                "cmd": "fault", "name": name, "on": on,
                "millis": 5, "jitter_millis": 5, "bytes_per_sec": 1000, "status": 403,
            });
            assert_eq!(lab.run(&line.to_string()), json!({"ok": true}), "{name} {on}");
        }
    }
    let mut client = lab.client();
    client.send("activate");
    client.until("active");
}

#[test]
fn wrong_lines_are_answered_in_words() {
    let mut lab = Lab::start(&["load"]);
    for (line, words) in [
        ("{", "no JSON"),
        (r#"{"cmd":"dance"}"#, "unknown command \"dance\""),
        (r#"{"cmd":"fault","name":"moon"}"#, "unknown fault \"moon\""),
        (r#"{"cmd":"fault","name":"refuse"}"#, "member \"status\" is missing or wrong"),
        (r#"{"cmd":"drop","how":"gently"}"#, "unknown way to drop a connection"),
        (r#"{"cmd":"send_binary","base16":"0"}"#, "member \"base16\" is missing or wrong"),
        (r#"{"cmd":"quirks","quirks":""}"#, "this server has no quirks"),
    ] {
        let answer = lab.run(line);
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(error.starts_with(words), "{line} was answered by {answer}");
    }
}

#[test]
fn a_proxy_stands_before_another_server() {
    let upstream = cryostat("");
    let mut lab = Lab::start(&["proxy", "--upstream", &format!("127.0.0.1:{}", upstream.port())]);
    let mut client = lab.client();
    client.send("ping a");
    client.until("pong a");
    assert_eq!(lab.run(r#"{"cmd":"fault","name":"silence","on":true}"#), json!({"ok": true}));
    client.limit(Duration::from_millis(300));
    client.send("ping b");
    assert_eq!(client.end(), Instead::Nothing);
}
