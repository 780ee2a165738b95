"""Asks the ETP stand-ins what etp.md says that a server answers: `etp_conformance.py 1.1` or `1.2`.

It starts etp11.py or etp12.py itself, with the switches that each check wants. With `vectors` it judges their codecs
instead: etp_vectors.py. Its exit code is 0 only if all checks passed.
"""
import json
import sys
import time
import traceback
import uuid

from websockets.exceptions import InvalidStatus

import etp12
import etp_rig
import etp_vectors
from etp12_graph import uri_of
from etp_client import Client11, Client12, Peer

SCRIPTS = {"1.1": ("etp11.py", Client11), "1.2": ("etp12.py", Client12)}
NAMES = [spec[0] for spec in etp_rig.CHANNELS]
LONG_AGO = 1_000_000_000_000_000
CHECKS = []


def check(*versions, switches=""):
    """A check with a peer of its own; it is given the peer and how a client is made."""
    def keep(judge):
        CHECKS.extend((version, judge, switches.split()) for version in versions)
        return judge
    return keep


def near(found, wanted, share=0.35):
    assert abs(found - wanted) <= wanted * share, f"{found} is not about {wanted}"


def status_of(make, **given):
    try:
        with make(**given):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


# The handshake, in both versions.


@check("1.1", "1.2")
def the_subprotocol_is_echoed(peer, make):
    with make() as client:
        assert client.socket.subprotocol == client.subprotocol
    assert status_of(make, offered=["etp11.energistics.org"]) == 400
    assert status_of(make, query={"etp-encoding": "json"}) == 412
    assert status_of(make, query={"ETP-Encoding": "Binary"}) == 101


@check("1.1", "1.2", switches="--no-echo")
def no_subprotocol_is_echoed(peer, make):
    with make() as client:
        assert client.socket.subprotocol is None
        client.open()


@check("1.1", "1.2", switches="--refuse 412")
def the_version_is_refused(peer, make):
    assert status_of(make) == 412


@check("1.1", "1.2", switches="--auth query")
def the_query_has_the_token(peer, make):
    assert status_of(make) == 401
    assert status_of(make, query={"Authorization": "Bearer guess"}) == 401
    assert status_of(make, query={"Authorization": "Bearer guess"}, headers={"Authorization": "Bearer s3cret"}) == 401
    assert status_of(make, headers={"Authorization": "Bearer s3cret"}) == 101
    with make(query={"authorization": "Bearer s3cret"}) as client:
        client.open()


@check("1.2", switches="--auth message")
def a_message_has_the_token(peer, make):
    with make() as client:
        client.refused(client.request({21: "store"}), 27)
        wrong = client.say(0, 6, {"authorization": "Bearer guess", "supplementalAuthorization": {}})
        assert not client.until("AuthorizeResponse", correlation_id=wrong).body["success"]
        client.refused(client.request({21: "store"}), 27)
        right = client.say(0, 6, {"authorization": "Bearer s3cret", "supplementalAuthorization": {}})
        assert client.until("AuthorizeResponse", correlation_id=right).body["success"]
        client.open()


# Sessions.


@check("1.1", "1.2")
def a_session_has_what_was_asked_for(peer, make):
    with make() as client:
        client.refused(client.request({9: "store"}), 2)
        client.refused(client.request({3: "customer"}), 1)
        opened = client.open({3: "store"})
        assert [each["protocol"] for each in opened.body["supportedProtocols"]] == [3]
        if peer.version == "1.1":
            client.refused(client.say("Start", {"maxMessageRate": 1, "maxDataItems": 1}), 4)
        else:
            client.refused(client.say(21, 1, {"uris": {}}), 4)
        client.refused(client.request({3: "store"}), 8)


@check("1.1", "1.2")
def a_session_ends(peer, make):
    with make() as client:
        client.open()
        client.say("CloseSession", {"reason": None}) if peer.version == "1.1" else client.say(0, 5, {"reason": "bye"})
        assert client.ends() == 1000
    with make() as client:
        client.open()
        peer.tell("close maintenance at noon")
        reason = client.until("CloseSession").body["reason"]
        assert reason in ("maintenance at noon", {"string": "maintenance at noon"})
        assert client.ends() == 1000
    with make() as client:
        client.open()
        peer.tell("drop")
        assert client.ends() == 1006
    assert peer.count("sessions") == 0


