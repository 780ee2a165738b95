"""A stand-in for an ETP 1.1 server, over fastavro: ChannelStreaming, basic or simple, and Discovery of one rig.

Written from etp.md (sections 1 to 4 and 9). Its commands are those of etp_peer.py; `truncate` is a ChannelDataChange
without data here. The URIs:

    eml://witsml14/well(W-1)/wellbore(B-1)/log(SURFACE)/logCurveInfo(HKLD)     BPOS, GAS, MSG, PUMP, WAVE
    eml://witsml14/well(W-1)/wellbore(B-1)/log(DEPTH)/logCurveInfo(GR)         ROP, ECD

Depth is in thousandths of a metre (scale 3). ECD has two indexes, its depth and its time.
"""
import asyncio
import uuid
from collections import deque

import etp11_schema as schema
import etp_peer
import standin
from etp_peer import NO_CHANNEL, backlog, carried
from etp_rig import LOGS, in_rows

ROOT = "eml://"
WELLBORE = "eml://witsml14/well(W-1)/wellbore(B-1)"
MULTIPART, FINAL, NO_DATA, ACKNOWLEDGE = 0x01, 0x02, 0x04, 0x10
CHANNELS_IN_PART = 4
# ETP-000-184.
NO_ROLE, NO_PROTOCOLS, INVALID_TYPE, NO_PROTOCOL, INVALID, NOT_SUPPORTED = 1, 2, 3, 4, 5, 7
INVALID_STATE, INVALID_URI, NOT_FOUND, INVALID_CHANNEL = 8, 9, 11, 1002
VERSION = {"major": 1, "minor": 1, "revision": 0, "patch": 0}
ROLES = {1: "producer", 3: "store"}


def uri_of(channel):
    return f"{WELLBORE}/log({channel.log})/logCurveInfo({channel.name})"


def below(uri, root):
    root = root.rstrip("/") or "eml:"
    return uri == root or uri.startswith(f"{root}/")


def some(form, value):
    return None if value is None else {form: value}


def raw(channel, indexes):
    """Indexes as 1.1 has them: whole numbers."""
    return [value if index.kind == "time" else round(value * 1000) for index, value in zip(channel.indexes, indexes)]


def index_of(channel, number):
    """A primary index as the rig has it."""
    return number if channel.timed else number / 1000


def value_of(channel, value):
    match value:
        case None:
            return None
        case bool():
            return schema.chosen("boolean", value)
        case str():
            return schema.chosen("string", value)
        case list():
            return schema.chosen("ArrayOfDouble", {"values": value})
        case int() if channel.branch not in ("double", "float"):
            return schema.chosen("long", value)
    return schema.chosen("float" if channel.branch == "float" else "double", value)


