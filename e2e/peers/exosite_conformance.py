"""Asks a stand-in for the One Platform what its documents say that it answers, beginning with the golden vectors.

It starts nothing: give it the address of exosite.py and the switches that exosite.py was started with. Its exit code
is 0 only if all checks passed. The vectors are tests/data/exosite/vectors.jsonl, after exosite.md A.9.
"""
import argparse
import itertools
import json
import re
import sys
import time
from pathlib import Path

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

import exosite
from exosite import CIK, HUMIDITY, MALFORMED, NAMELESS, PRESSURE, TEMPERATURE, TOKEN

VECTORS = Path(__file__).parents[2] / "tests/data/exosite/vectors.jsonl"
SELF = {"alias": ""}
RID = re.compile(r"^[0-9a-f]{40}$")
KINDS = ["client", "dataport", "datarule", "dispatch"]


def vectors():
    loaded = [json.loads(line) for line in VECTORS.read_text("utf-8").splitlines()]
    return {vector["name"]: vector for vector in loaded}


class Client:
    """A socket; what answers a call is told from what is an update by the ids that are waited for."""

    def __init__(self, options, auth=None):
        self.options, self.auth = options, auth
        self.connecting = connect(options.url, proxy=None, compression=None, max_size=None)
        self.ids = itertools.count(1000)
        self.updates, self.odd = [], []

    def __enter__(self):
        self.socket = self.connecting.__enter__()
        if self.auth is not None:
            self.socket.send(json.dumps({"auth": self.auth}))
            assert self.frame() == {"status": "ok"}
        return self

    def __exit__(self, *raised):
        self.connecting.__exit__(*raised)

    def raw(self, timeout=5):
        return self.socket.recv(timeout)

    def frame(self, timeout=5):
        return json.loads(self.raw(timeout))

    def entries(self, timeout):
        """The responses in the next frame; what is malformed is put aside."""
        raw = self.raw(timeout)
        try:
            frame = json.loads(raw, parse_float=exosite.standin._finite) if isinstance(raw, str) else None
        except ValueError:
            frame = None
        if isinstance(frame, dict) and "id" in frame:
            assert self.options.read_shape == "object", f"an object is no list: {raw}"
            return [frame]
        if isinstance(frame, list) and frame and all(isinstance(entry, dict) and "id" in entry for entry in frame):
            assert not self.options.split_responses or len(frame) == 1, f"not split: {raw}"
            return frame
        self.odd.append(raw)
        return []

    def exchange(self, text, ids):
        """Sends a frame; its responses by the id as it was sent, told as text."""
        self.socket.send(text)
        keys = {json.dumps(self.told(given)): json.dumps(given) for given in ids}
        answers = {}
        while len(answers) < len(ids):
            before = len(self.odd)
            for entry in self.entries(5):
                key = keys.get(json.dumps(entry["id"]))
                if key is not None and key not in answers:
                    answers[key] = entry
                else:
                    self.updates.append(entry)
            for odd in self.odd[before:]:
                assert self.options.malformed or '"error"' not in odd, odd
        return answers

    def told(self, given):
        """How the peer tells an id."""
        return json.dumps(given) if self.options.string_ids and not isinstance(given, str) else given

    def calls(self, *calls):
        """Several calls in one frame; their responses in the order of the calls."""
        made = [{"id": next(self.ids), "procedure": name, "arguments": list(given)} for name, *given in calls]
        answers = self.exchange(json.dumps({"calls": made}), [call["id"] for call in made])
        return [answers[json.dumps(call["id"])] for call in made]

    def call(self, name, *given):
        return self.calls((name, *given))[0]

    def ok(self, name, *given):
        answer = self.call(name, *given)
        assert answer["status"] == "ok", f"{name} {given}: {answer}"
        return answer.get("result")

    def status(self, name, *given):
        return self.call(name, *given).get("status")

    def until_update(self, told_as, accept=lambda points: True, timeout=5):
        """Points of an update with that id; their shape is judged here."""
        until = time.monotonic() + timeout
        while True:
            for entry in self.updates:
                if entry["id"] == self.told(told_as):
                    points = self.points(entry)
                    if accept(points):
                        self.updates.remove(entry)
                        return points
            remaining = until - time.monotonic()
            assert remaining > 0, f"no such update for {told_as}: {self.updates}"
            self.updates += self.entries(remaining)

    def points(self, entry):
        assert entry.keys() == {"id", "status", "result"} and entry["status"] == "ok", entry
        nested = isinstance(entry["result"][0], list)
        assert self.options.update_shape in ("mixed", "nested" if nested else "flat"), entry
        return entry["result"] if nested else [entry["result"]]

    def silent(self, told_as, seconds=1.3):
        """Nothing comes with that id."""
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                self.updates += self.entries(until - time.monotonic())
        except TimeoutError:
            pass
        return not any(entry["id"] == self.told(told_as) for entry in self.updates)


