//! Data are written and read.

use super::*;

/// A client with a dataport `x` of so many points, a second apart, that count up to now.
fn counted(points: i64) -> Client {
    let mut client = Client::empty("");
    client.dataport("integer", "x");
    let points: Vec<Value> = (0..points).map(|number| json!([number - points, number])).collect();
    assert_eq!(client.result("recordbatch", json!([{"alias": "x"}, points])), Value::Null);
    client
}

fn values(points: &Value) -> Vec<i64> {
    points.as_array().expect("points").iter().filter_map(|point| point[1].as_i64()).collect()
}

#[test]
fn values_have_the_format_of_their_dataport() {
    let mut client = Client::empty("");
    for (format, given, kept) in [
        ("float", json!(64.25), Some(json!(64.25))),
        ("float", json!(64), Some(json!(64.0))),
        ("float", json!("64.5"), Some(json!(64.5))),
        ("float", json!("warm"), None),
        ("float", json!(null), None),
        ("float", json!(true), None),
        ("integer", json!(64), Some(json!(64))),
        ("integer", json!("-64"), Some(json!(-64))),
        ("integer", json!(64.0), Some(json!(64))),
        ("integer", json!(64.5), None),
        ("integer", json!(1e300), None),
        ("string", json!("Grüße"), Some(json!("Grüße"))),
        ("string", json!(5), Some(json!("5"))),
        ("string", json!({"a": 1}), None),
        ("string", json!("x".repeat(9000)), None),
        ("boolean", json!(true), Some(json!(true))),
        ("boolean", json!("false"), Some(json!(false))),
        ("boolean", json!(1), Some(json!(true))),
        ("boolean", json!(2), None),
        ("binary", json!("AAEC"), Some(json!("AAEC"))),
    ] {
        let rid = client.create(json!({"alias": ""}), "dataport", json!({"format": format}));
        let status = client.status("write", json!([rid, given]));
        assert_eq!(status, if kept.is_some() { "ok" } else { "invalid" }, "{format} {given}");
        let points = client.points(rid);
        let wanted: Vec<Value> = kept.into_iter().map(|kept| json!([START_SECS, kept])).collect();
        assert_eq!(points, wanted, "{format} {given}");
    }
}

#[test]
fn the_newest_value_is_read_unless_more_is_asked_for() {
    let mut client = counted(10);
    let mut read = |options: Value| values(&client.result("read", json!([{"alias": "x"}, options])));
    assert_eq!(read(json!({})), [9]);
    assert_eq!(read(json!({"limit": 3})), [9, 8, 7]);
    assert_eq!(read(json!({"limit": 3, "sort": "asc"})), [0, 1, 2], "the limit comes after the order");
    assert_eq!(read(json!({"limit": 0})), Vec::<i64>::new());
    assert_eq!(read(json!({"limit": 50})).len(), 10);
    let at = |number: i64| START_SECS - 10 + number;
    assert_eq!(read(json!({"limit": 50, "starttime": at(3), "endtime": at(5)})), [5, 4, 3]);
    assert_eq!(read(json!({"limit": 50, "starttime": at(8)})), [9, 8]);
    assert_eq!(read(json!({"limit": 50, "endtime": at(1)})), [1, 0]);
    assert_eq!(read(json!({"starttime": at(5), "endtime": at(3)})), Vec::<i64>::new());
    let rid = client.result("lookup", json!([{"alias": ""}, "alias", "x"]));
    assert_eq!(values(&client.result("read", json!([rid]))), [9], "without options, and by RID");
}

#[test]
fn a_selection_leaves_points_out_evenly() {
    let mut client = counted(100);
    let mut read = |options: Value| values(&client.result("read", json!([{"alias": "x"}, options])));
    let auto = json!({"selection": "autowindow", "limit": 5, "sort": "asc"});
    assert_eq!(read(auto), [0, 24, 49, 74, 99]);
    assert_eq!(read(json!({"selection": "autowindow", "limit": 1})), [99]);
    assert_eq!(read(json!({"selection": "autowindow", "limit": 500})).len(), 100);
    let start = START_SECS - 100;
    let given = json!({"selection": "givenwindow", "limit": 4, "starttime": start, "endtime": start + 100, "sort": "asc"});
    assert_eq!(read(given), [0, 25, 50, 75]);
    let wide = json!({"selection": "givenwindow", "limit": 4, "sort": "asc"});
    assert_eq!(read(wide), [0], "from the epoch on all lie in the last part");
}

#[test]
fn what_read_does_not_know_is_invalid() {
    let mut client = counted(1);
    for options in [
        json!({"limit": -1}),
        json!({"limit": "many"}),
        json!({"limit": 1.5}),
        json!({"sort": "up"}),
        json!({"sort": 1}),
        json!({"selection": "best"}),
        json!({"starttime": "now"}),
        json!({"endtime": null}),
    ] {
        assert_eq!(client.status("read", json!([{"alias": "x"}, options])), "invalid", "{options}");
    }
    for resource in [json!({"alias": "y"}), json!("f".repeat(40)), json!("x"), json!({"alias": ""})] {
        assert_eq!(client.status("read", json!([resource, {}])), "invalid", "{resource}");
    }
}

