//! `wait` answers when something comes, or when nothing does.

use super::*;

fn wait(client: &mut Client, options: Value) -> Vec<Value> {
    client.calls(json!([{"id": "w", "procedure": "wait", "arguments": [{"alias": "x"}, options]}]))
}

fn waiting(options: Value) -> Client {
    let mut client = Client::empty("");
    client.dataport("integer", "x");
    assert_eq!(wait(&mut client, options), Vec::<Value>::new());
    client
}

#[test]
fn the_next_value_answers_once() {
    let mut client = waiting(json!({"timeout": 5000, "since": null}));
    client.pass(2.0);
    let frames = client.calls(json!([{"id": 1, "procedure": "write", "arguments": [{"alias": "x"}, 5]}]));
    let told = json!([{"id": "w", "status": "ok", "result": [START_SECS + 2, 5]}]);
    assert_eq!(frames, [json!([{"id": 1, "status": "ok"}]), told]);
    client.result("write", json!([{"alias": "x"}, 6]));
    assert_eq!(client.updates(6.0), Vec::<Value>::new());
}

#[test]
fn a_wait_expires() {
    for (options, secs) in [(json!({"timeout": 5000}), 5.0), (json!({}), 30.0)] {
        let mut client = waiting(options);
        assert_eq!(client.pass(secs - 0.2), Vec::<Value>::new());
        assert_eq!(client.pass(0.4), [json!([{"id": "w", "status": "expire"}])]);
    }
}

#[test]
fn the_first_value_after_a_time_answers_at_once() {
    let mut client = Client::empty("");
    client.dataport("integer", "x");
    client.result("recordbatch", json!([{"alias": "x"}, [[-3, 1], [-2, 2], [-1, 3]]]));
    let since = json!({"since": START_SECS - 3, "timeout": 1000});
    assert_eq!(
        wait(&mut client, since),
        [json!([{"id": "w", "status": "ok", "result": [START_SECS - 2, 2]}])]
    );
    assert_eq!(wait(&mut client, json!({"since": START_SECS - 1, "timeout": 1000})), Vec::<Value>::new());
}

#[test]
fn what_is_wrong_is_told_in_words() {
    let mut client = Client::empty("");
    client.dataport("integer", "x");
    for options in [json!({"timeout": "long"}), json!({"timeout": -1}), json!({"since": "dawn"})] {
        let answer = wait(&mut client, options.clone()).remove(0);
        assert_eq!(answer[0]["status"], "error", "{options}");
        assert!(answer[0]["result"].is_string(), "{answer}");
    }
    assert_eq!(client.status("wait", json!([{"alias": "y"}, {}])), "invalid");
}