def shape(value):
    """What a value is made of: members by name, those that are RIDs as one."""
    match value:
        case dict():
            return {("RID" if RID.match(name) else name): shape(member) for name, member in value.items()}
        case list():
            return sorted({repr(shape(member)) for member in value})
        case bool() | str() | None:
            return type(value).__name__
    return "number"


def fresh(client, description=None, alias=None):
    """A dataport of its own, with this alias."""
    rid = client.ok("create", SELF, "dataport", {"format": "float"} | (description or {}))
    if alias:
        client.ok("map", "alias", rid, alias)
    return rid


def portal(options):
    return Client(options, {"cik": CIK})


# The checks: each is told the options. Those that replay vectors come first.

def check_authentication_as_in_v1(options):
    for name in ("V1", "V1 token"):
        with Client(options) as client:
            client.socket.send(VECTOR[name]["send"])
            assert client.frame() == json.loads(VECTOR[name]["receive"][0])


def check_authentication_fails_as_switched(options):
    with Client(options) as client:
        client.socket.send(VECTOR["V1 fails"]["send"])
        match options.auth_fail:
            case "error":
                assert client.frame() == json.loads(VECTOR["V1 fails"]["receive"][0])
            case "status":
                assert client.frame()["status"] != "ok"
            case "close":
                try:
                    raise AssertionError(client.raw())
                except ConnectionClosed as closed:
                    assert closed.rcvd.code == 1008


def check_nothing_without_authentication_v9(options):
    with Client(options) as client:
        client.socket.send(VECTOR["V9"]["send"])
        assert client.frame() == json.loads(VECTOR["V9"]["receive"][0])


def check_calls_before_the_answer_to_auth(options):
    with Client(options) as client:
        client.socket.send(VECTOR["V1"]["send"])
        client.socket.send('{"calls":[{"id":3,"procedure":"read","arguments":[{"alias":"note"},{}]}]}')
        assert client.frame() == {"status": "ok"}
        assert client.entries(5)[0]["id"] == client.told(3)


def check_acting_for_others(options):
    with portal(options) as client:
        hut = client.ok("listing", SELF, ["client"], {})["client"][0]
    for name, rid in (("client_id", hut), ("resource_id", TEMPERATURE)):
        with Client(options, {"cik": CIK, name: rid}) as client:
            caller = client.ok("lookup", "alias", "")
            assert (caller == hut) == (name == "client_id")
            assert client.status("read", {"alias": "wind" if name == "client_id" else "note"}, {}) == "ok"


def check_reads_as_in_the_documents(options):
    """V2 or V3, V5, V6, V7: what the documents read is recorded first."""
    with portal(options) as client:
        for rid, points in (
            (TEMPERATURE, [[1376709527, 64.2], [1376957195, 72.2], [1376957184, 72.3], [1376951473, 72.5]]),
            (PRESSURE, [[1376950410, 11], [1376950405, 10]]),
            ({"alias": "note"}, [[1376950234, "World"], [1376950230, "Hello"]]),
        ):
            client.ok("recordbatch", rid, points)
        for name in ("V2", "V5", "V6", "V7 string", "V7 integer"):
            replay(client, VECTOR[name])
        for rid in (TEMPERATURE, PRESSURE, {"alias": "note"}):
            client.ok("flush", rid, {"olderthan": 1400000000})


