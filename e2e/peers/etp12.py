"""An ETP 1.2 server whose sessions and codec are etpproto's: ChannelSubscribe, Discovery and Dataspaces of one rig.

With --simple it offers ChannelStreaming (a simple producer) alone. Beside the commands of etp_peer.py it obeys

    stop NAME [REASON]       SubscriptionsStopped for a channel that stays
    names                    all URIs by name, as JSON; beside the channels "Well 1", "Wellbore 1", "Surface time log",
                             "Depth log"

The URIs:

    eml:///witsml21.Well(UUID)          its sources are wellbores
    eml:///witsml21.Wellbore(UUID)      its sources are channel sets, and with --wellbore-channels channels, too
    eml:///witsml21.ChannelSet(UUID)    its targets are channels: SURFACE and DEPTH
    eml:///witsml21.Channel(UUID)       HKLD, BPOS, GAS, MSG, PUMP, WAVE; GR, ROP, ECD

A UUID is uuid5 of the name in the namespace of URLs. eml:///dataspace('empty') is empty.

What etpproto does in its own way, and is meant to: exceptions go with protocol 0; each message that answers is marked
as the last one (0x02), though an exception may follow it; what is larger than the client's
MaxWebSocketMessagePayloadSize, or than 10,000 bytes where it tells none, is cut or refused with 17.
"""
import asyncio
import io
import json
import logging
import time
import uuid

import fastavro
from etpproto.client_info import ClientInfo
from etpproto.connection import CommunicationProtocol, ConnectionType, ETPConnection
from etpproto.error import ETPError, InvalidMessageTypeError, MaxSizeExceededError
from etpproto.messages import Message, MessageFlags, decode_binary_message
from etpproto.protocols.channel_streaming import ChannelStreamingHandler
from etpproto.protocols.channel_subscribe import ChannelSubscribeHandler
from etpproto.protocols.core import CoreHandler
from etpproto.protocols.dataspace import DataspaceHandler
from etpproto.protocols.discovery import DiscoveryHandler
from etptypes import avro_schema
from etptypes.energistics.etp.v12.datatypes import message_header

import etp_peer
import standin
from etp12_graph import channel_uri, graph, resource, walk
from etp_peer import NO_CHANNEL, TOKEN, backlog, carried
from etp_rig import in_rows

ROOT = "eml:///"
EMPTY = "eml:///dataspace('empty')"
WHOLE, PART, LAST_PART = MessageFlags.FINALPART, MessageFlags.MULTIPART, MessageFlags.MULTIPART_AND_FINALPART
ACKNOWLEDGE = MessageFlags.ACKNOWLEDGE
CORE, STREAMING, DISCOVERY, SUBSCRIBE, DATASPACE = 0, 1, 3, 21, 24
# etpproto has all codes but makes a class of each; these go into maps of errors.
NO_ROLE, NO_PROTOCOLS, INVALID, INVALID_STATE, INVALID_URI, NOT_FOUND = 1, 2, 5, 8, 9, 11
INVALID_INDEX, UUID_REJECTED, INVALID_CHANNEL = 20, 22, 1002
SIZES = ["MaxWebSocketFramePayloadSize", "MaxWebSocketMessagePayloadSize"]
UNTOLD_SIZE = 10_000
THINGS_IN_PART = 4
TYPES = ETPConnection.generic_transition_table
KINDS = {"double": "typeDouble", "float": "typeFloat", "string": "typeString", "boolean": "typeBoolean",
         "array": "typeDouble"}


# Messages.


def answer(protocol, message_type, body, header=None, flags=WHOLE):
    """What a handler of etpproto yields."""
    made = TYPES[str(protocol)][str(message_type)].parse_obj(body)
    return Message.get_object_message(made, correlation_id=header.message_id if header else 0, message_flags=flags)


def fault(code, text, header=None):
    return answer(CORE, 1000, {"error": {"code": code, "message": text}, "errors": {}}, header)


def faults(errors, header):
    """One exception for those parts of a request that failed."""
    told = {key: {"code": code, "message": text} for key, (code, text) in errors.items()}
    return answer(CORE, 1000, {"error": None, "errors": told}, header)


