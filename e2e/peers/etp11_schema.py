"""The messages of ETP 1.1 that a streaming server needs, and their binary form, by fastavro.

The types stand below in a short notation, after etp.md section 10: `x[]` is an array, `map<x>` has text as keys,
`[a | b]` is a union in the order of its branches. Values are as Avro's JSON encoding has them: what is in a union is
None or {"<branch>": value}, so that 5 as an int and 5 as a long stay two things. To that end each branch of a union is
a record of one field here, which makes no difference on the wire.
"""
import io
import re

import fastavro

PRIMITIVE = {"null", "boolean", "int", "long", "float", "double", "string", "bytes"}

TYPES = """
MessageHeader: protocol: int; messageType: int; correlationId: long; messageId: long; messageFlags: int
ArrayOfDouble: values: double[]
DataValue: item: [null | double | float | int | long | string | ArrayOfDouble | boolean | bytes]
DataAttribute: attributeId: int; attributeValue: DataValue
Version: major: int; minor: int; revision: int; patch: int
SupportedProtocol: protocol: int; protocolVersion: Version; role: string; protocolCapabilities: map<DataValue>
ChannelIndexTypes = Time, Depth
ChannelStatuses = Active, Inactive, Closed
IndexDirections = Increasing, Decreasing
ChannelRangeInfo: channelId: long[]; startIndex: long; endIndex: long
DataItem: indexes: long[]; channelId: long; value: DataValue; valueAttributes: DataAttribute[]
IndexMetadataRecord: indexType: ChannelIndexTypes; uom: string; depthDatum: [null | string]; \
direction: IndexDirections; mnemonic: [null | string]; description: [null | string]; uri: [null | string]; \
customData: map<DataValue>; scale: int; timeDatum: [null | string]
StreamingStartIndex: item: [null | int | long]
ChannelStreamingInfo: channelId: long; startIndex: StreamingStartIndex; receiveChangeNotification: boolean
Resource: uri: string; contentType: string; name: string; channelSubscribable: boolean; customData: map<string>; \
resourceType: string; hasChildren: int; uuid: [null | string]; lastChanged: long; objectNotifiable: boolean
DataObject: resource: Resource; contentEncoding: string; data: bytes
ChannelMetadataRecord: channelUri: string; channelId: long; indexes: IndexMetadataRecord[]; channelName: string; \
dataType: string; uom: string; startIndex: [null | long]; endIndex: [null | long]; description: string; \
status: ChannelStatuses; contentType: [null | string]; source: string; measureClass: string; uuid: [null | string]; \
customData: map<DataValue>; domainObject: [null | DataObject]
0/1 RequestSession: applicationName: string; applicationVersion: string; requestedProtocols: SupportedProtocol[]; \
supportedObjects: string[]
0/2 OpenSession: applicationName: string; applicationVersion: string; sessionId: string; \
supportedProtocols: SupportedProtocol[]; supportedObjects: string[]
0/5 CloseSession: reason: [null | string]
0/6 RenewSecurityToken: token: string
0/1000 ProtocolException: errorCode: int; errorMessage: string
0/1001 Acknowledge:
1/0 Start: maxMessageRate: int; maxDataItems: int
1/1 ChannelDescribe: uris: string[]
1/2 ChannelMetadata: channels: ChannelMetadataRecord[]
1/3 ChannelData: data: DataItem[]
1/4 ChannelStreamingStart: channels: ChannelStreamingInfo[]
1/5 ChannelStreamingStop: channels: long[]
1/6 ChannelDataChange: channelId: long; startIndex: long; endIndex: long; data: DataItem[]
1/8 ChannelRemove: channelId: long; removeReason: [null | string]
1/9 ChannelRangeRequest: channelRanges: ChannelRangeInfo[]
1/10 ChannelStatusChange: channelId: long; status: ChannelStatuses
3/1 GetResources: uri: string
3/2 GetResourcesResponse: resource: Resource
"""


class Unreadable(ValueError):
    """A frame that is no message of ETP 1.1."""