@check("1.1", "1.2")
def what_is_out_of_turn_is_told(peer, make):
    with make() as client:
        client.open()
        peer.tell("exception 24 too slow")
        exception = client.until("ProtocolException", correlation_id=0)
        assert client.code_of(exception) == 24 and "too slow" in str(exception.body)
        # What is no message may not end a session.
        client.socket.send(b"\xff" * 11)
        assert client.until("ProtocolException", correlation_id=0)
        count = peer.count("garbage")
        frames = [client.socket.recv(5) for _ in range(count)]
        assert "no message" in frames and sum(readable(client, frame) for frame in frames) <= 2


def readable(client, frame):
    try:
        return client.read(frame).name is not None
    except Exception:
        return False


@check("1.2")
def a_ping_is_answered(peer, make):
    with make() as client:
        client.refused(client.say(21, 1, {"uris": {}}), 8)
        client.open()
        pong = client.until("Pong", correlation_id=client.say(0, 8, {"currentDateTime": 1}))
        assert abs(pong.body["currentDateTime"] / 1e6 - time.time()) < 5


# Discovery.


@check("1.1")
def a_tree_leads_to_all_channels_11(peer, make):
    with make() as client:
        client.open()
        uris, channels = ["eml://"], []
        while uris:
            request = client.say("GetResources", {"uri": uris.pop(0)})
            while True:
                message = client.until("GetResourcesResponse", "Acknowledge", correlation_id=request)
                if message.name == "Acknowledge":
                    assert message.flags == 0x04
                    break
                resource = message.body["resource"]
                (channels if resource["hasChildren"] == 0 else uris).append(resource["uri"])
                if message.flags & 0x02:
                    break
        assert [uri.split("(")[-1][:-1] for uri in channels] == NAMES
        assert client.until("Acknowledge", correlation_id=client.say("GetResources", {"uri": channels[0]})).flags == 4
        client.refused(client.say("GetResources", {"uri": "eml://witsml14/well(nobody)"}), 11)
        client.refused(client.say("GetResources", {"uri": "http://rig"}), 9)


def check_tree_12(peer, make, wellbore_channels):
    with make() as client:
        client.open()
        spaces = client.until("GetDataspacesResponse", correlation_id=client.say(24, 1, {"storeLastWriteFilter": None}))
        assert [space["uri"] for space in spaces.body["dataspaces"]] == ["eml:///", etp12.EMPTY]
        assert client.found(etp12.EMPTY) == []
        assert len(client.found("eml:///")) == 4 + len(NAMES)
        wells = client.found("eml:///", types=["witsml21.Well"])
        wellbores = client.found(wells[0]["uri"], "sources")
        sets = client.found(wellbores[0]["uri"], "sources", ["witsml21.ChannelSet"], count=True)
        assert [each["targetCount"] for each in sets] == [7, 4]
        names = [each["name"] for one in sets for each in client.found(one["uri"], types=["witsml21.Channel"])]
        assert names == NAMES
        inside = client.found(wellbores[0]["uri"], "sources", ["witsml21.Channel"])
        assert [each["name"] for each in inside] == (NAMES if wellbore_channels else [])
        assert len(client.found(sets[0]["uri"], "sources", ["witsml21.Channel"], depth=2)) == 0
        assert client.found(sets[0]["uri"], "self") == client.found(sets[0]["uri"], "self", ["witsml21.*"])
        with_edges = client.resources(sets[1]["uri"], edges=True)
        edges = client.until("GetResourcesEdgesResponse", correlation_id=with_edges).body["edges"]
        assert len(edges) == 4 and all(edge["sourceUri"] == sets[1]["uri"] for edge in edges)
        client.refused(client.resources("eml:///witsml21.Well(nobody)"), 11)
        client.refused(client.resources("http://rig"), 9)


@check("1.2")
def a_graph_leads_to_all_channels_12(peer, make):
    check_tree_12(peer, make, False)