def check_shapes_as_switched(options):
    with portal(options) as client:
        client.socket.send(json.dumps({"calls": [read_note(id=1)]}))
        assert isinstance(client.frame(), dict if options.read_shape == "object" else list)
        rid = fresh(client)
        client.ok("subscribe", rid, {"subs_id": 2})
        for value in range(4):
            client.ok("write", rid, value)
        nested = {isinstance(entry["result"][0], list) for entry in client.updates if entry["id"] == client.told(2)}
        assert nested == {"flat": {False}, "nested": {True}, "mixed": {False, True}}[options.update_shape]
        client.ok("drop", rid)


def check_failures_as_in_v8(options):
    with portal(options) as client:
        for name in ("V8", "V8 without status", "V8 invalid", "V8 restricted", "V12 error"):
            replay(client, VECTOR[name])


def check_listing_and_info_have_the_shape_of_v12_and_v13(options):
    with portal(options) as client:
        for name in ("V12", "V12 deprecated"):
            replay(client, VECTOR[name], lambda told: isinstance(told["result"], dict) or len(told["result"]))
        expected = json.loads(VECTOR["V13"]["receive"][0])[0]["result"]
        told = replay(client, VECTOR["V13"], lambda told: told["status"])
        assert "storage" not in told["result"], "a client has none"
        for part in ("aliases", "basic"):
            assert shape(told["result"][part]) == shape(expected[part]), told["result"][part]
        assert told["result"]["description"].keys() == expected["description"].keys()
        assert told["result"]["description"]["limits"].keys() == expected["description"]["limits"].keys()
        storage = client.ok("info", TEMPERATURE, {"storage": True})["storage"]
        assert shape(storage) == shape(expected["storage"]) and storage["count"] >= exosite.PAST


def check_recordbatch_v10(options):
    with portal(options) as client:
        replay(client, VECTOR["V10"], lambda told: told["status"] == "ok" or told["status"][0][1] == "invalid",
               lambda told: told["status"] == "ok")
        client.ok("flush", NAMELESS, {"olderthan": 1500000000})
        future = int(time.time()) + 86_400
        assert client.status("recordbatch", NAMELESS, [[future, 1], [1421906160, 20]]) == [[future, "invalid"]]
        assert client.ok("read", NAMELESS, {"endtime": 1500000000}) == [[1421906160, 20]]
        assert client.status("record", NAMELESS, [[future, 1]], {}) == [["invalid", future]]
        client.ok("record", NAMELESS, [[-3, 7.5]], {})
        client.ok("flush", NAMELESS, {"olderthan": 1500000000})


def check_wait_v11(options):
    with portal(options) as client, portal(options) as device:
        fresh(client, alias="wait_dataport")
        client.socket.send(VECTOR["V11"]["send"])
        time.sleep(0.2)
        device.ok("write", {"alias": "wait_dataport"}, 30)
        told = client.entries(5)[0]
        expected = json.loads(VECTOR["V11"]["receive"][0])[0]
        assert shape(told) == shape(expected | {"id": client.told(1)}) and told["result"][1] == 30, told
        assert client.ok("wait", {"alias": "wait_dataport"}, {"since": 1})[1] == 30
        assert client.call("wait", {"alias": "wait_dataport"}, {"timeout": 100}).keys() == {"id", "status"}
        assert client.status("wait", {"alias": "wait_dataport"}, {"timeout": 100}) == "expire"
        assert client.status("wait", {"alias": "wait_dataport"}, {"timeout": "soon"}) == "error"
        client.ok("drop", {"alias": "wait_dataport"})


def check_subscriptions_v4_and_v14(options):
    with portal(options) as client, portal(options) as device:
        fresh(client, alias="quiet")
        rename = ('"temperature"', '"quiet"')
        for name, told_as in (("V4 acknowledged", 4), ("V4 acknowledged, with a subs_id", 9)):
            replay(client, VECTOR[name], rename=rename)
            device.ok("write", {"alias": "quiet"}, 1.5 + told_as)
            assert client.until_update(told_as)[0][1] == 1.5 + told_as
        client.until_update(4, lambda points: points[0][1] == 10.5)
        replay(client, VECTOR["V14"], rename=rename)
        device.ok("write", {"alias": "quiet"}, 20.5)
        assert client.until_update(9)[0][1] == 20.5 and client.silent(4, 0.3)
        replay(client, VECTOR["V14 all of a subs_id"])
        device.ok("write", {"alias": "quiet"}, 21.5)
        assert client.silent(9, 0.3)
        assert client.status("unsubscribe", {"alias": "quiet"}, {"subs_id": 9}) == "invalid"
        client.ok("drop", {"alias": "quiet"})