class Written:
    """A message that is written often: etptypes' schema is read once, and no model is made."""

    header = fastavro.parse_schema(json.loads(message_header.avro_schema))

    def __init__(self, protocol, message_type):
        self.number = {"protocol": protocol, "messageType": message_type}
        self.body = fastavro.parse_schema(json.loads(avro_schema(TYPES[str(protocol)][str(message_type)])))

    def __call__(self, body, message_id, correlation_id, flags):
        out = io.BytesIO()
        ids = {"correlationId": correlation_id, "messageId": message_id, "messageFlags": int(flags)}
        fastavro.schemaless_writer(out, self.header, self.number | ids)
        fastavro.schemaless_writer(out, self.body, body)
        return out.getvalue()


CHANNEL_DATA, RANGES, SIMPLE_DATA = Written(SUBSCRIBE, 4), Written(SUBSCRIBE, 10), Written(STREAMING, 2)
REPLACED = Written(SUBSCRIBE, 6)


def index_value(index, value):
    return {"item": ("long", value) if index.kind == "time" else ("double", value)}


def value_of(channel, value):
    match value:
        case None:
            return None
        case bool():
            return ("boolean", value)
        case str():
            return ("string", value)
        case list():
            return ("Energistics.Etp.v12.Datatypes.ArrayOfDouble", {"values": value})
        case int() if channel.branch not in ("double", "float"):
            return ("long", value)
    return ("float" if channel.branch == "float" else "double", float(value))


class Session(etp_peer.Session):
    def __init__(self, *given):
        super().__init__(*given)
        self.client = ClientInfo(ip="127.0.0.1", endpoint_capabilities=dict.fromkeys(SIZES, self.options.max_message))
        self.client.session = self
        self.connection = ETPConnection(connection_type=ConnectionType.SERVER, client_info=self.client,
                                        auth_required=self.options.auth == "message")
        self.offered = {}
        self.ranges = {}

    async def handle(self, frame):
        if isinstance(frame, str):
            return self.exception(19, "a text frame")
        was_open = self.connection.is_connected
        try:
            async for part in self.connection.handle_bytes_generator(frame):
                self.send(part)
            if was_open and not self.connection.is_connected:
                self.shut()
        except ETPError as error:
            self.exception(error.code, error.msg)
        except Exception as error:  # etpproto lets through whatever its decoder meets.
            self.exception(19, f"{type(error).__name__} {error}"[:200])

    # What is sent without being asked.

    def say(self, message):
        """A message of etpproto's, made by `answer`."""
        message.header.message_id = self.connection.consume_msg_id()
        for part in message.encode_message_generator(self.limit(), self.connection):
            self.send(part)

    def cut(self, things):
        """Into parts, of which there is at least one."""
        size = THINGS_IN_PART if self.options.multipart else len(things) or 1
        return [things[at:at + size] for at in range(0, len(things), size)] or [[]]

    def in_parts(self, messages):
        """What a handler yields. With --multipart it goes by another way than etpproto's, as parts of one answer."""
        if not self.options.multipart:
            return messages
        for message in messages:
            message.header.message_flags = LAST_PART if message is messages[-1] else PART
            self.say(message)
        return []

    def write(self, written, body, correlation_id=0, flags=WHOLE):
        message_id = self.connection.consume_msg_id()
        frame = written(body, message_id, correlation_id, flags)
        if 0 < self.limit() < len(frame):
            return self.say(MaxSizeExceededError().to_etp_message(correlation_id=correlation_id))
        if flags & ACKNOWLEDGE:
            self.wants_ack.add(message_id)
        return self.send(frame)

    def limit(self):
        return self.client.getCapability("MaxWebSocketMessagePayloadSize")

    def exception(self, code, text):
        self.say(fault(code, text))

    def leave(self, reason):
        self.say(answer(CORE, 5, {"reason": reason}))
        self.shut()

    def ended(self):
        for task in self.ranges.values():
            task.cancel()

    def data(self, items):
        told = []
        for item, same in carried(items):
            leave_out = same and not self.options.full_indexes
            indexes = [{"item": None} if leave_out else index_value(*pair)
                       for pair in zip(item.channel.indexes, item.indexes)]
            told.append({"channelId": self.id_of(item.channel), "indexes": indexes,
                         "value": {"item": value_of(item.channel, item.value)}, "valueAttributes": []})
        return told

    def stream(self, items, flags=WHOLE):
        for item in items:
            item.channel.sent += 1
        written = SIMPLE_DATA if self.options.simple else CHANNEL_DATA
        self.write(written, {"data": self.data(items)}, flags=flags)

    def stream_past(self, items):
        for at in range(0, len(items), self.peer.part):
            self.stream(items[at:at + self.peer.part])

    # Out of turn.

    def acknowledge_this(self, item):
        self.stream([item], WHOLE | ACKNOWLEDGE)

    def big(self, size, as_text):
        channel = self.rig.named("MSG" if as_text else "HKLD")
        if channel in self.streaming:
            self.stream(etp_peer.large(channel, size))

    def removed(self, channel, reason):
        if not self.options.simple and channel in self.streaming:
            self.stopped([channel], reason)

    def stopped(self, channels, reason, header=None):
        ids = {str(n): self.id_of(channel) for n, channel in enumerate(channels)}
        self.say(answer(SUBSCRIBE, 8, {"reason": reason, "channelIds": ids}, header, LAST_PART))

    def added(self, channel):
        if self.options.simple and self.streaming:
            self.say(answer(STREAMING, 1, {"channels": [metadata(self, channel)]}))
            self.streaming[channel] = False

    def status(self, channel):
        """Told in metadata alone; 1.2 has a protocol of its own for it."""

    def replaced(self, channel, items):
        if self.options.simple:
            return
        channel.changed += len(items)
        ends = [index_value(channel.indexes[0], items[at].indexes[0]) for at in (0, -1)]
        interval = {"startIndex": ends[0], "endIndex": ends[1], "uom": channel.indexes[0].uom, "depthDatum": ""}
        self.write(REPLACED, {"changeTime": now_us(), "channelIds": [self.id_of(channel)], "changedInterval": interval,
                              "data": self.data(items)}, flags=LAST_PART)

    def truncated(self, channel, _first, _last):
        info = {"channelId": self.id_of(channel), "newEndIndex": {"item": channel.last()}}
        if self.options.simple:
            return self.say(answer(STREAMING, 5, {"channels": [info]}))
        return self.say(answer(SUBSCRIBE, 13, {"channels": [info], "changeTime": now_us()}))

    def stranger(self):
        item = {"channelId": NO_CHANNEL, "indexes": [{"item": ("long", now_us())}],
                "value": {"item": ("double", 1.0)}, "valueAttributes": []}
        self.write(SIMPLE_DATA if self.options.simple else CHANNEL_DATA, {"data": [item]})

    # Ranges, each in a task: another request may cancel it.

    def start_range(self, key, items, message_id):
        task = standin.later(self.answer_range(key, items, message_id))
        self.ranges[key] = task
        task.add_done_callback(lambda _task: self.ranges.pop(key, None))

    async def answer_range(self, key, items, message_id):
        size = self.peer.part
        parts = [items[at:at + size] for at in range(0, len(items), size)] or [[]]
        for part in parts:
            if key not in self.ranges:
                # The answer must end; how is not told in what could be read of the specification.
                return self.write(RANGES, {"data": []}, message_id, LAST_PART)
            for item in part:
                item.channel.ranged += 1
            self.write(RANGES, {"data": self.data(part)}, message_id, LAST_PART if part is parts[-1] else PART)
            await asyncio.sleep(self.peer.pace_s)
        return None