@check("1.2", switches="--wellbore-channels")
def channels_are_sources_of_a_wellbore_12(peer, make):
    check_tree_12(peer, make, True)


@check("1.2", switches="--multipart")
def answers_come_in_parts_12(peer, make):
    with make() as client:
        client.open()
        request = client.say(21, 1, {"uris": {name: uri_of("Channel", name) for name in [*NAMES, "nobody"]}})
        parts = [client.until("GetChannelMetadataResponse", correlation_id=request) for _ in range(3)]
        assert [part.flags for part in parts] == [1, 1, 1]
        assert [len(part.body["metadata"]) for part in parts] == [4, 4, 1]
        assert client.refused(request, None).flags == 3
        assert len(client.found("eml:///")) == 4 + len(NAMES)


# Channels are described.


@check("1.1")
def channels_are_described_11(peer, make):
    with make() as client:
        client.open()
        client.refused(client.say("ChannelDescribe", {"uris": ["eml://"]}), 8)
        client.say("Start", {"maxMessageRate": 100, "maxDataItems": 10})
        request = client.say("ChannelDescribe", {"uris": ["eml://"]})
        parts = [client.until("ChannelMetadata", correlation_id=request) for _ in range(3)]
        assert [part.flags for part in parts] == [1, 1, 3]
        records = {each["channelName"]: each for part in parts for each in part.body["channels"]}
        assert list(records) == NAMES and len({each["channelId"] for each in records.values()}) == len(NAMES)
        gr, hkld = records["GR"], records["HKLD"]
        assert gr["startIndex"] == {"long": 1_000_000} and gr["indexes"][0]["scale"] == 3
        assert [index["indexType"] for index in records["ECD"]["indexes"]] == ["Depth", "Time"]
        near(time.time() - hkld["startIndex"]["long"] / 1e6, etp_rig.HISTORY_S, 0.01)
        assert [hkld["uom"], gr["uom"], hkld["status"]] == ["N", "gAPI", "Active"]
        assert list(client.describe("eml://witsml14/well(W-1)/wellbore(B-1)/log(DEPTH)")) == ["GR", "ROP", "ECD"]
        both = client.say("ChannelDescribe", {"uris": [gr["channelUri"], "eml://witsml14/well(nobody)", "nowhere"]})
        assert client.until("ChannelMetadata", correlation_id=both).body["channels"][0]["channelId"] == gr["channelId"]
        client.refused(both, 11)
        client.refused(both, 9)


@check("1.2")
def channels_are_described_12(peer, make):
    with make() as client:
        client.open()
        uris = {name: uri_of("Channel", name) for name in NAMES}
        request = client.say(21, 1, {"uris": uris | {"a": uri_of("Channel", "nobody"), "b": "nowhere"}})
        # As etpproto does it: the answer is marked as whole, and still an exception follows.
        answer = client.until("GetChannelMetadataResponse", correlation_id=request)
        assert answer.flags == 3
        exception = client.refused(request, None)
        assert {key: each["code"] for key, each in exception.body["errors"].items()} == {"a": 11, "b": 9}
        assert exception.id > answer.id
        records = answer.body["metadata"]
        assert list(records) == NAMES and len({each["id"] for each in records.values()}) == len(NAMES)
        assert records["GR"]["indexes"][0]["interval"]["startIndex"] == {"item": 1000.0}
        assert [index["indexKind"] for index in records["ECD"]["indexes"]] == ["MeasuredDepth", "DateTime"]
        assert records["WAVE"]["axisVectorLengths"] == [64]
        kinds = [records[name]["dataKind"] for name in ("HKLD", "GAS", "MSG", "PUMP")]
        assert kinds == ["typeDouble", "typeFloat", "typeString", "typeBoolean"]


# Streams.


