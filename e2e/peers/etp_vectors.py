"""Holds the codecs of the ETP stand-ins against tests/data/etp/etp-vectors.jsonl, which others wrote and read."""
import io
import json
from pathlib import Path

import fastavro

import etp11_schema
import etp12

VECTORS = Path(__file__).parents[2] / "tests/data/etp/etp-vectors.jsonl"


def vectors(version):
    loaded = [json.loads(line) for line in VECTORS.read_text("utf-8").splitlines()]
    return [each for each in loaded if each["version"] == version and each["encoding"] == "binary"]


def short(value):
    """Without the namespaces of Avro, and with JSON's means."""
    match value:
        case dict():
            return {key.split(".")[-1]: short(member) for key, member in value.items()}
        case list():
            return [short(member) for member in value]
        case bytes():
            return f"0x{value.hex()}"
        case float() if value != value or value in (float("inf"), float("-inf")):
            return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    return value


def those_of_11():
    """Each is read as others read it, and written again byte for byte."""
    for vector in vectors("1.1"):
        frame = bytes.fromhex(vector["hex"])
        header, name, body = etp11_schema.decode(frame)
        assert header == vector["decoded"]["header"], vector["name"]
        assert short(body) == short(vector["decoded"]["body"]), vector["name"]
        again = etp11_schema.encode(name, body, message_id=header["messageId"], flags=header["messageFlags"],
                                    correlation_id=header["correlationId"], protocol=header["protocol"])
        # Blocks with their size are legal, but fastavro writes none.
        assert (again == frame) == (vector["name"] != "ChannelData-blocks-negative-count"), vector["name"]
        for cut in range(len(frame)):
            try:
                etp11_schema.decode(frame[:cut])
            except etp11_schema.Unreadable:
                continue
            assert name is None, f"{vector['name']} cut at {cut} is read"


def without_namespaces(schema):
    match schema:
        case str():
            return schema.split(".")[-1]
        case dict():
            kept = {key: member for key, member in schema.items() if key not in ("namespace", "default")}
            return {key: member if key == "symbols" else without_namespaces(member) for key, member in kept.items()}
        case list():
            return [without_namespaces(each) for each in schema]
    return schema


def those_of_12():
    """etptypes' schemas are held against what others wrote, byte for byte, and what etpproto makes of a message's head.

    Its models are not: they know no sparse arrays, and lose the changes in a ChangeResponseInfo."""
    for vector in vectors("1.2"):
        header, frame = vector["decoded"]["header"], bytes.fromhex(vector["hex"])
        # It knows neither compression nor extensions.
        if header["messageFlags"] & 0x28:
            continue
        number = "0" if header["messageType"] >= 1000 else str(header["protocol"])
        text = etp12.avro_schema(etp12.TYPES[number][str(header["messageType"])])
        schema = etp11_schema.parsed(without_namespaces(json.loads(text)))
        rest = io.BytesIO(frame)
        assert fastavro.schemaless_reader(rest, etp12.Written.header) == header, vector["name"]
        start = rest.tell()
        body = fastavro.schemaless_reader(rest, schema)
        assert not rest.read() and short(body) == short(vector["decoded"]["body"]), vector["name"]
        out = io.BytesIO()
        fastavro.schemaless_writer(out, schema, body)
        assert out.getvalue() == frame[start:], vector["name"]
        if "AnySparseArray" not in str(body):
            assert etp12.decode(frame)[1] == vector["record"].split(".")[-1], vector["name"]
