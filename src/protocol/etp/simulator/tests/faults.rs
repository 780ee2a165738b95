//! The faults of the demo, in both versions.

use super::v11::Client11;
use super::v12::{Client12, items};
use super::*;
use crate::protocol::etp::v12::datatypes::{DataItem, DataValue, IndexValue};

/// A client that listens to some channels; their ids.
fn listening(names: &[&str]) -> (Client12, Vec<i64>) {
    let mut client = Client12::open("");
    let ids = names.iter().map(|name| client.subscribe(name, None, IndexValue::Null).0).collect();
    (client, ids)
}

fn numbers(items: &[DataItem]) -> Vec<f64> {
    let number = |item: &DataItem| match item.value {
        DataValue::Double(value) => Some(value),
        _ => None,
    };
    items.iter().filter_map(number).collect()
}

#[test]
fn noise_is_ten_times_wider() {
    let (mut client, ids) = listening(&["SPPA"]);
    let mut width = || {
        let bars = numbers(&items(&client.pass(300.0), ids[0]));
        client.0.fault(Fault::Noise, true);
        let mut steps: Vec<_> = bars.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
        steps.sort_by(f64::total_cmp);
        steps[steps.len() / 2]
    };
    let (quiet, loud) = (width(), width());
    assert!((4.0..14.0).contains(&(loud / quiet)), "{quiet} and {loud}");
}

#[test]
fn a_step_makes_values_jump() {
    let (mut client, ids) = listening(&["SPPA"]);
    let most =
        |client: &mut Client12| numbers(&items(&client.pass(60.0), ids[0])).into_iter().fold(0.0, f64::max);
    let before = most(&mut client);
    client.0.fault(Fault::Step, true);
    let after = most(&mut client);
    assert!(after - before > 30.0, "{before} {after}");
}

#[test]
fn one_channel_stops_and_the_others_go_on() {
    let (mut client, ids) = listening(&["SPPA", "DBTM"]);
    client.0.fault(Fault::Stale, true);
    let got = client.pass(10.0);
    assert_eq!((items(&got, ids[0]).len(), items(&got, ids[1]).len()), (0, 10));
    assert_eq!(
        client.channel("SPPA").status,
        crate::protocol::etp::v12::datatypes::ActiveStatusKind::Inactive
    );
    client.0.fault(Fault::Stale, false);
    assert_eq!(items(&client.pass(10.0), ids[0]).len(), 10);
}

#[test]
fn an_error_is_a_value_that_is_not_there() {
    let (mut client, ids) = listening(&["TGAS"]);
    client.0.fault(Fault::Error, true);
    let items = items(&client.pass(30.0), ids[0]);
    assert!(items.len() == 6 && items.iter().all(|item| item.value == DataValue::Null), "{items:?}");
}

#[test]
fn a_gap_is_silent_for_eight_seconds_and_what_was_to_be_said_is_lost() {
    let (mut client, ids) = listening(&["HKLD"]);
    client.0.fault(Fault::Gap, true);
    let ping = crate::protocol::etp::v12::messages::Ping { current_date_time: 1 };
    assert_eq!(client.ask(&ping.into()), []);
    assert_eq!(client.pass(7.8), []);
    let got = client.pass(1.0);
    assert_eq!(got[0].1.name(), "Pong");
    assert!((3..7).contains(&items(&got, ids[0]).len()), "{got:?}");
}

#[test]
fn a_burst_is_more_than_a_thousand_values_a_second_in_blocks() {
    let (mut client, ids) = listening(&["HKLD", "BPOS", "SLIP"]);
    client.0.fault(Fault::Burst, true);
    let got = client.pass(10.0);
    let count: usize = ids.iter().map(|id| items(&got, *id).len()).sum();
    assert!((14_000..16_000).contains(&count) && got.len() < 600, "{count} in {} messages", got.len());
    client.0.fault(Fault::Burst, false);
    assert_eq!(items(&client.pass(10.0), ids[0]).len(), 50);
    let mut client = Client11::started("");
    let ids: Vec<_> = ["GR", "RES", "ROP"]
        .into_iter()
        .map(|name| client.stream(name, crate::protocol::etp::v11::datatypes::StreamingStartIndex::Null).0)
        .collect();
    client.0.fault(Fault::Burst, true);
    let got = client.pass(60.0);
    let count: usize = ids.iter().map(|id| v11::items(&got, *id).len()).sum();
    assert!((50_000..120_000).contains(&count), "{count} in 60 s");
    client.0.fault(Fault::Burst, false);
    let live = v11::items(&client.pass(60.0), ids[0]);
    assert!((30..90).contains(&live.len()), "{}", live.len());
}

#[test]
fn garbage_of_many_kinds_comes_between_good_messages() {
    let (mut client, _) = listening(&["DBTM"]);
    client.0.fault(Fault::Garbage, true);
    let outputs = client.0.outputs_of(10.0);
    let (mut texts, mut empty, mut good, mut bad, mut long) = (0, 0, 0, 0, 0);
    for output in outputs {
        match output {
            SimulatorOutput::Send(Frame::Text(_)) => texts += 1,
            SimulatorOutput::Send(Frame::Binary(bytes)) => {
                empty += usize::from(bytes.is_empty());
                long += usize::from(bytes.len() > 99_999);
                let mut reader = Reader::new(&bytes);
                let is_data = MessageHeader::read(&mut reader).is_ok_and(|header| {
                    let message = crate::protocol::etp::v12::messages::Message::read(
                        header.protocol,
                        header.message_type,
                        &mut reader,
                    );
                    message.is_ok_and(|message| message.is_some()) && reader.left() == 0
                });
                if is_data { good += 1 } else { bad += 1 }
            }
            SimulatorOutput::Cut => panic!("cut"),
        }
    }
    assert_eq!(good, 10, "good messages go on");
    assert!(texts >= 4 && empty >= 2 && long >= 2 && bad >= 12, "{texts} {empty} {long} {bad}");
}

#[test]
fn a_cut_happens_once_and_the_next_connection_is_good() {
    let (mut client, _) = listening(&["DBTM"]);
    assert_eq!(client.0.fault(Fault::Cut, true), [SimulatorOutput::Cut]);
    assert_eq!(client.0.outputs_of(5.0), []);
    client.0.reconnect(2.0);
    client.0.id = 0;
    client.ask(&v12::request(&[(3, "store"), (21, "store")]));
    let since = client.0.now.wall.0 - 7_500_000;
    let (id, got) = client.subscribe("DBTM", None, IndexValue::Long(since));
    assert!((7..=8).contains(&items(&got, id).len()), "what was missed is there");
}