@check("1.1")
def streams_begin_where_they_are_told_11(peer, make):
    with make() as client:
        peer.tell("stop-data")
        client.start()
        records = client.describe()
        gr, rop, ecd, hkld = (records[name] for name in ("GR", "ROP", "ECD", "HKLD"))
        client.stream([gr], None)
        client.stream([rop], {"int": 5})
        client.stream([ecd], {"long": 1_049_000})
        client.stream([hkld], {"long": LONG_AGO})
        client.wait_for(lambda: len(client.items.get(hkld["channelId"], [])) > etp_rig.HISTORY_S - 10)
        client.listen(0.3)
        items = {name: client.items.get(each["channelId"], []) for name, each in records.items()}
        assert [len(items[name]) for name in ("GR", "ROP", "ECD")] == [1, 5, 10]
        assert items["ROP"][0][0] == (1_049_500,) and items["ECD"][0][0][0] == 1_049_000
        near(len(items["HKLD"]), etp_rig.HISTORY_S, 0.01)
        again = client.stream([gr, records["BPOS"]], None)
        assert "GR" in str(client.refused(again, 8).body)
        client.wait_for(lambda: len(client.items.get(records["BPOS"]["channelId"], [])) == 1)
        client.refused(client.stream([{"channelId": 77}]), 1002)
        client.say("ChannelStreamingStop", {"channels": [gr["channelId"]]})
        client.refused(client.say("ChannelStreamingStop", {"channels": [gr["channelId"]]}), 8)
        assert peer.count("streaming GR") == 0 and peer.count("streaming ROP") == 1


@check("1.2")
def streams_begin_where_they_are_told_12(peer, make):
    with make() as client:
        peer.tell("stop-data")
        client.open()
        records = client.metadata(*NAMES)
        gr, rop, ecd, hkld, bpos = (records[name] for name in ("GR", "ROP", "ECD", "HKLD", "BPOS"))
        done = client.until("SubscribeChannelsResponse", correlation_id=client.subscribe([gr], None))
        assert done.body["success"] == {"0": ""}
        for request in [client.subscribe([rop], latest=5), client.subscribe([ecd], 1049.0),
                        client.subscribe([hkld], LONG_AGO), client.subscribe([bpos], latest=0)]:
            client.until("SubscribeChannelsResponse", correlation_id=request)
        client.listen(0.5)
        items = {name: client.items.get(each["id"], []) for name, each in records.items()}
        assert [len(items[name]) for name in ("GR", "ROP", "ECD", "BPOS")] == [0, 5, 9, 0]
        assert items["ROP"][0][0] == (1049.5,) and items["ECD"][0][0][0] == 1049.1
        near(len(items["HKLD"]), etp_rig.HISTORY_S, 0.01)
        client.refused(client.subscribe([records["PUMP"]], 1.0), None)
        again = client.subscribe([gr, records["GAS"], {"id": 77}])
        assert list(client.until("SubscribeChannelsResponse", correlation_id=again).body["success"]) == ["1"]
        errors = client.refused(again, None).body["errors"]
        assert {key: each["code"] for key, each in errors.items()} == {"0": 8, "2": 1002}
        request = client.say(21, 7, {"channelIds": {"x": gr["id"], "y": 77}})
        assert client.until("SubscriptionsStopped", correlation_id=request).body["channelIds"] == {"x": gr["id"]}
        assert client.refused(request, None).body["errors"]["y"]["code"] == 1002
        assert peer.count("streaming GR") == 0 and peer.count("streaming ROP") == 1
        peer.tell("stop ROP well is shut")
        stopped = client.until("SubscriptionsStopped", correlation_id=0)
        assert stopped.body == {"reason": "well is shut", "channelIds": {"0": rop["id"]}}
        assert peer.count("streaming ROP") == 0


@check("1.2", switches="--eager")
def data_comes_before_the_answer_12(peer, make):
    with make() as client:
        client.open()
        request = client.subscribe([client.metadata("GR")["GR"]], latest=3)
        first = client.hear()
        assert (first.name, len(first.body["data"])) == ("ChannelData", 3)
        client.until("SubscribeChannelsResponse", correlation_id=request)


@check("1.1")
def live_data_keeps_the_limits_11(peer, make):
    with make() as client:
        client.start(gap_ms=250, most=7)
        client.stream([client.describe()["HKLD"]])
        client.until("ChannelData")
        times, sizes = [], []
        for _ in range(6):
            sizes.append(len(client.until("ChannelData").body["data"]))
            times.append(time.monotonic())
        assert max(sizes) <= 7, sizes
        # Five gaps; a busy machine may read two messages at once, and the first one late.
        assert times[-1] - times[0] > 1, times
        # A burst is more than may go: what waits goes as fast as it may.
        peer.tell("burst 100 1000")
        assert [len(client.until("ChannelData").body["data"]) for _ in range(6)][-2:] == [7, 7]


