"""A stand-in for an event server of NMOS IS-07: the state of a few sources, told by WebSocket.

Written from connector.md B.4 and the specification's examples and schemas. The path of the address is free. Beside the
commands of standin.py it obeys

    set <source> <json>   the payload's value, or the whole payload; sources are counted from 0
    reboot    shutdown    tells it to each receiver, for each source that it is subscribed to
    quiet on|off          stops the changes of every second; lets them go

With --check every message in both directions is held against the schemas: what does not fit is told on standard
error, and the exit code is then 3.
"""
import asyncio
import json
import math
import os
import sys
import time

import standin
from is07_schemas import Schemas

# TAI was that many seconds ahead of UTC when this was written, since 2017.
TAI_AHEAD_S = 37
# So long after the last health command, or after it was opened, a socket is closed.
PATIENCE_S = 12


class Source:
    """Its event type, and how its payload changes with the seconds."""

    def __init__(self, index, event_type, payload_at):
        self.id = f"6cbd0441-7882-44cd-9557-84224300000{index}"
        self.flow = f"ff455cf3-fb17-448b-8f4c-e6c0e290000{index}"
        self.event_type, self.payload_at = event_type, payload_at
        self.payload = payload_at(int(time.time()))
        self.changed = tai()


def sources():
    made = [
        ("boolean", lambda at: {"value": at % 4 < 2}),
        ("string", lambda at: {"value": ("ok", "busy", "off air")[at % 3]}),
        ("number/temperature/C", lambda at: {"value": round(201 + 30 * math.sin(at / 10)), "scale": 10}),
        ("number", lambda at: {"value": at % 1000}),
        ("boolean/enum/OnOff", lambda at: {"value": at % 6 < 3}),
    ]
    return [Source(index, *made_of) for index, made_of in enumerate(made)]


def tai():
    """`seconds:nanoseconds`"""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    return f"{seconds + TAI_AHEAD_S}:{nanoseconds}"


class Is07(standin.StandIn):
    def __init__(self, options):
        super().__init__(options)
        self.sources = sources()
        self.schemas = Schemas(options.check) if options.check else None
        self.subscribed = {}
        self.quiet = False

    async def talk(self, socket):
        """Nothing is told before the first command."""
        self.subscribed[socket] = []
        try:
            await self.obey_commands(socket)
        finally:
            del self.subscribed[socket]

    async def obey_commands(self, socket):
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                frame = await asyncio.wait_for(socket.recv(), deadline - time.monotonic())
            except TimeoutError:
                # What is subscribed ends with it.
                self.subscribed[socket] = []
                await socket.close(1000, f"no health command for {PATIENCE_S} s")
                return
            self.heard(frame)
            if self.command(socket, frame) == "health":
                deadline = time.monotonic() + PATIENCE_S

    def command(self, socket, frame):
        """Carries out a command; its name. What is none is passed over."""
        try:
            message = standin.read_json(frame if isinstance(frame, str) else "binary")
        except standin.NotJson:
            message = None
        self.check("command.json", message)
        match message:
            case {"command": "health", "timestamp": str(timestamp)}:
                timing = {"origin_timestamp": timestamp, "creation_timestamp": tai()}
                self.tell_all([socket], {"timing": timing, "message_type": "health"})
                return "health"
            case {"command": "subscription", "sources": list(wanted)}:
                self.subscribed[socket] = [source for source in self.sources if source.id in wanted]
                for source in self.subscribed[socket]:
                    self.tell_state([socket], source)
                return "subscription"
        return None

    def tell_state(self, sockets, source):
        self.tell_all(sockets, {
            "identity": {"source_id": source.id, "flow_id": source.flow},
            "event_type": source.event_type,
            "timing": {"creation_timestamp": tai(), "origin_timestamp": source.changed},
            "payload": source.payload,
            "message_type": "state",
        })

    def tell_all(self, sockets, message):
        self.check("message.json", message)
        self.send(standin.write_json(message), sockets)

    def check(self, schema, message):
        fault = self.schemas and self.schemas.fault(schema, message)
        if fault:
            print(f"{schema}: {fault}: {json.dumps(message)}", file=sys.stderr, flush=True)
            os._exit(3)

    def receivers(self, source):
        return [socket for socket, wanted in self.subscribed.items() if source in wanted]

    def change(self, source, payload):
        if payload != source.payload:
            source.payload, source.changed = payload, tai()
            self.tell_state(self.receivers(source), source)

    async def background(self):
        await standin.every_second(self.tick)

    def tick(self):
        for source in () if self.quiet else self.sources:
            self.change(source, source.payload_at(int(time.time())))

    def do_set(self, rest):
        index, value = rest.split(" ", 1)
        value, source = standin.read_json(value), self.sources[int(index)]
        keep = {name: member for name, member in source.payload.items() if name != "value"}
        self.change(source, value if isinstance(value, dict) else keep | {"value": value})

    def do_reboot(self, _rest):
        self.farewell("reboot")

    def do_shutdown(self, _rest):
        self.farewell("shutdown")

    def farewell(self, kind):
        for source in self.sources:
            identity = {"source_id": source.id, "flow_id": source.flow}
            timing = {"creation_timestamp": tai()}
            self.tell_all(self.receivers(source), {"identity": identity, "timing": timing, "message_type": kind})

    def do_quiet(self, rest):
        self.quiet = standin.switched(rest)


def options():
    parser = standin.parser(__doc__.partition("\n")[0])
    parser.add_argument("--check", metavar="FOLDER", help="the specification's schemas")
    return parser.parse_args()


if __name__ == "__main__":
    Is07(options()).run()