#[test]
fn a_group_is_written_at_one_time_or_not_at_all() {
    let mut client = Client::empty("");
    client.dataport("float", "a");
    client.dataport("integer", "b");
    let group = json!([[[{"alias": "a"}, 1.5], [{"alias": "b"}, 2]]]);
    assert_eq!(client.status("writegroup", group), "ok");
    assert_eq!(client.points(json!({"alias": "a"})), [json!([START_SECS, 1.5])]);
    assert_eq!(client.points(json!({"alias": "b"})), [json!([START_SECS, 2])]);
    let wrong = json!([[[{"alias": "a"}, 1.5], [{"alias": "b"}, "two"]]]);
    assert_eq!(client.status("writegroup", wrong), "invalid");
    assert_eq!(client.points(json!({"alias": "a"})).len(), 1);
}

#[test]
fn entries_are_recorded_at_their_times() {
    let mut client = Client::empty("");
    for (alias, procedure) in [("a", "record"), ("b", "recordbatch")] {
        client.dataport("integer", alias);
        let entries = json!([[-10, 2], [START_SECS - 20, 1], [START_SECS, 3]]);
        assert_eq!(client.status(procedure, json!([{"alias": alias}, entries, {}])), "ok");
        let points = [json!([START_SECS - 20, 1]), json!([START_SECS - 10, 2]), json!([START_SECS, 3])];
        assert_eq!(client.points(json!({"alias": alias})), points);
    }
}

#[test]
fn which_entries_failed_is_the_status() {
    let mut client = Client::empty("");
    client.dataport("integer", "x");
    let future = START_SECS + 100;
    let entries = json!([[1_421_906_172, "thirty"], [1_421_906_160, 20], [future, 1]]);
    let answer = client.call("recordbatch", json!([{"alias": "x"}, entries]));
    assert_eq!(answer, json!({"status": [[1_421_906_172, "invalid"], [future, "invalid"]]}));
    assert_eq!(client.points(json!({"alias": "x"})), [json!([1_421_906_160, 20])]);
    let answer = client.call("record", json!([{"alias": "x"}, [[-5, "five"]], {}]));
    assert_eq!(answer, json!({"status": [["invalid", -5]]}), "the other order");
    for entries in [json!(5), json!([5]), json!([["now", 1]]), json!([[1]])] {
        assert_eq!(client.status("recordbatch", json!([{"alias": "x"}, entries])), "fail", "{entries}");
    }
}

#[test]
fn data_are_flushed_between_two_times_that_stay() {
    for (options, left) in [
        (json!({}), vec![]),
        (json!({"newerthan": START_SECS - 8}), vec![0, 1, 2]),
        (json!({"olderthan": START_SECS - 3}), vec![7, 8, 9]),
        (json!({"newerthan": START_SECS - 9, "olderthan": START_SECS - 2}), vec![0, 1, 8, 9]),
    ] {
        let mut client = counted(10);
        assert_eq!(client.status("flush", json!([{"alias": "x"}, options])), "ok");
        let points = Value::Array(client.points(json!({"alias": "x"})));
        assert_eq!(values(&points), left, "{options}");
    }
    let mut client = counted(1);
    assert_eq!(client.status("flush", json!([{"alias": "x"}, {"newerthan": "dawn"}])), "invalid");
    assert_eq!(client.status("flush", json!([{"alias": "x"}])), "ok", "without options");
    assert_eq!(client.points(json!({"alias": "x"})), Vec::<Value>::new());
}

#[test]
fn only_so_much_is_retained() {
    let mut client = Client::empty("");
    let description = json!({"format": "integer", "retention": {"count": 3, "duration": "infinity"}});
    let by_count = client.create(json!({"alias": ""}), "dataport", description);
    let entries: Vec<Value> = (0..10).map(|number| json!([number - 10, number])).collect();
    client.result("recordbatch", json!([by_count, entries]));
    assert_eq!(values(&Value::Array(client.points(by_count))), [7, 8, 9]);
    let description = json!({"format": "integer", "retention": {"count": "infinity", "duration": 1}});
    let by_age = client.create(json!({"alias": ""}), "dataport", description);
    client.result("recordbatch", json!([by_age, [[-7200, 1], [-3500, 2], [-5, 3]]]));
    assert_eq!(values(&Value::Array(client.points(by_age))), [2, 3]);
}

#[test]
fn several_points_may_have_one_time() {
    let mut client = Client::empty("");
    client.dataport("integer", "x");
    for number in 0..3 {
        client.result("write", json!([{"alias": "x"}, number, {}]));
    }
    let points: Vec<Value> = (0..3).map(|number| json!([START_SECS, number])).collect();
    assert_eq!(client.points(json!({"alias": "x"})), points);
}