def check_one_subs_id_for_two_resources(options):
    with portal(options) as client:
        first, second = fresh(client), fresh(client)
        for rid in (first, second):
            client.ok("subscribe", rid, {"subs_id": 5})
        client.ok("unsubscribe", first, {"subs_id": 5})
        client.ok("writegroup", [[first, 1], [second, 2]])
        assert client.until_update(5)[0][1] == 2 and client.silent(5, 0.2)
        for rid in (first, second):
            client.ok("drop", rid)


def check_bare_unsubscribe_as_switched(options):
    with portal(options) as client:
        client.ok("subscribe", HUMIDITY, {"subs_id": 4})
        client.ok("map", "alias", HUMIDITY, "second")
        sent = VECTOR["V14 bare"]["send"].replace("temperature", "second")
        if options.bare_unsubscribe == "accept":
            assert client.exchange(sent, [4])["4"] == {"id": client.told(4), "status": "ok"}
        else:
            client.socket.send(sent)
            assert until_odd(client)["error"] | {"message": ""} == {"code": 400, "message": "", "context": "calls"}
        client.ok("unmap", SELF, "alias", "second")
        client.socket.send(VECTOR["V14 as printed"]["send"])
        assert until_odd(client)["error"]["code"] == -1


def check_since_comes_before_what_is_live(options):
    with portal(options) as client:
        rid = fresh(client)
        client.ok("recordbatch", rid, [[1376709500 + at, at] for at in range(5)])
        client.ok("subscribe", rid, {"since": 1376709502, "subs_id": "s"})
        client.ok("write", rid, 99)
        told = []
        while not told or told[-1][1] != 99:
            told += client.until_update("s")
        assert [value for _, value in told] == ([2, 3, 4, 99] if options.since == "from" else [3, 4, 99]), told
        client.ok("drop", rid)


def check_timeout_of_a_subscription(options):
    with portal(options) as client:
        rid = fresh(client)
        client.ok("subscribe", rid, {"timeout": 150, "subs_id": 77})
        time.sleep(0.4)
        assert client.entries(2) == [{"id": client.told(77), "status": "expire"}]
        client.ok("write", rid, 1)
        assert client.silent(77, 0.2)
        client.ok("drop", rid)


def check_the_clock_is_told(options):
    with portal(options) as client:
        for alias in ("temperature", "humidity", "pressure"):
            client.ok("subscribe", {"alias": alias}, {"subs_id": alias})
        for alias in ("temperature", "humidity", "pressure"):
            (first, _), = client.until_update(alias)
            assert abs(time.time() - first) < 5


def check_ids(options):
    with portal(options) as client:
        longest = "x" * 40
        for given in (7, -1, 2.5, "7", "temperature", longest):
            told = client.exchange(json.dumps({"calls": [read_note(id=given)]}), [given])[json.dumps(given)]
            assert told["id"] == (json.dumps(given) if options.string_ids and not isinstance(given, str) else given)
        client.socket.send(json.dumps({"calls": [read_note()]}))
        told = client.exchange(json.dumps({"calls": [read_note(), read_note(id=8)]}), [8])
        assert len(told) == 1 and not client.updates, "a call without an id has no response"
        for bad in ("x" * 41, None, [], True):
            client.socket.send(json.dumps({"calls": [read_note(id=bad)]}))
            assert until_odd(client)["error"]["code"] == 400


def check_faults_of_a_frame(options):
    with portal(options) as client:
        for sent, code in (("{", -1), ("[" * 100_000, -1), ('{"calls":[NaN]}', -1), ('{"calls":[1e400]}', -1),
                           (b"\xff", -1), ("{}", 400), ("null", 400), ("7", 400), ('{"calls":{}}', 400),
                           ('{"calls":[7]}', 400), ('{"auth":{}}', 400)):
            client.socket.send(sent)
            assert until_odd(client)["error"]["code"] == code, sent
        client.socket.send('{"calls":[]}')
        assert client.ok("lookup", "alias", "temperature") == TEMPERATURE


