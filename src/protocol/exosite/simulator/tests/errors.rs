//! What is wrong is answered as the documentation says, under "Response JSON".

use super::*;

fn error(code: i64, context: Option<&str>) -> Value {
    let message = match code {
        -1 => "Invalid JSON",
        501 => "Error",
        _ => "Invalid",
    };
    let mut error = json!({"code": code, "message": message});
    if let Some(context) = context {
        error["context"] = json!(context);
    }
    error
}

#[test]
fn a_frame_that_is_no_request_is_an_error_of_its_own() {
    let mut client = Client::owner("");
    let deep = "[".repeat(100_000);
    for (frame, code, context) in [
        ("{bad json", -1, None),
        ("", -1, None),
        (r#"{"calls":[]}x"#, -1, None),
        (r#"{"calls":[NaN]}"#, -1, None),
        (r#"{"calls":[{"id":1e400}]}"#, -1, None),
        (deep.as_str(), -1, None),
        ("{}", 400, None),
        ("null", 400, None),
        ("7", 400, None),
        ("[]", 400, None),
        ("[[]]", 400, Some("calls")),
        (r#"{"calls":{}}"#, 400, Some("calls")),
        (r#"{"calls":null}"#, 400, Some("calls")),
        (r#"{"calls":[5]}"#, 400, Some("calls")),
        (r#"{"calls":[{"id":null}]}"#, 400, Some("calls")),
        (r#"{"calls":[{"id":[1]}]}"#, 400, Some("calls")),
        (r#"{"calls":[{"id":"12345678901234567890123456789012345678901"}]}"#, 400, Some("calls")),
    ] {
        assert_eq!(client.send_text(frame), [json!({"error": error(code, context)})], "{frame:.50}");
    }
    assert_eq!(client.send_text(r#"{"calls":[]}"#), Vec::<Value>::new());
    let binary = Frame::Binary(
        br#"{"calls":[{"id":1,"procedure":"info","arguments":[{"alias":""},{"tags":true}]}]}"#.to_vec(),
    );
    let answer = frames(client.feed(SimulatorInput::Frame(&binary)));
    assert_eq!(answer, [json!([{"id": 1, "status": "ok", "result": {"tags": []}}])]);
}

#[test]
fn a_call_that_means_nothing_fails_alone() {
    let mut client = Client::owner("");
    let failed = |context: &str| json!({"status": "fail", "error": error(501, Some(context))});
    for (call, context) in [
        (json!({}), "procedure"),
        (json!({"procedure": 5}), "procedure"),
        (json!({"procedure": "fetch", "arguments": []}), "procedure"),
        (json!({"procedure": "read"}), "arguments"),
        (json!({"procedure": "read", "arguments": {}}), "arguments"),
        (json!({"procedure": "read", "arguments": []}), "arguments"),
        (json!({"procedure": "read", "arguments": [null]}), "arguments"),
        (json!({"procedure": "read", "arguments": [{"name": "x"}]}), "arguments"),
        (json!({"procedure": "read", "arguments": [{"alias": "frost-alert"}, []]}), "arguments"),
        (json!({"procedure": "write", "arguments": [{"alias": "frost-alert"}]}), "arguments"),
        (json!({"procedure": "listing", "arguments": [{"alias": ""}]}), "arguments"),
        (json!({"procedure": "usage", "arguments": [{"alias": ""}, "client", "a", "b"]}), "arguments"),
    ] {
        let mut calls = json!([{"id": 1, "procedure": "lookup", "arguments": ["alias", "cellar"]}, call]);
        calls[1]["id"] = json!("it");
        let mut frames = client.calls(calls);
        let mut answer = frames.remove(0)[1].take();
        assert_eq!(answer["id"], "it", "{call}");
        answer.as_object_mut().expect("an object").shift_remove("id");
        assert_eq!(answer, failed(context), "{call}");
    }
}

#[test]
fn ids_come_back_as_they_were_and_without_one_there_is_no_answer() {
    let mut client = Client::owner("");
    let call = |id: &Value| json!({"id": id, "procedure": "lookup", "arguments": ["alias", "cellar"]});
    let ids = [json!(0), json!(-7), json!(1.5), json!("1"), json!(""), json!("äöü"), json!(u64::MAX)];
    let calls: Vec<Value> = ids.iter().map(call).collect();
    let frames = client.calls(Value::Array(calls));
    let answered: Vec<Value> =
        frames[0].as_array().expect("a list").iter().map(|answer| answer["id"].clone()).collect();
    assert_eq!((frames.len(), answered.as_slice()), (1, ids.as_slice()));
    let silent = json!({"procedure": "write", "arguments": [{"alias": "frost-alert"}, true]});
    let frames = client.calls(json!([silent, call(&json!(2)), silent]));
    assert_eq!(frames[0].as_array().map(Vec::len), Some(1), "{frames:?}");
    assert_eq!(client.calls(json!([silent, silent])), Vec::<Value>::new());
}

#[test]
fn what_belongs_to_others_is_restricted() {
    let mut client = Client::owner("");
    let (pump, cellar) = (client.rid("cellar", "pump"), client.rid("", "cellar"));
    let air = client.rid("weather-station", "air-temperature");
    let slope = client.rid("", "slope-north");
    client.authenticate(json!({"cik": DEMO_KEY, "client_id": slope}));
    for (procedure, arguments) in [
        ("read", json!([pump, {}])),
        ("write", json!([pump, 1])),
        ("flush", json!([pump, {}])),
        ("subscribe", json!([pump, {}])),
        ("wait", json!([pump, {}])),
        ("info", json!([pump, {}])),
        ("drop", json!([pump])),
        ("listing", json!([cellar, ["dataport"], {}])),
        ("map", json!(["alias", pump, "mine"])),
        ("share", json!([pump, {}])),
        ("write", json!([air, 1])),
        ("drop", json!([slope])),
        ("update", json!([{"alias": ""}, {"name": "Mine"}])),
        ("lookup", json!([{"alias": ""}, "owner", slope])),
    ] {
        assert_eq!(client.status(procedure, arguments.clone()), "restricted", "{procedure} {arguments}");
    }
    assert_eq!(client.status("read", json!([air, {}])), "ok", "it is public");
}