def stream_all(client, peer, **more):
    """All channels, by id; with `changes` also what happens to their past."""
    if peer.version == "1.1":
        client.start(gap_ms=20)
        records = client.describe()
        client.stream(records.values(), **more)
        ids = {name: record["channelId"] for name, record in records.items()}
    else:
        client.open()
        records = client.metadata(*NAMES)
        client.until("SubscribeChannelsResponse", correlation_id=client.subscribe(records.values(), **more))
        ids = {name: record["id"] for name, record in records.items()}
    return ids


def value_of(value):
    """Without the branch, which 1.1 tells."""
    return next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else value


@check("1.1", "1.2")
@check("1.1", "1.2", switches="--full-indexes")
def live_data_comes_ten_times_a_second(peer, make):
    with make() as client:
        ids = stream_all(client, peer)
        client.items.clear()
        heard = client.listen(3)
        counts = {name: len(client.items.get(number, [])) for name, number in ids.items()}
        near(counts["HKLD"], 30, 0.15)
        near(counts["BPOS"], counts["HKLD"], 0.1)
        near(counts["GR"], 3)
        for name, number in ids.items():
            indexes = [at[0] for at, _ in client.items.get(number, [])]
            assert indexes == sorted(set(indexes)), f"{name} goes back"
            if name in ("HKLD", "GAS"):
                assert abs(indexes[-1] / 1e6 - time.time()) < 1
        values = [value_of(value) for _, value in client.items[ids["PUMP"]] + client.items[ids["WAVE"]]]
        assert isinstance(values[0], bool) and len(value_of(values[-1])) == 64
        left_out = [item for message in heard for item in message.body["data"] if left_out_index(item)]
        assert bool(left_out) == ("--full-indexes" not in peer.switches)
        peer.tell("rate HKLD 100")
        client.items.clear()
        client.listen(2)
        near(len(client.items[ids["HKLD"]]), 200, 0.2)
        peer.tell("stop-data")
        client.listen(0.5)
        client.items.clear()
        client.listen(0.5)
        assert not client.items


def left_out_index(item):
    return not item["indexes"] or item["indexes"][0] == {"item": None}


@check("1.1", "1.2")
def values_of_all_kinds_go(peer, make):
    with make() as client:
        peer.tell("stop-data")
        ids = stream_all(client, peer)
        client.listen(0.3)
        client.items.clear()
        for line in ["HKLD NaN", "HKLD -999.25", "HKLD 7", "MSG well done", "PUMP true", "WAVE [1.0]", "ECD 1300.5"]:
            peer.tell(f"put {line}")
        peer.tell("null HKLD")
        client.wait_for(lambda: len(client.items.get(ids["HKLD"], [])) == 4)
        values = [value_of(value) for _, value in client.items[ids["HKLD"]]]
        assert values[0] != values[0] and values[1:] == [-999.25, 7.0, None], values
        assert value_of(client.items[ids["MSG"]][0][1]) == "well done"
        assert value_of(client.items[ids["PUMP"]][0][1]) is True
        depth, at = client.items[ids["ECD"]][0][0]
        assert round(depth / (1000 if peer.version == "1.1" else 1), 3) == 1050.0 and abs(at / 1e6 - time.time()) < 5
        assert json.loads(peer.tell("last HKLD"))["value"] is None


@check("1.1", "1.2")
def acknowledgements_are_counted(peer, make):
    with make() as client:
        peer.tell("stop-data")
        stream_all(client, peer)
        client.listen(0.3)
        peer.tell("ack")
        message = client.hear()
        assert message.name == "ChannelData" and message.flags & 0x10
        assert peer.count("acks") == 0
        for _ in range(2):
            if peer.version == "1.1":
                client.say("Acknowledge", {}, protocol=1, correlation_id=message.id)
            else:
                client.acknowledge(message)
        # Who asks for one gets one.
        if peer.version == "1.1":
            asked = client.say("GetResources", {"uri": "eml://"}, flags=0x10)
        else:
            asked = client.say(0, 8, {"currentDateTime": 1}, flags=0x12)
        client.until("Acknowledge", correlation_id=asked)
        assert peer.count("acks") == 1