def check_junk_is_refused_and_nothing_else(options):
    junk = [None, True, 1.5, "x", [], {}, [[]], {"alias": 5}, {"alias": "note"}, SELF, -1]
    names = ["read", "write", "writegroup", "record", "recordbatch", "flush", "wait", "subscribe", "unsubscribe",
             "update", "move", "info", "listing", "map", "unmap", "lookup", "share", "revoke", "activate",
             "deactivate", "usage", "grant", "nonsense", "__init__", ""]
    with portal(options) as client:
        empty = client.ok("create", SELF, "client", {})
        client.ok("activate", SELF, "client", client.ok("info", empty, {"key": True})["key"])
    # On behalf of an empty client: what should succeed harms nobody.
    with Client(options, {"cik": CIK, "client_id": empty}) as client:
        for name in names:
            tried = [[], *([one] for one in junk), *([one, two] for one in junk for two in junk[3:6])]
            for given, told in zip(tried, client.calls(*((name, *given) for given in tried))):
                assert "status" in told or told["error"]["code"] == 501, (name, given, told)
    with portal(options) as client:
        client.ok("drop", empty)


def check_samples(options):
    with portal(options) as client:
        every = client.ok("read", TEMPERATURE, {"limit": 10_000})
        assert len(every) >= exosite.PAST
        last, first = every[0][0], every[-1][0]
        assert last > first
        sampled = client.ok("read", TEMPERATURE, {"limit": 50, "selection": "autowindow", "sort": "asc"})
        assert len(sampled) == 50 and all(point in every for point in sampled[:40])
        window = {"starttime": first, "endtime": last, "limit": 30, "selection": "givenwindow", "sort": "asc"}
        assert 25 <= len(client.ok("read", TEMPERATURE, window)) <= 30
        earliest = client.ok("read", TEMPERATURE, {"sort": "asc", "limit": 2})
        assert sorted(earliest) == sorted(every[-2:])
        assert client.ok("read", TEMPERATURE, {"limit": 0}) == []
        assert client.ok("read", TEMPERATURE, {"endtime": 5}) == []
        assert client.status("read", TEMPERATURE, {"limit": -1}) == "invalid"
        assert client.status("read", TEMPERATURE, {"sort": "up"}) == "invalid"


def check_retention_and_flush(options):
    with portal(options) as client:
        rid = fresh(client, {"retention": {"count": 5, "duration": "infinity"}})
        client.ok("recordbatch", rid, [[1376709500 + at, at] for at in range(8)])
        assert client.ok("info", rid, {"storage": True})["storage"]["count"] == 5
        client.ok("flush", rid, {"newerthan": 1376709503, "olderthan": 1376709506})
        kept = [value for _, value in client.ok("read", rid, {"limit": 9, "sort": "asc"})]
        assert kept == [3, 6, 7], kept
        assert client.status("flush", rid, {"newerthan": "long ago"}) == "invalid"
        client.ok("flush", rid, {})
        assert client.ok("read", rid, {}) == []
        client.ok("drop", rid)


def check_writes(options):
    with portal(options) as client:
        rid, other = fresh(client), fresh(client, {"format": "integer"})
        client.ok("writegroup", [[rid, 1.5], [other, "7"]])
        (first,), (second,) = client.ok("read", rid, {}), client.ok("read", other, {})
        assert first[0] == second[0] and (first[1], second[1]) == (1.5, 7)
        client.ok("write", rid, "2.5", {})
        assert client.ok("read", rid)[0][1] == 2.5
        assert client.status("write", rid, "warm") == "invalid"
        for gone in (rid, other):
            client.ok("drop", gone)


