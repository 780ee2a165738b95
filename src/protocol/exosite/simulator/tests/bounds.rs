//! Whatever comes, what follows from it is bounded.

use super::*;

#[test]
fn an_hour_in_a_hidden_tab_is_skipped() {
    for fault in [None, Some(Fault::Burst), Some(Fault::Garbage)] {
        let mut client = Client::owner("");
        for (device, alias) in
            [("weather-station", "air-temperature"), ("cellar", "tank-1"), ("cellar", "co2")]
        {
            let rid = client.rid(device, alias);
            client.result("subscribe", json!([rid, {}]));
        }
        if let Some(fault) = fault {
            client.fault(fault, true);
        }
        client.outputs_of(1.0);
        client.now = client.now + Duration::from_hours(1);
        let outputs = client.feed(SimulatorInput::Timeout);
        assert!(outputs.len() > 120 && outputs.len() < 700, "{fault:?}: {} frames", outputs.len());
        let deadline = client.simulator.deadline().expect("a deadline");
        assert!(deadline > client.now.instant, "it goes on from now");
    }
}

#[test]
fn nothing_is_due_before_somebody_connects() {
    let mut simulator = ExositeSimulator::vineyard(1, Quirks::default());
    assert_eq!(simulator.deadline(), None);
    simulator.handle(Now::default(), SimulatorInput::Fault(Fault::Cut, true));
    assert_eq!((simulator.poll(), simulator.deadline()), (None, None));
    let frame = Frame::Text(json!({"auth": {"cik": DEMO_KEY}}).to_string());
    simulator.handle(Now::default(), SimulatorInput::Frame(&frame));
    assert_eq!(simulator.poll(), None);
}

#[test]
fn the_service_is_full_at_some_time() {
    let mut client = Client::empty("");
    let create = json!({"id": 1, "procedure": "create", "arguments": [{"alias": ""}, "dataport", {"format": "float"}]});
    let frames = client.calls(json!(vec![create; 2000]));
    let answers = frames[0].as_array().expect("answers");
    let made = answers.iter().filter(|answer| answer["status"] == "ok").count();
    assert!((1900..2000).contains(&made), "{made}");
    assert_eq!(answers[answers.len() - 1]["status"], "limit");
    assert_eq!(client.status("create", json!([{"alias": ""}, "clone", {"rid": "x"}])), "invalid");
    let mut client = Client::empty("");
    let mut owner = json!({"alias": ""});
    let mut depth = 0;
    while let Some(rid) = client.call("create", json!([owner, "client", limits()])).get("result") {
        owner = rid.clone();
        depth += 1;
        assert!(depth < 100, "endlessly deep");
    }
}

#[test]
fn series_subscriptions_waits_and_codes_are_bounded() {
    let mut client = Client::empty("");
    let rid = client.dataport("string", "x");
    let entries: Vec<Value> = (0..900).map(|number| json!([number - 900, number])).collect();
    client.result("recordbatch", json!([rid, entries]));
    assert_eq!(client.points(rid.clone()).len(), 600);
    for _ in 0..20 {
        client.result("write", json!([rid, "x".repeat(8000)]));
    }
    assert!(client.points(rid.clone()).len() < 10, "texts that are long push others out");
    for (procedure, most) in [("subscribe", 64), ("wait", 64), ("share", 500)] {
        let call = |id: usize| json!({"id": format!("{procedure}{id}"), "procedure": procedure, "arguments": [rid, {}]});
        let calls: Vec<Value> = (0..most + 5).map(call).collect();
        let frames = client.calls(json!(calls));
        let refused = frames[0].as_array().into_iter().flatten().filter(|answer| answer["status"] == "limit");
        assert_eq!(refused.count(), 5, "{procedure}");
    }
}

