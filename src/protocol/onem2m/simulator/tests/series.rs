//! Time series and their missing data.

use super::*;

fn sample(dgt: &str) -> Value {
    json!({"m2m:tsi": {"dgt": dgt, "con": "1.25", "snr": 1}})
}

fn series() -> Client {
    let mut client = Client::empty("");
    let ts = json!({"rn": "t", "pei": 1000, "mdd": true, "mdt": 900, "mdn": 5, "cnf": "application/json:0"});
    let made = client.make("Ctest", 29, json!({"m2m:ts": ts}));
    assert_eq!((&made["mdc"], &made["peid"], &made["cni"]), (&json!(0), &json!(500), &json!(0)));
    client
}

#[test]
fn samples_are_kept_by_the_time_of_their_generation() {
    let mut client = series();
    let made = client.make("Ctest/t", 30, sample("20261120T201700,000000"));
    assert_eq!(names(&made)[..3], ["dgt", "con", "snr"]);
    assert!(made["rn"].as_str().is_some_and(|name| name.starts_with("tsi_")), "{made}");
    assert_eq!(client.read("Ctest/t/la"), made);
    let series = client.read("Ctest/t");
    assert_eq!((&series["cni"], &series["cbs"]), (&json!(1), &json!(4)));
    assert_eq!(client.create("Ctest/t", 30, sample("20261120T201700,000000"))["rsc"], 4105);
    assert_eq!(client.create("Ctest/t", 30, sample("yesterday"))["rsc"], 4000);
}

#[test]
fn missing_samples_are_noted_and_told() {
    let mut client = series();
    let md = json!({"num": 2, "dur": "PT10S"});
    client.subscribe("Ctest/t", json!({"enc": {"net": [8], "md": md}, "nct": 5}));
    client.pass(1.0);
    client.make("Ctest/t", 30, sample("20261120T201708,000000"));
    client.pass(1.5);
    assert_eq!(client.read("Ctest/t")["mdc"], 0, "it may still come");
    let frames = client.pass(2.0);
    let rep = &frames[0]["pc"]["m2m:sgn"]["nev"]["rep"];
    let times = json!(["20261120T201709,000000", "20261120T201710,000000"]);
    assert_eq!(*rep, json!({"m2m:tsn": {"mdlt": times, "mdc": 2}}));
    let series = client.read("Ctest/t");
    assert_eq!((&series["mdc"], &series["mdlt"]), (&json!(2), &times));
    client.pass(30.0);
    let series = client.read("Ctest/t");
    assert_eq!(
        (&series["mdc"], series["mdlt"].as_array().map(Vec::len)),
        (&json!(5), Some(5)),
        "as mdn says"
    );
}

#[test]
fn a_sample_that_comes_in_time_is_not_missing() {
    let mut client = series();
    for second in 0..8 {
        client.pass(0.95);
        client.make("Ctest/t", 30, sample(&format!("20261120T2017{:02},000000", 8 + second)));
    }
    assert_eq!(client.read("Ctest/t")["mdc"], 0);
    client.update("Ctest/t", json!({"m2m:ts": {"mdd": false}}));
    client.pass(10.0);
    assert_eq!(client.read("Ctest/t")["mdc"], 0, "nobody looks any more");
}

#[test]
fn missing_data_are_no_matter_of_a_whole_representation() {
    let mut client = series();
    let sub = json!({"nu": ["Ctest"], "enc": {"net": [8]}, "nct": 1});
    let answer = client.create("Ctest/t", 23, json!({"m2m:sub": sub}));
    assert_eq!(debug(&answer), "nct=1 is not allowed for one or more values in enc/net=[8]");
}