class Session(etp_peer.Session):
    def __init__(self, *given):
        super().__init__(*given)
        self.loop = asyncio.get_running_loop()
        self.said, self.offered = 0, None
        self.gap_s, self.most = None, None
        self.described = []
        self.live, self.free_at, self.timer = deque(), 0, None
        self.ranges = set()

    # What is sent.

    def say(self, name, body, correlation_id=0, flags=0, protocol=None):
        self.said += 1
        if flags & ACKNOWLEDGE:
            self.wants_ack.add(self.said)
        self.send(schema.encode(name, body, message_id=self.said, correlation_id=correlation_id, flags=flags,
                                protocol=protocol))

    def exception(self, code, text, correlation_id=0, protocol=1):
        self.say("ProtocolException", {"errorCode": code, "errorMessage": text}, correlation_id, protocol=protocol)

    def leave(self, reason):
        self.say("CloseSession", {"reason": some("string", reason or None)})
        self.shut()

    def ended(self):
        self.live.clear()
        for each in self.ranges:
            each.cancel()
        if self.timer:
            self.timer.cancel()

    def data(self, items):
        told = []
        for item, same in carried(items):
            leave_out = same and not self.options.full_indexes
            told.append({"indexes": [] if leave_out else raw(item.channel, item.indexes),
                         "channelId": self.id_of(item.channel),
                         "value": {"item": value_of(item.channel, item.value)}, "valueAttributes": []})
        return told

    def say_data(self, items, flags=0):
        for item in items:
            item.channel.sent += 1
        self.say("ChannelData", {"data": self.data(items)}, flags=flags)

    def stream(self, items):
        """Live data keeps to the gap between two messages and to the number of values in one (ETP-000-115)."""
        self.live.extend(items)
        self.pump()

    def pump(self):
        now = self.loop.time()
        if self.live and now >= self.free_at:
            count = min(len(self.live), self.most)
            items = [item for item in (self.live.popleft() for _ in range(count)) if item.channel in self.streaming]
            if items:
                self.say_data(items)
                self.free_at = now + self.gap_s
        if self.timer:
            self.timer.cancel()
        self.timer = self.loop.call_at(self.free_at, self.pump) if self.live else None

    # What comes.

    async def handle(self, frame):
        try:
            header, name, body = schema.decode(frame)
        except schema.Unreadable as error:
            return self.exception(INVALID, str(error), protocol=0)
        protocol, message_id = header["protocol"], header["messageId"]
        refuse = lambda code, text: self.exception(code, text, message_id, protocol)
        if header["messageFlags"] & ACKNOWLEDGE:
            self.say("Acknowledge", {}, message_id, protocol=protocol)
        if name == "Acknowledge":
            return self.acknowledged(header["correlationId"])
        if name == "ProtocolException":
            return None
        if self.offered is None and protocol != 0:
            return refuse(INVALID_STATE, "RequestSession comes first")
        if protocol != 0 and protocol not in self.offered:
            return refuse(NO_PROTOCOL, f"protocol {protocol} is not part of this session")
        answer = getattr(self, f"on_{name}", None)
        if answer is None:
            return refuse(INVALID_TYPE, f"no message {header['messageType']} is expected here")
        if name == "RequestSession" and self.offered is not None:
            return refuse(INVALID_STATE, "the session is open")
        if protocol == 1 and self.options.simple and name != "Start":
            return refuse(NOT_SUPPORTED, "a simple streamer knows Start alone")
        if protocol == 1 and self.gap_s is None and name != "Start":
            return refuse(INVALID_STATE, "Start comes first")
        return answer(body, message_id, refuse)

    def on_RequestSession(self, body, message_id, refuse):
        serves = {1: "producer"} if self.options.simple else ROLES
        asked = [each for each in body["requestedProtocols"] if each["protocol"] in serves]
        wrong = [each for each in asked if each["role"].lower() != serves[each["protocol"]]]
        if not asked:
            return refuse(NO_PROTOCOLS, "none of these protocols is spoken here")
        if wrong:
            return refuse(NO_ROLE, f"no {wrong[0]['role']} for protocol {wrong[0]['protocol']}")
        self.offered = {each["protocol"]: serves[each["protocol"]] for each in asked}
        flag = {"simpleStreamer": {"item": {"boolean": True}}} if self.options.simple else {}
        offers = [{"protocol": number, "protocolVersion": VERSION, "role": role,
                   "protocolCapabilities": flag if number == 1 else {}} for number, role in self.offered.items()]
        return self.say("OpenSession", {
            "applicationName": "Porthole's stand-in", "applicationVersion": "1.1",
            "sessionId": str(uuid.uuid4()).upper(), "supportedProtocols": offers, "supportedObjects": [],
        }, message_id)

    def on_CloseSession(self, _body, _message_id, _refuse):
        self.shut()

    def on_RenewSecurityToken(self, body, message_id, refuse):
        if body["token"] != f"Bearer {etp_peer.TOKEN}":
            refuse(10, "this token is not valid")

    def on_Start(self, body, message_id, refuse):
        if self.gap_s is not None:
            return refuse(INVALID_STATE, "it was started before")
        if body["maxMessageRate"] < 0 or body["maxDataItems"] < 1:
            return refuse(INVALID, "no such limits")
        self.gap_s, self.most = body["maxMessageRate"] / 1000, body["maxDataItems"]
        if self.options.simple:
            channels = self.rig.living()
            self.described.append((0, [ROOT]))
            self.describe(channels, 0)
            self.streaming = {channel: False for channel in channels}
            self.stream(backlog(channel.latest(1) for channel in channels))
        return None

    def on_ChannelDescribe(self, body, message_id, refuse):
        """A standing wish: what comes later is told as an answer to it, too (ETP-000-116)."""
        found, faults = [], []
        for uri in body["uris"]:
            here = [channel for channel in self.rig.living() if uri.startswith(ROOT) and below(uri_of(channel), uri)]
            found += [channel for channel in here if channel not in found]
            if not uri.startswith(ROOT):
                faults.append((INVALID_URI, f"no URI: {uri}"))
            elif not here and not known(uri):
                faults.append((NOT_FOUND, f"not found: {uri}"))
        self.described.append((message_id, body["uris"]))
        if found:
            self.describe(found, message_id)
        for code, text in faults:
            refuse(code, text)
        if not found and not faults:
            self.say("Acknowledge", {}, message_id, NO_DATA, protocol=1)

    def describe(self, channels, correlation_id):
        parts = [channels[at:at + CHANNELS_IN_PART] for at in range(0, len(channels), CHANNELS_IN_PART)]
        for part in parts:
            flags = MULTIPART | (FINAL if part is parts[-1] else 0)
            records = [self.metadata(channel) for channel in part]
            self.say("ChannelMetadata", {"channels": records}, correlation_id, flags)

    def metadata(self, channel):
        ends = [raw(channel, channel.points[at][0])[0] for at in (0, -1)] if channel.points else [None, None]
        indexes = [{
            "indexType": "Time" if index.kind == "time" else "Depth", "uom": index.uom,
            "depthDatum": None if index.kind == "time" else {"string": "KB"}, "direction": "Increasing",
            "mnemonic": {"string": index.name}, "description": None,
            "uri": {"string": f"{WELLBORE}/log({channel.log})/logCurveInfo({index.name})"}, "customData": {},
            "scale": 0 if index.kind == "time" else 3, "timeDatum": None,
        } for index in channel.indexes]
        return {
            "channelUri": uri_of(channel), "channelId": self.id_of(channel), "indexes": indexes,
            "channelName": channel.name, "dataType": "double[]" if channel.branch == "array" else channel.branch,
            "uom": channel.uom, "startIndex": some("long", ends[0]), "endIndex": some("long", ends[1]),
            "description": channel.about, "status": channel.status, "contentType": None, "source": "rig",
            "measureClass": "", "uuid": {"string": uuid_of(channel)},
            "customData": {"samples": {"item": {"int": channel.length}}} if channel.length else {},
            "domainObject": None,
        }

    def on_ChannelStreamingStart(self, body, message_id, refuse):
        past, faults = [], []
        for info in body["channels"]:
            channel = self.channels.get(info["channelId"])
            if channel is None:
                faults.append((INVALID_CHANNEL, f"no channel {info['channelId']}"))
            elif channel in self.streaming:
                faults.append((INVALID_STATE, f"{channel.name} is streaming"))
            else:
                self.streaming[channel] = info["receiveChangeNotification"]
                past.append(started_with(channel, info["startIndex"]["item"]))
        for code, text in faults:
            refuse(code, text)
        self.stream(backlog(past))

    def on_ChannelStreamingStop(self, body, message_id, refuse):
        for number in body["channels"]:
            channel = self.channels.get(number)
            if channel is None:
                refuse(INVALID_CHANNEL, f"no channel {number}")
            elif channel not in self.streaming:
                refuse(INVALID_STATE, f"{channel.name} is not streaming")
            else:
                del self.streaming[channel]

    def on_ChannelRangeRequest(self, body, message_id, refuse):
        items = []
        for asked in body["channelRanges"]:
            for number in asked["channelId"]:
                channel = self.channels.get(number)
                if channel is None:
                    return refuse(INVALID_CHANNEL, f"no channel {number}")
                items += channel.between(index_of(channel, asked["startIndex"]), index_of(channel, asked["endIndex"]))
        task = standin.later(self.answer_range(in_rows(items), message_id))
        self.ranges.add(task)
        task.add_done_callback(self.ranges.discard)
        return None

    async def answer_range(self, items, message_id):
        """In parts, each after the gap that live data keeps, too."""
        size = min(self.peer.part, self.most)
        parts = [items[at:at + size] for at in range(0, len(items), size)] or [[]]
        for part in parts:
            flags = MULTIPART | (FINAL if part is parts[-1] else 0) | (0 if part else NO_DATA)
            await asyncio.sleep(max(self.free_at - self.loop.time(), 0))
            for item in part:
                item.channel.ranged += 1
            self.say("ChannelData", {"data": self.data(part)}, message_id, flags)
            self.free_at = self.loop.time() + self.gap_s
            await asyncio.sleep(self.peer.pace_s)

    def on_GetResources(self, body, message_id, refuse):
        uri = body["uri"].rstrip("/") if body["uri"] != ROOT else ROOT
        if not uri.startswith(ROOT):
            return refuse(INVALID_URI, f"no URI: {uri}")
        tree = resources(self.rig)
        if uri not in tree:
            return refuse(NOT_FOUND, f"not found: {uri}")
        children = tree[uri]
        if not children:
            return self.say("Acknowledge", {}, message_id, NO_DATA, protocol=3)
        for child in children:
            flags = MULTIPART | (FINAL if child is children[-1] else 0)
            self.say("GetResourcesResponse", {"resource": child}, message_id, flags)
        return None

    # What is said out of turn.

    def acknowledge_this(self, item):
        self.say_data([item], ACKNOWLEDGE)

    def big(self, size, as_text):
        channel = self.rig.named("MSG" if as_text else "HKLD")
        if channel in self.streaming:
            self.say_data(etp_peer.large(channel, size))

    def removed(self, channel, reason):
        self.say("ChannelRemove", {"channelId": self.id_of(channel), "removeReason": some("string", reason)})

    def added(self, channel):
        for message_id, uris in self.described:
            if any(below(uri_of(channel), uri) for uri in uris):
                self.say("ChannelMetadata", {"channels": [self.metadata(channel)]}, message_id)
                if self.options.simple:
                    self.streaming[channel] = False
                return

    def status(self, channel):
        self.say("ChannelStatusChange", {"channelId": self.id_of(channel), "status": channel.status})

    def replaced(self, channel, items):
        first, last = (raw(channel, items[at].indexes)[0] for at in (0, -1))
        channel.changed += len(items)
        self.say("ChannelDataChange", {"channelId": self.id_of(channel), "startIndex": first, "endIndex": last,
                                       "data": self.data(items)})

    def truncated(self, channel, first, last):
        first, last = raw(channel, [first])[0], raw(channel, [last])[0]
        self.say("ChannelDataChange", {"channelId": self.id_of(channel), "startIndex": first, "endIndex": last,
                                       "data": []})

    def stranger(self):
        item = {"indexes": [0], "channelId": NO_CHANNEL, "value": {"item": schema.chosen("double", 1.0)},
                "valueAttributes": []}
        self.say("ChannelData", {"data": [item]})