def now_us():
    return int(time.time() * 1e6)


def metadata(session, channel):
    ends = [channel.points[at][0] if channel.points else [None] * len(channel.indexes) for at in (0, -1)]
    indexes = [{
        "indexKind": "DateTime" if index.kind == "time" else "MeasuredDepth",
        "interval": {"startIndex": {"item": first}, "endIndex": {"item": last}, "uom": index.uom, "depthDatum": ""},
        "direction": "Increasing", "name": index.name, "uom": index.uom,
        "depthDatum": "" if index.kind == "time" else "KB", "indexPropertyKindUri": "", "filterable": True,
    } for index, first, last in zip(channel.indexes, *ends)]
    return {
        "uri": channel_uri(channel), "id": session.id_of(channel), "indexes": indexes, "channelName": channel.name,
        "dataKind": KINDS[channel.branch], "uom": channel.uom, "depthDatum": "", "channelClassUri": "",
        "status": "Active" if channel.status == "Active" else "Inactive", "source": "rig",
        "axisVectorLengths": [channel.length] if channel.length else [],
    }


# What etpproto calls. A handler serves all sessions; which one it is, its client's info knows.


class Common:
    """Acknowledgements and exceptions come with any protocol; etpproto looks for them in that protocol's handler."""

    async def on_acknowledge(self, msg, msg_header, client_info=None):
        client_info.session.acknowledged(msg_header.correlation_id)
        return
        yield

    async def on_protocol_exception(self, msg, msg_header, client_info=None):
        return
        yield

    async def handle_message(self, etp_object, msg_header, client_info=None):
        number = msg_header.protocol
        if number != CORE and number not in client_info.session.offered:
            yield fault(4, f"protocol {number} is not part of this session", msg_header)
            return
        try:
            async for handled in super().handle_message(etp_object, msg_header, client_info):
                yield handled
        except AttributeError as error:
            if "object has no attribute 'on_" in str(error):
                raise InvalidMessageTypeError() from None
            raise