def check_tree(options):
    """A.5: what is below a child client is listed with its RID, and its aliases are asked for on its owner."""
    with portal(options) as client:
        listed = client.ok("listing", SELF, KINDS, {"owned": True})
        assert (len(listed["client"]), len(listed["dataport"]), len(listed["datarule"])) == (2, 5, 1), listed
        hut = listed["client"][0]
        wind, rain = client.ok("listing", hut, ["dataport"], {})["dataport"]
        assert client.ok("info", hut, {"aliases": True})["aliases"] == {wind: ["wind"]}
        told = client.ok("info", wind, {"aliases": True, "basic": True})
        assert told["aliases"] == "undefined" and told["basic"]["type"] == "dataport"
        assert client.ok("lookup", hut, "alias", "wind") == wind
        assert client.status("read", {"alias": "wind", "rid": hut}, {}) == "ok"
        assert client.status("read", {"alias": "wind"}, {}) == "invalid"
        told = client.ok("info", SELF, {"aliases": True})["aliases"]
        assert told[TEMPERATURE] == ["temperature"] and rain not in told and NAMELESS not in told
        unit = json.loads(client.ok("info", TEMPERATURE, {"description": True})["description"]["meta"])
        assert unit["datasource"]["unit"] == "°C"


def check_keys_are_for_the_direct_owner(options):
    with portal(options) as client:
        hut = client.ok("listing", SELF, ["client"], {})["client"][0]
        assert RID.match(client.ok("info", hut, {})["key"])
        assert "key" not in client.ok("info", SELF, {})
        assert "key" not in client.ok("info", hut, {"basic": True})


def check_resources_are_made_moved_and_dropped(options):
    with portal(options) as client:
        box = client.ok("create", SELF, "client", {"name": "Box"})
        rid = client.ok("create", "dataport", {"format": "string", "name": "old form"})
        client.ok("map", "alias", rid, "mover")
        assert client.status("map", "alias", rid, "temperature") == "invalid"
        client.ok("move", rid, box, {"aliases": True})
        assert client.status("read", {"alias": "mover"}, {}) == "invalid"
        assert client.ok("lookup", box, "alias", "mover") == rid
        client.ok("update", rid, {"name": "new"})
        assert client.ok("info", rid, {"description": True})["description"]["name"] == "new"
        assert client.status("update", rid, {"format": "float"}) == "invalid"
        copied = client.ok("create", SELF, "clone", {"rid": box})
        assert RID.match(client.ok("lookup", copied, "alias", "mover"))
        assert client.ok("usage", box, "dataport", 0, 10) == 10
        for gone in (box, copied):
            client.ok("drop", gone)
        assert client.status("read", rid, {}) == "invalid"
        assert client.status("drop", SELF) == "restricted"


def check_shares_and_keys(options):
    with portal(options) as client:
        box, rid = client.ok("create", SELF, "client", {}), fresh(client)
        assert client.ok("info", box, {"basic": True})["basic"]["status"] == "notactivated"
        key = client.ok("info", box, {"key": True})["key"]
        client.ok("activate", SELF, "client", key)
        assert client.status("activate", SELF, "client", key) == "invalid"
        code = client.ok("share", rid, {"meta": "to box"})
        with Client(options, {"cik": key}) as boxed:
            assert boxed.status("read", rid, {}) == "restricted"
            boxed.ok("activate", SELF, "share", code)
            assert boxed.ok("listing", SELF, ["dataport"], {"activated": True}) == {"dataport": [rid]}
            assert boxed.status("read", rid, {}) == "ok" and boxed.status("write", rid, 1) == "restricted"
            assert boxed.status("flush", rid, {}) == "restricted"
            assert boxed.status("revoke", "share", code) == "noauth"
            boxed.ok("deactivate", SELF, "share", code)
            assert boxed.status("read", rid, {}) == "restricted"
        assert client.ok("lookup", SELF, "shared", code) == rid
        client.ok("revoke", "share", code)
        client.ok("revoke", "client", key)
        assert client.status("revoke", "client", key) == "invalid"
        for gone in (box, rid):
            client.ok("drop", gone)