def started_with(channel, start):
    """null: from the latest value; an int: so many values; a long: from this index (ETP-000-098)."""
    match start:
        case None:
            return channel.latest(1)
        case {"int": count}:
            return channel.latest(count)
        case {"long": index}:
            return channel.after(index_of(channel, index), inclusive=True)


def uuid_of(channel):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, uri_of(channel)))


def resource(uri, name, kind, children, channel=None):
    return {"uri": uri, "contentType": "" if kind == "UriProtocol" else "application/x-witsml+xml;version=1.4.1.1",
            "name": name, "channelSubscribable": kind != "UriProtocol", "customData": {}, "resourceType": kind,
            "hasChildren": children, "uuid": some("string", uuid_of(channel) if channel else None),
            "lastChanged": 0, "objectNotifiable": False}


def resources(rig):
    """What is below each URI."""
    well = WELLBORE.partition("/wellbore")[0]
    tree = {
        ROOT: [resource("eml://witsml14", "WITSML 1.4.1.1", "UriProtocol", 1)],
        "eml://witsml14": [resource(well, "Well 1", "DataObject", 1)],
        well: [resource(WELLBORE, "Wellbore 1", "DataObject", -1)],
        WELLBORE: [resource(f"{WELLBORE}/log({log})", about, "DataObject", -1) for log, about in LOGS.items()],
    }
    for log in LOGS:
        inside = [channel for channel in rig.living() if channel.log == log]
        tree[f"{WELLBORE}/log({log})"] = [resource(uri_of(each), each.name, "DataObject", 0, each) for each in inside]
        tree.update({uri_of(each): [] for each in inside})
    return tree


