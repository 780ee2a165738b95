"""A stand-in for any WebSocket: messages of a shape that nobody has seen, and whatever manners a test wants.

With --push one of these goes to all sockets, again and again:

    json     {"bench":{"readings":[{"sensor":"T1","v":"21.50","u":"degC"},…],"at":"2026-11-21T20:00:00.000Z"}}
    jsonl    a line for each sensor: {"ch":"T1","val":21.5,"ms":1795291200000}
    text     T1=21.50 C; P=1013 hPa
    binary   7 bytes, little endian: T1 as f32 at 0, P as u16 at 4 in tenths of hPa, a bit field at 6: bit 0 the pump,
             bit 1 the valve, bits 4 to 7 the mode, 0 to 15

{"cmd":"ping"} is answered by {"cmd":"pong"}. Beside the commands of standin.py it obeys

    set <sensor> [value]   T1, P, pump, valve or mode: a number, kept from then on; without one it changes again
    push                   one message at once
    quiet on|off           stops the messages; lets them go
    mute on|off            stops the answers; lets them go
    backwards [off]        each next timestamp is a second before the last one
    big <bytes>            one JSON text frame of about that size
"""
import asyncio
import json
import math
import struct
import time
from datetime import datetime, timezone

import standin

TOKEN = "s3cret"
UNITS = {"T1": "degC", "P": "hPa"}


def at_random(at):
    """Not quite: all follow the clock."""
    return {
        "T1": 21.5 + 2 * math.sin(at / 20), "P": 1013 + 5 * math.sin(at / 60),
        "pump": int(at) % 4 < 2, "valve": int(at) % 10 < 5, "mode": int(at) // 10 % 16,
    }


class Stream(standin.StandIn):
    def __init__(self, options):
        super().__init__(options)
        self.subprotocol = options.subprotocol
        self.ready = set()
        self.fixed = {}
        self.quiet = self.mute = False
        self.last = self.step = None
        self.started = time.time()

    async def talk(self, socket):
        """The greeting first; with --login nothing else until somebody has logged in."""
        if self.options.hello:
            self.send(self.options.hello, [socket])
        try:
            if self.options.login and not await self.logged_in(socket):
                return
            self.ready.add(socket)
            async for frame in socket:
                self.heard(frame)
                self.answer(socket, frame)
        finally:
            self.ready.discard(socket)

    async def logged_in(self, socket):
        frame = await socket.recv()
        self.heard(frame)
        match message_of(frame):
            case {"cmd": "login", "token": token} if token == TOKEN:
                self.send('{"login":"ok"}', [socket])
                return True
            case {"cmd": "login"}:
                await socket.close(4401, "bad token")
            case _:
                await socket.close(4401, "log in first")
        return False

    def answer(self, socket, frame):
        if self.mute:
            return
        match message_of(frame):
            case {"id": given, "cmd": "status"} if self.options.poll:
                status = {"state": "running", "load": 0.42, "uptime_s": round(time.time() - self.started, 1)}
                self.send(standin.write_json({"id": given, "status": status}), [socket])
            case {"cmd": "ping"}:
                self.send('{"cmd":"pong"}', [socket])

    # What is pushed.

    def now(self):
        """In seconds; where it goes backwards, one less than last time."""
        self.last = time.time() if self.step is None else self.last + self.step
        return self.last

    def message(self):
        at = self.now()
        values = at_random(at) | self.fixed
        match self.options.push:
            case "json":
                readings = [{"sensor": s, "v": f"{values[s]:.2f}", "u": unit} for s, unit in UNITS.items()]
                return json.dumps({"bench": {"readings": readings, "at": rfc3339(at)}})
            case "jsonl":
                lines = [{"ch": s, "val": round(values[s], 2), "ms": round(at * 1000)} for s in UNITS]
                return "".join(json.dumps(line) + "\n" for line in lines)
            case "text":
                return f"T1={values['T1']:.2f} C; P={values['P']:.0f} hPa"
        return packed(values)

    async def background(self):
        while self.options.push:
            await asyncio.sleep(self.options.every)
            if not self.quiet:
                self.send(self.message(), self.ready)

    def do_push(self, _rest):
        self.send(self.message(), self.ready)

    def do_set(self, rest):
        sensor, _, value = rest.partition(" ")
        if sensor not in at_random(0):
            raise ValueError(sensor)
        fixed = {name: kept for name, kept in self.fixed.items() if name != sensor}
        if value:
            fixed[sensor] = float(value) if sensor in UNITS else int(standin.read_json(value))
        # What does not fit is refused, and not met later.
        packed(at_random(0) | fixed)
        self.fixed = fixed

    def do_quiet(self, rest):
        self.quiet = standin.switched(rest)

    def do_mute(self, rest):
        self.mute = standin.switched(rest)

    def do_backwards(self, rest):
        self.step = None if rest == "off" else -1
        self.last = self.last or time.time()

    def do_big(self, rest):
        frame = '{"bench":{"blob":"%s"}}'
        self.send(frame % ("x" * max(0, int(rest) - len(frame) + 2)), self.ready)


def packed(values):
    bits = int(values["pump"]) | int(values["valve"]) << 1 | int(values["mode"]) << 4
    return struct.pack("<fHB", values["T1"], round(values["P"] * 10), bits)


def message_of(frame):
    try:
        return standin.read_json(frame if isinstance(frame, str) else frame.decode())
    except (standin.NotJson, UnicodeDecodeError):
        return None


def rfc3339(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def options():
    parser = standin.parser(__doc__.partition("\n")[0])
    parser.add_argument("--hello", metavar="JSON", help="what it says to whoever comes")
    parser.add_argument("--login", action="store_true", help=f'wants {{"cmd":"login","token":"{TOKEN}"}} first')
    parser.add_argument("--poll", action="store_true", help='answers {"id":X,"cmd":"status"}')
    parser.add_argument("--push", choices=["json", "jsonl", "text", "binary"])
    parser.add_argument("--every", type=float, default=1, metavar="S")
    parser.add_argument("--subprotocol", metavar="NAME")
    return parser.parse_args()


if __name__ == "__main__":
    Stream(options()).run()
