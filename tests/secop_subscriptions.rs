//! Which readings are asked for: of the whole node, or module by module.

mod util;

use porthole::model::event::{Event, Request};
use porthole::model::value::Value;
use porthole::protocol::Input;
use util::clock::secs;
use util::secop_bench::{IDENTITY, SecopBench, TWO};

fn want(bench: &mut SecopBench, path: &str, on: bool) {
    let channel = bench.channel(path);
    bench.ask(Request::Subscribe { channel, on });
}

fn gauge_off(bench: &mut SecopBench) {
    want(bench, "gauge/value", false);
    bench.take();
    bench.text("inactive");
    bench.text("active cryo");
    bench.take();
}

#[test]
fn a_module_that_nobody_wants_is_no_longer_sent() {
    let mut bench = SecopBench::live(TWO);
    want(&mut bench, "gauge/value", false);
    assert_eq!(bench.sent(), ["deactivate"]);
    assert_eq!(bench.subscribed(), [("gauge/value", false)]);
    bench.take();
    bench.text("update gauge:value [1, {}]");
    assert_eq!(bench.readings(), [], "updates may still follow");
    bench.text("update cryo:value [2, {}]");
    assert_eq!(bench.values(), [("cryo/value", Value::Number(2.0))]);
    bench.take();
    bench.text("inactive");
    assert_eq!(bench.sent(), ["activate cryo"]);
    bench.take();
    bench.text("active cryo");
    assert_eq!(bench.sent(), [""; 0]);
    assert_eq!(bench.subscribed(), [], "cryo was wanted all along");
}

#[test]
fn a_module_that_is_wanted_again_brings_the_whole_node_back() {
    let mut bench = SecopBench::live(TWO);
    gauge_off(&mut bench);
    want(&mut bench, "gauge/value", true);
    assert_eq!(bench.sent(), ["activate"]);
    bench.take();
    bench.text("active");
    assert_eq!(bench.subscribed(), [("gauge/value", true)]);
    assert_eq!(bench.sent(), [""; 0]);
}

#[test]
fn one_parameter_that_nobody_wants_is_dropped_here() {
    let mut bench = SecopBench::live(TWO);
    want(&mut bench, "cryo/target", false);
    assert_eq!(bench.sent(), [""; 0], "the module is still wanted");
    assert_eq!(bench.subscribed(), [("cryo/target", false)]);
    bench.take();
    bench.text("update cryo:target [1, {}]");
    bench.text("error_update cryo:target [\"ReadFailed\", \"\", {}]");
    assert_eq!(bench.readings(), []);
    let channel = bench.channel("cryo/target");
    bench.ask(Request::Read { channel });
    bench.text("reply cryo:target [1, {}]");
    assert_eq!(bench.readings().len(), 1, "what is asked for is told");
}

#[test]
fn a_node_that_sends_everything_or_nothing_is_filtered_here() {
    let mut bench = SecopBench::live(TWO);
    want(&mut bench, "gauge/value", false);
    bench.text("inactive");
    bench.take();
    bench.text("active");
    assert_eq!(bench.sent(), [""; 0]);
    assert_eq!(bench.subscribed(), [], "gauge is sent, and not wanted");
    bench.take();
    bench.text("update gauge:value [1, {}]");
    assert_eq!(bench.readings(), []);
    bench.pass(secs(30.0));
    assert!(!bench.sent().iter().any(|frame| frame.contains("activ")), "it is left at that");
}

#[test]
fn frappy_does_not_say_which_module_it_has_deactivated() {
    let mut bench = SecopBench::live(&TWO.replace("\"gauge\"", "\"gauge2\"").replacen(
        "\"modules\": {",
        r#""modules": {"third": {"accessibles": {"value": {"datainfo": {"type": "bool"}}}},"#,
        1,
    ));
    want(&mut bench, "gauge2/value", false);
    bench.text("inactive");
    bench.text("active third");
    bench.text("active cryo");
    assert_eq!(bench.sent(), ["deactivate", "activate third", "activate cryo"]);
    bench.take();
    want(&mut bench, "third/value", false);
    assert_eq!(bench.sent(), ["deactivate third"]);
    bench.take();
    bench.text("inactive");
    assert_eq!(bench.sent(), [""; 0], "cryo goes on");
    bench.text("update cryo:value [1, {}]");
    assert_eq!(bench.readings().len(), 1);
}