def known(uri):
    """Whether something stands there, though it may have no channels at the moment."""
    return any(below(f"{WELLBORE}/log({log})", uri) for log in LOGS)


class Etp11(etp_peer.EtpPeer):
    name = "energistics-tp"
    session = Session

    def read(self, frame):
        header, name, body = schema.decode(frame)
        return {"protocol": header["protocol"], "messageType": header["messageType"],
                "correlationId": header["correlationId"], "messageId": header["messageId"],
                "flags": header["messageFlags"], "name": name, "body": body}

    def garbage(self):
        whole = schema.encode("ChannelData", {"data": [{"indexes": [1], "channelId": 1, "value": {"item": None},
                                                        "valueAttributes": []}]}, message_id=1)
        start = schema.encode("ChannelData", {"data": []}, message_id=1)[:-1]
        return [
            b"", "no message", b"\xff" * 12, b"\x80", whole[:-2], whole[:3],
            # No such type; a count of 2^60; a branch that is none; an enum beyond its end.
            bytes([2, 198, 1, 0, 2, 0]),
            start + b"\x80\x80\x80\x80\x80\x80\x80\x80\x20",
            start + bytes([2, 2, 2, 0, 2, 18, 0, 0, 0]),
            bytes([2, 20, 0, 2, 0, 2, 14]),
        ]


def options():
    parser = etp_peer.parser(__doc__.partition("\n")[0])
    parser.add_argument("--auth", choices=["none", "query"], default="none",
                        help=f"query: wants ?Authorization=Bearer%%20{etp_peer.TOKEN}, or the header, else 401")
    return parser.parse_args()


if __name__ == "__main__":
    Etp11(options()).run()