class Core(Common, CoreHandler):
    async def on_request_session(self, msg, msg_header, client_info=None):
        session, options = client_info.session, client_info.session.options
        if session.offered:
            yield fault(INVALID_STATE, "the session is open", msg_header)
            return
        serves = dict.fromkeys([DISCOVERY, SUBSCRIBE, DATASPACE], "store")
        if options.simple:
            serves = {STREAMING: "producer"}
        asked = [each for each in msg.requested_protocols if each.protocol in serves]
        wrong = [each for each in asked if each.role.lower() != serves[each.protocol]]
        if wrong or not asked:
            session.connection.is_connected = False
            yield fault(NO_ROLE, f"no {wrong[0].role}", msg_header) if wrong else fault(
                NO_PROTOCOLS, "none of these protocols is spoken here", msg_header)
            return
        for size in SIZES:
            if size not in msg.endpoint_capabilities:
                client_info.endpoint_capabilities[size] = UNTOLD_SIZE
        session.offered = {each.protocol: serves[each.protocol] for each in asked}
        version = {"major": 1, "minor": 2, "revision": 0, "patch": 0}
        yield answer(CORE, 2, {
            "applicationName": "Porthole's stand-in", "applicationVersion": "1.2", "serverInstanceId": uuid.uuid4(),
            "supportedProtocols": [
                {"protocol": number, "protocolVersion": version, "role": role, "protocolCapabilities": {}}
                for number, role in session.offered.items()
            ],
            "supportedDataObjects": [{"qualifiedType": "witsml21.*", "dataObjectCapabilities": {}}],
            "supportedCompression": "", "supportedFormats": ["xml"], "currentDateTime": now_us(),
            "earliestRetainedChangeTime": 0, "sessionId": uuid.uuid4(),
            "endpointCapabilities": {size: {"item": options.max_message} for size in SIZES},
        }, msg_header)

    async def on_authorize(self, msg, msg_header, client_info=None):
        client_info.authenticated = msg.authorization == f"Bearer {TOKEN}"
        challenges = [] if client_info.authenticated else ['Bearer realm="rig"']
        yield answer(CORE, 7, {"success": client_info.authenticated, "challenges": challenges}, msg_header)

    async def on_ping(self, msg, msg_header, client_info=None):
        yield answer(CORE, 9, {"currentDateTime": now_us()}, msg_header)

    async def on_pong(self, msg, msg_header, client_info=None):
        return
        yield


