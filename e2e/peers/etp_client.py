"""Clients of both versions of ETP for the check of the stand-ins, and the stand-ins as they are started and told."""
import json
import queue
import socket
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

import etp11_schema
import etp12
from etp12_graph import uri_of

FOLDER = Path(__file__).parent
BIG = 2**24


class Peer:
    """A stand-in as a child process."""

    def __init__(self, script, *switches):
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]
        line = [sys.executable, "-u", str(FOLDER / script), "--port", str(self.port), "--print", *switches]
        self.child = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answers, self.said = queue.Queue(), []
        threading.Thread(target=self.listen, daemon=True).start()
        until = time.monotonic() + 20
        while not self.accepts():
            assert time.monotonic() < until and self.child.poll() is None, f"{script} does not listen"
            time.sleep(0.05)

    def accepts(self):
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except OSError:
            return False
        return True

    def listen(self):
        for line in self.child.stdout:
            if line.startswith("= "):
                self.answers.put(line[2:].rstrip("\n"))
            elif line.startswith("< "):
                self.said.append(json.loads(line[2:]))

    def tell(self, line):
        self.child.stdin.write(f"{line}\n")
        self.child.stdin.flush()
        told = self.answers.get(timeout=10)
        assert told == "ok" or told.startswith("ok "), f"{line}: {told}"
        return told[3:]

    def count(self, line):
        return int(self.tell(line))

    def __enter__(self):
        return self

    def __exit__(self, *_raised):
        self.child.terminate()
        self.child.wait()


class Heard(NamedTuple):
    protocol: int
    type: int
    correlation_id: int
    id: int
    flags: int
    name: str
    body: Any


class Client:
    """A socket and a session. What comes is taken by `hear`; `until` puts aside what it does not wait for."""

    subprotocol = None

    def __init__(self, peer, query=None, offered=None, headers=None):
        address = f"ws://127.0.0.1:{peer.port}/" + (f"?{urlencode(query)}" if query else "")
        self.peer = peer
        self.connecting = connect(address, subprotocols=offered or [self.subprotocol], proxy=None, max_size=None,
                                  additional_headers=headers)
        self.aside, self.said, self.items, self.last_id = [], 0, {}, 0

    def __enter__(self):
        self.socket = self.connecting.__enter__()
        return self

    def __exit__(self, *raised):
        self.connecting.__exit__(*raised)

    def hear(self, timeout=5):
        frame = self.socket.recv(timeout)
        message = self.read(frame)
        # Ids grow, and never come again.
        assert message.id > self.last_id, message
        self.last_id = message.id
        if message.name == "ChannelData" and message.correlation_id == 0:
            for channel_id, indexes, value in self.items_of(message):
                self.items.setdefault(channel_id, []).append((indexes, value))
        return message

    def until(self, *names, correlation_id=None, timeout=5):
        end = time.monotonic() + timeout
        fits = lambda message: message.name in names and correlation_id in (None, message.correlation_id)
        for message in self.aside:
            if fits(message):
                self.aside.remove(message)
                return message
        while True:
            try:
                message = self.hear(max(end - time.monotonic(), 0.01))
            except TimeoutError:
                came = [each.name for each in self.aside]
                raise AssertionError(f"no {names} for {correlation_id}, but {came}") from None
            if fits(message):
                return message
            if message.name != "ChannelData" or message.correlation_id:
                self.aside.append(message)

    def listen(self, seconds):
        """All that comes in this time."""
        end, heard = time.monotonic() + seconds, []
        while (rest := end - time.monotonic()) > 0:
            try:
                heard.append(self.hear(rest))
            except TimeoutError:
                break
        return heard

    def wait_for(self, condition, timeout=5):
        end = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < end, "it did not come true"
            try:
                message = self.hear(0.2)
            except TimeoutError:
                continue
            if message.name != "ChannelData" or message.correlation_id:
                self.aside.append(message)

    def refused(self, request, code):
        """That the answer to a request is an exception with this code."""
        exception = self.until("ProtocolException", correlation_id=request)
        assert self.code_of(exception) == code, exception
        return exception

    def ends(self, timeout=5):
        """The close code."""
        end = time.monotonic() + timeout
        try:
            while True:
                self.aside.append(self.hear(max(end - time.monotonic(), 0.01)))
        except ConnectionClosed:
            return self.socket.close_code


def carry(items):
    """Puts in what was left out: an index that is not told is that of the item before."""
    before = []
    for channel_id, indexes, value in items:
        if not indexes:
            indexes = before
        indexes = [old if index is None else index for index, old in zip(indexes, before + [None] * len(indexes))]
        assert indexes and None not in indexes, "an index that nobody told"
        before = indexes
        yield channel_id, tuple(indexes), value