def read_types(text):
    """The lines of the notation: types by name, and the names of messages by protocol and type."""
    types, messages = {}, {}
    for line in text.strip().splitlines():
        number, name, mark, rest = re.fullmatch(r"(?:(\d+/\d+) )?(\w+) ?([:=])(.*)", line).groups()
        if mark == "=":
            types[name] = {"type": "enum", "name": name, "symbols": [word.strip() for word in rest.split(",")]}
        else:
            fields = [tuple(part.strip() for part in field.split(":")) for field in rest.split(";") if field.strip()]
            types[name] = {"type": "record", "name": name, "fields": fields}
        if number:
            messages[tuple(int(part) for part in number.split("/"))] = name
    return types, messages


NAMED, MESSAGES = read_types(TYPES)
NUMBERS = {name: number for number, name in MESSAGES.items()}


def schema_of(form, known):
    """Avro's schema of a type in the notation; a name is spelt out where it stands first."""
    if form.endswith("[]"):
        return {"type": "array", "items": schema_of(form[:-2], known)}
    if form.startswith("map<"):
        return {"type": "map", "values": schema_of(form[4:-1], known)}
    if form.startswith("["):
        return [schema_of(each.strip(), known) for each in form[1:-1].split("|")]
    if form in PRIMITIVE or form in known:
        return form
    known.add(form)
    named = NAMED[form]
    if named["type"] == "enum":
        return named
    return named | {"fields": [{"name": key, "type": schema_of(each, known)} for key, each in named["fields"]]}


def with_branches(schema, known):
    """A schema of Avro, its names without namespaces, with each branch of its unions in a record."""
    match schema:
        case list():
            return [branch(each, known) for each in schema]
        case {"type": "record", "name": name, "fields": fields}:
            told = [{"name": field["name"], "type": with_branches(field["type"], known)} for field in fields]
            return {"type": "record", "name": name, "fields": told}
        case {"type": "array", "items": items}:
            return {"type": "array", "items": with_branches(items, known)}
        case {"type": "map", "values": values}:
            return {"type": "map", "values": with_branches(values, known)}
    return schema


def branch(schema, known):
    if schema == "null":
        return schema
    form = schema if isinstance(schema, str) else schema["name"]
    name = branch_name(form)
    if name in known:
        return name
    known.add(name)
    return {"type": "record", "name": name, "fields": [{"name": form, "type": with_branches(schema, known)}]}


def branch_name(form):
    return f"union_{form}"


def parsed(schema):
    return fastavro.parse_schema(with_branches(schema, set()))


SCHEMAS = {name: parsed(schema_of(name, set())) for name in ["MessageHeader", *MESSAGES.values()]}


def chosen(form, value):
    """A value in a union, named beforehand: much faster than fastavro's own search for the branch that fits."""
    return (branch_name(form), {form: value})


def name_of(protocol, message_type):
    """Exceptions and acknowledgements belong to all protocols."""
    return MESSAGES.get((0 if message_type >= 1000 else protocol, message_type))


def encode(name, body, *, message_id, correlation_id=0, flags=0, protocol=None):
    default, message_type = NUMBERS[name]
    header = {"protocol": default if protocol is None else protocol, "messageType": message_type,
              "correlationId": correlation_id, "messageId": message_id, "messageFlags": flags}
    out = io.BytesIO()
    fastavro.schemaless_writer(out, SCHEMAS["MessageHeader"], header)
    fastavro.schemaless_writer(out, SCHEMAS[name], body)
    return out.getvalue()


def decode(frame):
    """A frame's header, the name of its message and its body."""
    if isinstance(frame, str):
        raise Unreadable("a text frame")
    rest = io.BytesIO(frame)
    try:
        header = fastavro.schemaless_reader(rest, SCHEMAS["MessageHeader"])
        name = name_of(header["protocol"], header["messageType"])
        body = fastavro.schemaless_reader(rest, SCHEMAS[name]) if name else None
    except Exception as error:  # fastavro has many ways to fail.
        raise Unreadable(f"{type(error).__name__} {error}") from None
    if name and rest.read(1):
        raise Unreadable("more than a message")
    return header, name, body