class Subscribe(Common, ChannelSubscribeHandler):
    async def on_get_channel_metadata(self, msg, msg_header, client_info=None):
        session = client_info.session
        channels = {channel_uri(channel): channel for channel in session.rig.living()}
        found = {key: metadata(session, channels[uri]) for key, uri in msg.uris.items() if uri in channels}
        errors = {key: (NOT_FOUND, f"not found: {uri}") if uri.startswith(ROOT) else (INVALID_URI, f"no URI: {uri}")
                  for key, uri in msg.uris.items() if uri not in channels}
        parts = [answer(SUBSCRIBE, 2, {"metadata": dict(part)}, msg_header, LAST_PART)
                 for part in session.cut(list(found.items())) if part or not errors]
        for part in session.in_parts(parts + ([faults(errors, msg_header)] if errors else [])):
            yield part

    async def on_subscribe_channels(self, msg, msg_header, client_info=None):
        session = client_info.session
        done, past, errors = {}, [], {}
        for key, info in msg.channels.items():
            channel = session.channels.get(info.channel_id)
            if channel is None:
                errors[key] = (INVALID_CHANNEL, f"no channel {info.channel_id}")
            elif channel in session.streaming:
                errors[key] = (INVALID_STATE, f"{channel.name} is streaming")
            elif not fits(channel, info.start_index.item):
                errors[key] = (INVALID_INDEX, f"not an index of {channel.name}")
            else:
                done[key] = ""
                session.streaming[channel] = info.data_changes
                past.append(started_with(channel, info))
        if session.options.eager:
            session.stream_past(backlog(past))
        if done or not errors:
            yield answer(SUBSCRIBE, 12, {"success": done}, msg_header, LAST_PART)
        if not session.options.eager:
            session.stream_past(backlog(past))
        if errors:
            yield faults(errors, msg_header)

    async def on_unsubscribe_channels(self, msg, msg_header, client_info=None):
        session = client_info.session
        ids, errors = {}, {}
        for key, number in msg.channel_ids.items():
            channel = session.channels.get(number)
            if channel in session.streaming:
                del session.streaming[channel]
                ids[key] = number
            else:
                errors[key] = (INVALID_CHANNEL if channel is None else INVALID_STATE, f"channel {number}")
        if ids:
            yield answer(SUBSCRIBE, 8, {"reason": "as requested", "channelIds": ids}, msg_header, LAST_PART)
        if errors:
            yield faults(errors, msg_header)

    async def on_get_ranges(self, msg, msg_header, client_info=None):
        session, items = client_info.session, []
        key = str(msg.request_uuid)
        if key in session.ranges:
            yield fault(UUID_REJECTED, f"{key} is under way", msg_header)
            return
        for asked in msg.channel_ranges:
            ends = asked.interval.start_index.item, asked.interval.end_index.item
            for number in asked.channel_ids:
                channel = session.channels.get(number)
                if channel is None:
                    yield fault(INVALID_CHANNEL, f"no channel {number}", msg_header)
                    return
                if None in ends or not all(fits(channel, end) for end in ends):
                    yield fault(INVALID_INDEX, f"not an index of {channel.name}", msg_header)
                    return
                items += channel.between(*ends)
        session.start_range(key, in_rows(items), msg_header.message_id)

    async def on_cancel_get_ranges(self, msg, msg_header, client_info=None):
        client_info.session.ranges.pop(str(msg.request_uuid), None)
        return
        yield


def fits(channel, index):
    """A time is a long, a depth a double."""
    return index is None or isinstance(index, int if channel.timed else float)


def started_with(channel, info):
    """So many values; else what is after an index; else nothing."""
    if info.request_latest_index_count:
        return channel.latest(info.request_latest_index_count)
    if info.start_index.item is not None:
        return channel.after(info.start_index.item, inclusive=False)
    return []


class Streaming(Common, ChannelStreamingHandler):
    async def on_start_streaming(self, msg, msg_header, client_info=None):
        session = client_info.session
        if session.streaming:
            yield fault(INVALID_STATE, "it streams", msg_header)
            return
        channels = session.rig.living()
        yield answer(STREAMING, 1, {"channels": [metadata(session, channel) for channel in channels]})
        session.streaming = dict.fromkeys(channels, False)
        session.stream_past(backlog(channel.latest(1) for channel in channels))

    async def on_stop_streaming(self, msg, msg_header, client_info=None):
        client_info.session.streaming.clear()
        return
        yield


class Discovery(Common, DiscoveryHandler):
    async def on_get_resources(self, msg, msg_header, client_info=None):
        session = client_info.session
        nodes, edges = graph(session.rig, session.options.wellbore_channels)
        uri, scope = msg.context.uri, msg.scope.value
        if uri in (EMPTY, "eml:///dataspace('')", ROOT):
            # Of a dataspace, everything that is in it.
            found, ways = ([], []) if uri == EMPTY else (list(nodes), edges)
        elif uri in nodes:
            found, ways = walk(edges, uri, scope, msg.context.depth)
        else:
            code = NOT_FOUND if uri.startswith(ROOT) else INVALID_URI
            yield fault(code, f"not found: {uri}", msg_header)
            return
        types = msg.context.data_object_types
        wanted = lambda each: not types or nodes[each][0] in types or "witsml21.*" in types
        active = msg.active_status_filter
        resources = [resource(each, nodes, edges, msg.count_objects) for each in found if wanted(each)]
        resources = [each for each in resources if active is None or each["activeStatus"] == active.value]
        parts = [answer(DISCOVERY, 4, {"resources": part}, msg_header, LAST_PART) for part in session.cut(resources)]
        if msg.include_edges:
            told = [{"sourceUri": source, "targetUri": target, "relationshipKind": "Primary", "customData": {}}
                    for source, target in ways]
            parts.append(answer(DISCOVERY, 7, {"edges": told}, msg_header, LAST_PART))
        for part in session.in_parts(parts):
            yield part