@check("1.1", "1.2")
def channels_go_and_come_back(peer, make):
    with make() as client:
        ids = stream_all(client, peer)
        peer.tell("remove HKLD")
        if peer.version == "1.1":
            gone = client.until("ChannelRemove").body
            assert gone == {"channelId": ids["HKLD"], "removeReason": {"string": "removed"}}
            assert "HKLD" not in client.describe()
            peer.tell("add HKLD")
            back = client.until("ChannelMetadata")
            assert back.correlation_id > 0 and back.body["channels"][0]["channelId"] not in ids.values()
            client.refused(client.stream([{"channelId": ids["HKLD"]}]), 1002)
        else:
            assert client.until("SubscriptionsStopped").body["channelIds"] == {"0": ids["HKLD"]}
            request = client.say(21, 1, {"uris": {"x": uri_of("Channel", "HKLD")}})
            assert client.refused(request, None).body["errors"]["x"]["code"] == 11
            peer.tell("add HKLD")
            assert client.metadata("HKLD")["HKLD"]["id"] not in ids.values()
        peer.tell("wrong-id")
        client.wait_for(lambda: 987_654 in client.items)


@check("1.1")
def the_past_is_changed_11(peer, make):
    with make() as client:
        peer.tell("stop-data")
        client.start()
        records = client.describe()
        client.stream([records["GR"]], None, changes=True)
        client.stream([records["ROP"]], None)
        peer.tell("change ROP 3")
        peer.tell("status ROP inactive")
        peer.tell("change GR 3")
        change = client.until("ChannelDataChange").body
        assert [change[key] for key in ("channelId", "startIndex", "endIndex")] == [
            records["GR"]["channelId"], 1_049_700, 1_049_900]
        assert len(change["data"]) == 3 and all(item["value"]["item"]["double"] > 1000 for item in change["data"])
        peer.tell("truncate GR 2")
        change = client.until("ChannelDataChange").body
        assert [change[key] for key in ("startIndex", "endIndex", "data")] == [1_049_800, 1_049_900, []]
        peer.tell("status GR closed")
        status = client.until("ChannelStatusChange").body
        assert status == {"channelId": records["GR"]["channelId"], "status": "Closed"}
        assert not client.aside
        assert [peer.count("changed GR"), peer.count("changed ROP")] == [3, 0]


@check("1.2")
def the_past_is_changed_12(peer, make):
    with make() as client:
        peer.tell("stop-data")
        client.open()
        records = client.metadata("GR", "ROP")
        client.subscribe([records["GR"]], changes=True)
        client.subscribe([records["ROP"]])
        client.listen(0.3)
        client.aside.clear()
        peer.tell("change ROP 3")
        peer.tell("change GR 3")
        change = client.until("RangeReplaced")
        assert change.flags == 3 and change.body["channelIds"] == [records["GR"]["id"]]
        interval = change.body["changedInterval"]
        assert [interval["startIndex"]["item"], interval["endIndex"]["item"]] == [1049.7, 1049.9]
        assert [item["value"]["item"] > 1000 for item in change.body["data"]] == [True] * 3
        peer.tell("truncate GR 2")
        info = client.until("ChannelsTruncated").body["channels"]
        assert info == [{"channelId": records["GR"]["id"], "newEndIndex": {"item": 1049.7}}]
        peer.tell("status GR inactive")
        assert client.metadata("GR")["GR"]["status"] == "Inactive"
        assert not client.aside
        assert [peer.count("changed GR"), peer.count("changed ROP")] == [3, 0]


# Ranges.


def parts_of(client, name, request):
    """The items of an answer in parts; the flags of each part."""
    items, flags = [], []
    while True:
        message = client.until(name, correlation_id=request)
        items += client.items_of(message)
        flags.append(message.flags)
        if message.flags & 0x02:
            return items, flags