class Client11(Client):
    subprotocol = "energistics-tp"
    VERSION = {"major": 1, "minor": 1, "revision": 0, "patch": 0}

    def say(self, name, body, flags=0, protocol=None, correlation_id=0):
        self.said += 1
        self.socket.send(etp11_schema.encode(name, body, message_id=self.said, flags=flags, protocol=protocol,
                                             correlation_id=correlation_id))
        return self.said

    def read(self, frame):
        header, name, body = etp11_schema.decode(frame)
        return Heard(header["protocol"], header["messageType"], header["correlationId"], header["messageId"],
                     header["messageFlags"], name, body)

    def items_of(self, message):
        items = message.body["data"]
        return list(carry((item["channelId"], item["indexes"], item["value"]["item"]) for item in items))

    def code_of(self, exception):
        return exception.body["errorCode"]

    def request(self, roles):
        protocols = [{"protocol": number, "protocolVersion": self.VERSION, "role": role, "protocolCapabilities": {}}
                     for number, role in roles.items()]
        return self.say("RequestSession", {"applicationName": "check", "applicationVersion": "1",
                                           "requestedProtocols": protocols, "supportedObjects": []})

    def open(self, roles=None):
        request = self.request(roles or {1: "producer", 3: "store"})
        return self.until("OpenSession", correlation_id=request)

    def start(self, gap_ms=100, most=10_000):
        self.open()
        self.say("Start", {"maxMessageRate": gap_ms, "maxDataItems": most})

    def describe(self, *uris):
        """Records by name."""
        request = self.say("ChannelDescribe", {"uris": list(uris or ["eml://"])})
        records = {}
        while True:
            message = self.until("ChannelMetadata", correlation_id=request)
            records.update({record["channelName"]: record for record in message.body["channels"]})
            assert message.flags & 0x01
            if message.flags & 0x02:
                return records

    def stream(self, records, start=None, changes=False):
        return self.say("ChannelStreamingStart", {"channels": [
            {"channelId": record["channelId"], "startIndex": {"item": start}, "receiveChangeNotification": changes}
            for record in records
        ]})


class Client12(Client):
    subprotocol = "etp12.energistics.org"
    VERSION = {"major": 1, "minor": 2, "revision": 0, "patch": 0}

    def say(self, protocol, message_type, body, flags=0x02):
        self.said += 2
        message = etp12.answer(protocol, message_type, body, flags=flags)
        message.header.message_id = self.said
        self.socket.send(message.encode_message())
        return self.said

    def acknowledge(self, message):
        """With the protocol of what it acknowledges, which etpproto would not write."""
        self.said += 2
        written = etp12.Written(0, 1001)
        written.number = {"protocol": message.protocol, "messageType": 1001}
        self.socket.send(written({}, self.said, message.id, 2))

    def read(self, frame):
        header, name, body = etp12.decode(frame)
        body = json.loads(body.json(by_alias=True)) if name != "OpenSession" else body.dict(by_alias=True)
        return Heard(header.protocol, header.message_type, header.correlation_id, header.message_id,
                     header.message_flags, name, body)

    def items_of(self, message):
        told = [(item["channelId"], [index["item"] for index in item["indexes"]], item["value"]["item"])
                for item in message.body["data"]]
        # A record in a union is a pair of its name and its members.
        return [(number, indexes, value[1] if isinstance(value, list) else value)
                for number, indexes, value in carry(told)]

    def code_of(self, exception):
        return exception.body["error"]["code"] if exception.body["error"] else None

    def request(self, roles, sizes=BIG):
        protocols = [{"protocol": number, "protocolVersion": self.VERSION, "role": role, "protocolCapabilities": {}}
                     for number, role in roles.items()]
        return self.say(0, 1, {
            "applicationName": "check", "applicationVersion": "1", "clientInstanceId": uuid.uuid4(),
            "requestedProtocols": protocols, "supportedDataObjects": [], "supportedCompression": [],
            "supportedFormats": ["xml"], "currentDateTime": 0, "earliestRetainedChangeTime": 0,
            "serverAuthorizationRequired": False,
            "endpointCapabilities": {name: {"item": sizes} for name in etp12.SIZES} if sizes else {},
        })

    def open(self, roles=None, sizes=BIG):
        request = self.request(roles or {3: "store", 21: "store", 24: "store"}, sizes)
        return self.until("OpenSession", correlation_id=request)

    def resources(self, uri, scope="targets", types=(), depth=1, edges=False, count=False):
        request = self.say(3, 1, {
            "context": {"uri": uri, "depth": depth, "dataObjectTypes": list(types), "navigableEdges": "Primary",
                        "includeSecondaryTargets": False, "includeSecondarySources": False},
            "scope": scope, "countObjects": count, "storeLastWriteFilter": None, "activeStatusFilter": None,
            "includeEdges": edges,
        })
        return request

    def found(self, *given, **more):
        request, found = self.resources(*given, **more), []
        while True:
            message = self.until("GetResourcesResponse", correlation_id=request)
            found += message.body["resources"]
            if message.flags & 0x02:
                return found

    def metadata(self, *names):
        """Records by name."""
        request = self.say(21, 1, {"uris": {name: uri_of("Channel", name) for name in names}})
        return self.until("GetChannelMetadataResponse", correlation_id=request).body["metadata"]

    def subscribe(self, records, start=None, latest=None, changes=False):
        return self.say(21, 3, {"channels": {
            str(n): {"channelId": record["id"], "startIndex": {"item": start}, "dataChanges": changes,
                     "requestLatestIndexCount": latest}
            for n, record in enumerate(records)
        }})

    def ranges(self, records, start, end, uom="m", key=None):
        interval = {"startIndex": {"item": start}, "endIndex": {"item": end}, "uom": uom, "depthDatum": ""}
        return self.say(21, 9, {"requestUuid": key or uuid.uuid4(), "channelRanges": [
            {"channelIds": [record["id"] for record in records], "interval": interval, "secondaryIntervals": []}]})