class Dataspaces(Common, DataspaceHandler):
    async def on_get_dataspaces(self, msg, msg_header, client_info=None):
        spaces = [{"uri": uri, "path": path, "storeLastWrite": 0, "storeCreated": 0, "customData": {}}
                  for uri, path in ((ROOT, ""), (EMPTY, "empty"))]
        yield answer(DATASPACE, 2, {"dataspaces": spaces}, msg_header, LAST_PART)


class Etp12(etp_peer.EtpPeer):
    name = ETPConnection.SUB_PROTOCOL
    session = Session

    def __init__(self, options):
        super().__init__(options)
        handlers = {STREAMING: Streaming()} if options.simple else {
            DISCOVERY: Discovery(), SUBSCRIBE: Subscribe(), DATASPACE: Dataspaces()}
        table = {CORE: Core()} | handlers
        ETPConnection.transition_table = {CommunicationProtocol(number): each for number, each in table.items()}
        # It tells as errors what clients do wrong.
        logging.getLogger().setLevel(logging.CRITICAL)

    def read(self, frame):
        if isinstance(frame, str):
            raise ValueError("a text frame")
        try:
            header, name, body = decode(frame)
        except Exception as error:
            raise ValueError(f"{type(error).__name__} {error}") from None
        return {"protocol": header.protocol, "messageType": header.message_type,
                "correlationId": header.correlation_id, "messageId": header.message_id,
                "flags": header.message_flags, "name": name, "body": json.loads(body.json(by_alias=True))}

    def do_stop(self, rest):
        name, _, reason = rest.partition(" ")
        channel = self.rig.named(name)
        for session in self.sessions:
            if session.streaming.pop(channel, None) is not None:
                session.stopped([channel], reason)

    def do_names(self, _rest):
        nodes, _ = graph(self.rig, False)
        return json.dumps({channel.name if channel else name: uri for uri, (_, name, channel) in nodes.items()})

    def garbage(self):
        item = {"channelId": 1, "indexes": [{"item": ("long", 1)}], "value": {"item": None}, "valueAttributes": []}
        whole, start = CHANNEL_DATA({"data": [item]}, 1, 0, 2), CHANNEL_DATA({"data": []}, 1, 0, 2)[:-1]
        return [
            b"", "no message", b"\xff" * 12, b"\x80", whole[:-2], whole[:3],
            # No such type; a count of 2^60; a branch that is none; bytes that are said to be gzip and are not.
            bytes([42, 198, 1, 0, 2, 4]),
            start + b"\x80\x80\x80\x80\x80\x80\x80\x80\x20",
            start + bytes([2, 2, 0, 0, 38, 0, 0]),
            bytes([42, 8, 0, 2, 20]) + b"no gzip",
        ]


# etpproto's table does not know that exceptions and acknowledgements belong to all protocols.
OF_ALL = {number: TYPES["0"][number] for number in ("1000", "1001")}
ALL_TYPES = {protocol: {**types, **OF_ALL} for protocol, types in TYPES.items()}


def decode(frame):
    """A frame's header, the name of its message and its body, by etpproto."""
    header, body = decode_binary_message(frame, ALL_TYPES)
    return header, type(body).__name__, body


def options():
    parser = etp_peer.parser(__doc__.partition("\n")[0])
    parser.add_argument("--auth", choices=["none", "query", "message"], default="none",
                        help=f"query: wants ?Authorization=Bearer%%20{TOKEN}, or the header, else 401; message: "
                             f"exception 27 to all until an Authorize with `Bearer {TOKEN}`")
    parser.add_argument("--wellbore-channels", action="store_true", help="channels are sources of their wellbore")
    parser.add_argument("--multipart", action="store_true",
                        help="answers metadata and resources in parts of which but the last is marked as such")
    parser.add_argument("--eager", action="store_true", help="data goes before the answer to SubscribeChannels")
    parser.add_argument("--max-message", type=int, default=2**24, metavar="BYTES", help="what a message may hold")
    return parser.parse_args()


if __name__ == "__main__":
    Etp12(options()).run()