@check("1.1")
def ranges_are_answered_11(peer, make):
    with make() as client:
        peer.tell("stop-data")
        client.start(gap_ms=10)
        records = client.describe()
        gr, rop, hkld, ecd = (records[name]["channelId"] for name in ("GR", "ROP", "HKLD", "ECD"))
        ask = lambda ids, start, end: client.say("ChannelRangeRequest", {"channelRanges": [
            {"channelId": ids, "startIndex": start, "endIndex": end}]})
        items, flags = parts_of(client, "ChannelData", ask([gr, rop], 1_000_000, 1_000_400))
        assert flags == [3]
        assert [(number, at[0]) for number, at, _ in items] == [
            (number, at) for at in range(1_000_000, 1_000_401, 100) for number in (gr, rop)]
        items, flags = parts_of(client, "ChannelData", ask([hkld], 0, 2**62))
        near(len(items), etp_rig.HISTORY_S, 0.01)
        assert flags == [1, 1, 1, 3], flags
        assert parts_of(client, "ChannelData", ask([gr], 0, 1)) == ([], [7])
        items, _ = parts_of(client, "ChannelData", ask([ecd], 1_000_000, 1_000_100))
        assert [len(at) for _, at, _ in items] == [2, 2]
        client.refused(ask([gr, 77], 0, 1), 1002)
        assert [peer.count("ranged GR"), peer.count("ranged ECD"), peer.count("sent GR")] == [5, 2, 0]


@check("1.2")
def ranges_are_answered_12(peer, make):
    with make() as client:
        peer.tell("stop-data")
        client.open()
        records = client.metadata(*NAMES)
        gr, rop, hkld = (records[name] for name in ("GR", "ROP", "HKLD"))
        items, flags = parts_of(client, "GetRangesResponse", client.ranges([gr, rop], 1000.0, 1000.4))
        assert flags == [3]
        assert [(number, at[0]) for number, at, _ in items] == [
            (each["id"], 1000 + step / 10) for step in range(5) for each in (gr, rop)]
        items, flags = parts_of(client, "GetRangesResponse", client.ranges([hkld], 0, 2**62, "us"))
        near(len(items), etp_rig.HISTORY_S, 0.01)
        assert flags == [1, 1, 1, 3], flags
        assert parts_of(client, "GetRangesResponse", client.ranges([gr], 0.0, 1.0)) == ([], [3])
        client.refused(client.ranges([gr, {"id": 77}], 0.0, 1.0), 1002)
        client.refused(client.ranges([gr], 0, 1), 20)
        assert [peer.count("ranged GR"), peer.count("sent GR")] == [5, 0]
        # A range that is cancelled ends between two parts, and no other can have its UUID meanwhile.
        peer.tell("pace 300")
        peer.tell("part 100")
        key = uuid.uuid4()
        request = client.ranges([hkld], 0, 2**62, "us", key)
        client.until("GetRangesResponse", correlation_id=request)
        client.refused(client.ranges([hkld], 0, 2**62, "us", key), 22)
        client.say(21, 11, {"requestUuid": key})
        items, flags = parts_of(client, "GetRangesResponse", request)
        assert len(items) <= 100 and flags[-1] == 3
        assert [message.name for message in client.listen(0.8)] == []