def check_tokens(options):
    with portal(options) as client:
        rid = fresh(client)
        token = client.ok("grant", SELF, {rid: ["read", "write"]}, 60)
    with Client(options, {"token": token}) as client:
        client.ok("write", rid, 3)
        assert client.ok("read", rid, {})[0][1] == 3
        assert client.status("read", TEMPERATURE, {}) == "restricted"
    with Client(options, {"token": TOKEN}) as client:
        assert client.status("read", TEMPERATURE, {}) == "ok" and client.status("write", rid, 4) == "restricted"
        assert len(client.ok("listing", SELF, ["client"], {})["client"]) == 2
    with portal(options) as client:
        client.ok("drop", rid)


def check_a_locked_client(options):
    if options.locked_client:
        with portal(options) as client:
            shed = client.ok("listing", SELF, ["client"], {})["client"][1]
            told = client.calls(("info", shed, {"basic": True}), ("listing", shed, ["dataport"], {}),
                                ("read", TEMPERATURE, {}))
            assert [entry["status"] for entry in told] == ["locked", "locked", "ok"]


def check_latency(options):
    with portal(options) as client:
        before = time.monotonic()
        client.ok("lookup", "alias", "")
        assert time.monotonic() - before >= options.latency / 1000


def check_batches(options):
    """All responses come, in whatever order and frames."""
    with portal(options) as client:
        told = client.calls(*(("read", TEMPERATURE, {"limit": limit}) for limit in range(1, 60)))
        assert [len(entry["result"]) for entry in told] == list(range(1, 60))


def check_malformed_frames_come_and_harm_nothing(options):
    if options.malformed:
        with portal(options) as client:
            rid = fresh(client)
            client.ok("subscribe", rid, {"subs_id": 4})
            told = [vector for name, vector in VECTOR.items() if name.startswith("V15")]
            for at in range(len(MALFORMED)):
                client.ok("write", rid, at)
            client.ok("lookup", "alias", "")
            texts = {odd for odd in client.odd if isinstance(odd, str)}
            texts |= {json.dumps(entry, separators=(",", ":")) for entry in client.updates}
            binary = {odd.hex() for odd in client.odd if isinstance(odd, bytes)}
            expected = {text.replace('"id":4', f'"id":{json.dumps(client.told(4))}')
                        for vector in told for text in vector["receive"]}
            missing = {text for text in expected if text not in texts and text.strip("[]") not in texts}
            assert not missing, missing
            assert len(binary) == sum(len(vector.get("binary", [])) for vector in told)
            client.ok("drop", rid)


def read_note(**members):
    return members | {"procedure": "read", "arguments": [{"alias": "note"}, {}]}


def until_odd(client):
    """The next frame that answers no call."""
    before = len(client.odd)
    while len(client.odd) == before:
        client.updates += client.entries(5)
    return json.loads(client.odd.pop())


def replay(client, vector, told_by=lambda told: told, fits=lambda told: False, rename=("", "")):
    """Sends a vector; each response is as the vector says, seen through `told_by`, or it fits otherwise."""
    expected = {}
    for frame in map(json.loads, vector["receive"]):
        for entry in frame if isinstance(frame, list) else [frame]:
            expected[json.dumps(entry["id"])] = entry | {"id": client.told(entry["id"])}
    sent = vector["send"].replace(*rename) if rename[0] else vector["send"]
    answers = client.exchange(sent, [json.loads(key) for key in expected])
    for key, entry in expected.items():
        told = answers[key]
        assert told.keys() == entry.keys() or fits(told), f"{vector['name']}: {told}"
        assert told_by(told) == told_by(entry) or fits(told), f"{vector['name']}: {told}"
    return told


def main():
    parser = argparse.ArgumentParser(description="Checks a stand-in for the One Platform.")
    parser.add_argument("--url", required=True)
    options = exosite.switches(parser).parse_args()
    checks = [check for name, check in globals().items() if name.startswith("check_")]
    failed = 0
    for check in checks:
        try:
            check(options)
        except (AssertionError, ConnectionClosed, TimeoutError, KeyError, TypeError, ValueError) as error:
            failed += 1
            print(f"failed: {check.__name__[6:].replace('_', ' ')}: {type(error).__name__} {error}", file=sys.stderr)
    print(f"{len(checks) - failed} checks passed, {failed} failed")
    return 1 if failed else 0


VECTOR = vectors()

if __name__ == "__main__":
    sys.exit(main())