#[test]
fn nothing_wanted_is_live_too() {
    let mut bench = SecopBench::live(TWO);
    for path in ["cryo/value", "cryo/status", "cryo/target", "gauge/value"] {
        want(&mut bench, path, false);
    }
    bench.text("inactive");
    assert_eq!(bench.sent(), ["deactivate"]);
    bench.input(Input::Closed);
    bench.take();
    bench.open();
    bench.text(IDENTITY);
    bench.text(&format!("describing . {TWO}"));
    assert!(!bench.sent().iter().any(|frame| frame.contains("activ")));
    assert!(bench.events().contains(&&Event::Live));
}

#[test]
fn wishes_are_kept_across_reconnects_and_made_without_a_link() {
    let mut bench = SecopBench::live(TWO);
    bench.input(Input::Closed);
    want(&mut bench, "gauge/value", false);
    assert_eq!(bench.sent(), [""; 0]);
    for _ in 0..2 {
        bench.open();
        bench.text(IDENTITY);
        bench.text(&format!("describing . {TWO}"));
        assert_eq!(bench.sent().last(), Some(&"activate cryo"));
        bench.text("active cryo");
        bench.take();
        bench.input(Input::Closed);
    }
}

#[test]
fn an_activation_that_is_never_confirmed_does_not_hold_up_anything() {
    let mut bench = SecopBench::new();
    bench.open();
    bench.text(IDENTITY);
    bench.text(&format!("describing . {TWO}"));
    bench.take();
    bench.text("update cryo:value [1, {}]");
    assert_eq!(bench.readings().len(), 1);
    bench.pass(secs(2.9));
    assert!(!bench.events().contains(&&Event::Live));
    bench.pass(secs(0.2));
    assert!(bench.events().contains(&&Event::Live));
    assert_eq!(bench.notices().len(), 1);
    assert!(bench.subscribed().contains(&("cryo/value", true)));
    bench.take();
    bench.text("active");
    assert_eq!(bench.subscribed(), [], "late, and of no consequence");
}

#[test]
fn a_node_that_sends_nothing_is_waited_for_as_long_as_it_asks() {
    let mut bench = SecopBench::new();
    bench.open();
    bench.text(IDENTITY);
    bench.text(&format!("describing . {}", TWO.replacen('{', "{\"timeout\": 4,", 1)));
    assert!(bench.events().contains(&&Event::Patience(secs(4.0))));
    bench.pass(secs(3.9));
    assert!(!bench.events().contains(&&Event::Live));
    bench.pass(secs(0.2));
    assert!(bench.events().contains(&&Event::Live));
}

#[test]
fn a_refused_activation_is_tried_module_by_module_and_told() {
    let mut bench = SecopBench::new();
    bench.open();
    bench.text(IDENTITY);
    bench.text(&format!("describing . {TWO}"));
    bench.take();
    bench.text("error_activate  [\"NotImplemented\", \"no\", {}]");
    assert_eq!(bench.sent(), ["activate cryo"]);
    bench.text("active cryo");
    bench.text("error_activate gauge [\"Disabled\", \"no\", {}]");
    assert_eq!(bench.sent(), ["activate cryo", "activate gauge", "ping p1"]);
    assert_eq!(bench.notices().len(), 2);
    assert!(bench.events().contains(&&Event::Live));
    let on: Vec<_> = bench.subscribed().into_iter().map(|(path, _)| path).collect();
    assert_eq!(on, ["cryo/value", "cryo/status", "cryo/target"]);
    bench.take();
    want(&mut bench, "gauge/value", false);
    want(&mut bench, "gauge/value", true);
    assert_eq!(bench.sent(), ["activate gauge"], "wished for again, it is tried again");
}

#[test]
fn a_node_that_refuses_to_stop_is_not_asked_again_and_again() {
    let mut bench = SecopBench::live(TWO);
    want(&mut bench, "gauge/value", false);
    bench.text("error_deactivate  [\"NotImplemented\", \"no\", {}]");
    bench.pass(secs(30.0));
    let asked: Vec<_> = bench.sent().into_iter().filter(|frame| frame.contains("activ")).collect();
    assert_eq!(asked, ["deactivate"]);
    bench.take();
    bench.text("update gauge:value [1, {}]");
    bench.text("update cryo:value [1, {}]");
    assert_eq!(bench.readings().len(), 1);
}

#[test]
fn what_a_person_types_is_what_the_node_does() {
    let mut bench = SecopBench::live(TWO);
    bench.ask(Request::Raw { text: "deactivate".into() });
    bench.text("inactive");
    assert_eq!(bench.sent(), ["deactivate"], "it is not put right behind the person's back");
    assert!(bench.subscribed().contains(&("cryo/value", false)));
    assert_eq!(bench.violations(), [""; 0]);
}