#[test]
fn the_answer_to_a_frame_is_bounded() {
    let mut client = Client::owner("");
    let rid = client.rid("weather-station", "air-temperature");
    let read = json!({"id": 1, "procedure": "read", "arguments": [rid, {"limit": 600}]});
    let outputs = client
        .feed(SimulatorInput::Frame(&Frame::Text(json!({"calls": vec![read.clone(); 2000]}).to_string())));
    let texts = texts(outputs);
    assert!(texts[0].len() < 5_000_000, "{} bytes", texts[0].len());
    assert!(texts[0].ends_with(r#""status":"fail","error":{"code":500,"message":"Internal error"}}]"#));
    let subscribe = |id: usize| json!({"id": id, "procedure": "subscribe", "arguments": [rid, {"since": 0}]});
    let calls: Vec<Value> = (0..2000).map(subscribe).collect();
    let frames = client.calls(json!(calls));
    assert!((38_000..42_000).contains(&frames.len()), "{} frames", frames.len());
    let frames = client.calls(json!(vec![read; 2001]));
    assert_eq!(frames[0]["error"]["context"], "calls");
}

#[test]
fn no_frame_makes_it_panic() {
    let mut client = Client::owner("text-values,shuffle,split,string-ids,bare-unsubscribe=accept");
    // RIDs are the same in each vineyard.
    let rid = Client::owner("").rid("cellar", "pump");
    let valid = [
        json!({"auth": {"cik": DEMO_KEY, "client_id": rid}}),
        json!([{"id": 1, "procedure": "unsubscribe", "arguments": [{"alias": "x"}, {"subs_id": 1}]}]),
        json!(["read", [rid, {"starttime": 1, "endtime": 1e18, "sort": "asc", "limit": 9, "selection": "givenwindow"}]]),
        json!(["read", [rid, {"limit": 3, "selection": "autowindow"}]]),
        json!(["write", [rid, 1]]),
        json!(["writegroup", [[[rid, 1], [{"alias": "note"}, "x"]]]]),
        json!(["recordbatch", [rid, [[-1, 1], [1_421_906_160, 0]]]]),
        json!(["flush", [rid, {"newerthan": 1, "olderthan": 1e300}]]),
        json!(["wait", [rid, {"timeout": 500, "since": null}]]),
        json!(["subscribe", [rid, {"since": 0, "timeout": 1000, "subs_id": "s"}]]),
        json!(["create", [{"alias": ""}, "client", {"limits": {"dataport": 3}, "meta": "{}"}]]),
        json!(["create", [{"alias": ""}, "clone", {"rid": rid}]]),
        json!(["create", [{"alias": "cellar"}, "dataport", {"format": "float", "retention": {"count": 1, "duration": 1e300}}]]),
        json!(["update", [{"alias": "cellar"}, {"name": "x", "locked": true}]]),
        json!(["update", [{"alias": "cellar"}, {"name": "x", "locked": false}]]),
        json!(["move", [rid, {"alias": "slope-north"}, {"aliases": true}]]),
        json!(["info", [{"alias": "cellar"}, {"aliases": true, "usage": true}]]),
        json!(["listing", [{"alias": ""}, ["client", "dataport"], {"public": true, "aliased": true}]]),
        json!(["usage", [{"alias": ""}, "dataport", 0, 1e300]]),
        json!(["map", ["alias", rid, "x"]]),
        json!(["grant", [{"alias": ""}, {rid.as_str().expect("an RID"): ["read"]}, {"ttl": 1e300}]]),
        json!(["share", [rid, {"meta": ""}]]),
    ];
    let mut random = Random::new(9);
    for round in 0..6000 {
        let frame = match &valid[random.index(valid.len())] {
            Value::Array(call) if call[0].is_string() => {
                json!({"calls": [{"id": round, "procedure": call[0], "arguments": call[1]}]})
            }
            frame => frame.clone(),
        };
        let mut text = frame.to_string().into_bytes();
        for _ in 0..random.index(3) {
            let place = random.index(text.len());
            match random.index(3) {
                0 => text[place] = b"0{}[]\",:-e\\19xn"[random.index(15)],
                1 => text.truncate(place.max(1)),
                _ => text.insert(place, b"0{}[]\",:-e\\19xn"[random.index(15)]),
            }
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        let outputs = client.feed(SimulatorInput::Frame(&Frame::Text(text)));
        assert!(outputs.len() < 3000);
        client.now = client.now + Duration::from_millis(7);
        if round % 50 == 0 {
            client.send(&json!({"auth": {"cik": DEMO_KEY}}));
        }
    }
}