@check("1.1", "1.2")
def much_can_be_told(peer, make):
    with make() as client:
        peer.tell("stop-data")
        ids = stream_all(client, peer)
        peer.tell("fill GAS 60000")
        if peer.version == "1.1":
            request = client.say("ChannelRangeRequest", {"channelRanges": [
                {"channelId": [ids["GAS"]], "startIndex": 0, "endIndex": 2**62}]})
        else:
            request = client.ranges([{"id": ids["GAS"]}], 0, 2**62, "us")
        peer.tell("part 20000")
        peer.tell("pace 0")
        items, _ = parts_of(client, "ChannelData" if peer.version == "1.1" else "GetRangesResponse", request)
        assert len(items) == peer.count("ranged GAS") > 61_000
        before = len(client.items.get(ids["HKLD"], []))
        peer.tell("big 1000000")
        client.wait_for(lambda: len(client.items.get(ids["HKLD"], [])) > before + 40_000)
        peer.tell("big 1000000 text")
        client.wait_for(lambda: any(len(value_of(value)) == 10**6 for _, value in client.items.get(ids["MSG"], [])))
        peer.tell("burst 20000 10000 BPOS")
        # This client is slower than the peer.
        client.wait_for(lambda: peer.count("waiting") == 0, timeout=60)
        sent = {name: peer.count(f"sent {name}") for name in ids}
        client.wait_for(lambda: len(client.items[ids["BPOS"]]) >= sent["BPOS"], timeout=60)
        assert {name: len(client.items.get(number, [])) for name, number in ids.items()} == sent
        indexes = [at[0] for at, _ in client.items[ids["BPOS"]]]
        assert indexes == sorted(set(indexes))
        peer.tell("forget")
        assert peer.count("sent HKLD") == 0


@check("1.2")
def messages_keep_to_the_size_12(peer, make):
    """etpproto's own limits: 10,000 bytes for a client that tells none."""
    with make() as client:
        client.open(sizes=None)
        peer.tell("stop-data")
        records = client.metadata("HKLD", "MSG")
        client.until("SubscribeChannelsResponse", correlation_id=client.subscribe(records.values()))
        peer.tell("big 11000 text")
        client.refused(0, 17)
        request = client.ranges([records["HKLD"]], 0, 2**62, "us")
        client.refused(request, 17)


# Simple producers.


@check("1.1", switches="--simple")
def a_simple_streamer_waits_for_start_alone_11(peer, make):
    with make() as client:
        opened = client.open({1: "producer"})
        protocol = opened.body["supportedProtocols"][0]
        flags = {key.lower(): value for key, value in protocol["protocolCapabilities"].items()}
        assert flags == {"simplestreamer": {"item": {"boolean": True}}}
        assert not client.listen(0.5)
        client.say("Start", {"maxMessageRate": 50, "maxDataItems": 100})
        parts = [client.until("ChannelMetadata", correlation_id=0) for _ in range(3)]
        ids = [each["channelId"] for part in parts for each in part.body["channels"]]
        client.listen(1.5)
        assert set(client.items) == set(ids)
        client.refused(client.say("ChannelDescribe", {"uris": ["eml://"]}), 7)


@check("1.2", switches="--simple")
def a_simple_producer_waits_for_start_12(peer, make):
    with make() as client:
        client.refused(client.request({21: "store"}), 2)
        client.open({1: "producer"})
        assert not client.listen(0.5)
        client.say(1, 3, {})
        told = client.until("ChannelMetadata", correlation_id=0)
        assert told.protocol == 1 and [each["channelName"] for each in told.body["channels"]] == NAMES
        client.listen(1.5)
        ids = {each["channelName"]: each["id"] for each in told.body["channels"]}
        assert set(client.items) == set(ids.values())
        peer.tell("truncate HKLD 5")
        info = client.until("TruncateChannels").body["channels"][0]
        assert info["channelId"] == ids["HKLD"]
        client.refused(client.say(1, 3, {}), 8)
        client.say(1, 4, {})
        client.listen(0.3)
        client.items.clear()
        client.listen(0.5)
        assert not client.items


def main(wanted):
    passed = failed = 0
    jobs = [(f"{judge.__name__} {' '.join(switches)}", lambda each=(version, judge, switches): run(*each))
            for version, judge, switches in CHECKS if version == wanted]
    if wanted == "vectors":
        jobs = [(judge.__name__, judge) for judge in (etp_vectors.those_of_11, etp_vectors.those_of_12)]
    for name, job in jobs:
        started = time.monotonic()
        try:
            job()
            passed += 1
            print(f"ok {name} ({time.monotonic() - started:.1f} s)", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED {name}\n{traceback.format_exc()}", flush=True)
    print(f"{passed} checks passed, {failed} failed")
    return 1 if failed else 0


def run(version, judge, switches):
    script, client = SCRIPTS[version]
    with Peer(script, *switches) as peer:
        peer.version, peer.switches = version, switches
        judge(peer, lambda **given: client(peer, **given))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
