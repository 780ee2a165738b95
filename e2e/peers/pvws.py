"""A stand-in for EPICS PV Web Socket (ornl-epics/pvws, ControlSystemStudio/pvws-springboot): process variables as JSON.

Written from their sources, of 2022: metadata goes with a PV's first update alone, later ones hold the value and what
has changed. Their path is /pvws/pv; here it is free. Beside the commands of standin.py it obeys

    set <pv> <json>      a value, kept from then on: a number, "NaN", text, the index of a label, a list
    free <pv>            lets it change by itself again
    disconnect <pv>      connect <pv>
    quiet on|off         stops the changes of every second; lets them go
"""
import base64
import math
import struct
import time

import standin


class Pv:
    """`vtype` as EPICS names it; `display` is what the first update tells of a number."""

    def __init__(self, vtype, value_at, display=None, labels=None, writable=False):
        self.vtype, self.value_at, self.display, self.labels = vtype, value_at, display or {}, labels
        self.writable = writable
        self.set, self.connected = None, True

    def kind(self):
        """What the sources compare to know whether the last value was of the same kind."""
        return self.vtype if self.connected else "VString"

    def keep(self, value):
        """Takes a value in, as far as it is one of this type."""
        match self.vtype:
            case "VDouble":
                value = value if value == "NaN" else float(value)
            case "VLong":
                value = int(value)
            case "VEnum":
                value = self.labels.index(value) if value in self.labels else range(len(self.labels))[value]
            case "VString":
                value = str(value)
            case "VDoubleArray" | "VIntArray":
                content_of_array(self.vtype, value)
        self.set = value

    def value(self):
        return self.value_at(time.time()) if self.set is None else self.set

    def severity(self):
        if not self.connected:
            return "INVALID"
        value = self.value()
        if self.vtype not in ("VDouble", "VLong"):
            return "NONE"
        if value == "NaN":
            return "INVALID"
        for severity, limits in (("MAJOR", "alarm"), ("MINOR", "warn")):
            low, high = (self.display.get(f"{limits}_{end}", math.nan) for end in ("low", "high"))
            if value < low or value > high:
                return severity
        return "NONE"


def display(units, low, high, precision, description=""):
    """A simulated PV warns beyond the middle 60 % of its range, and alarms beyond the middle 80 %."""
    span = high - low
    return {
        "units": units, "description": description, "precision": precision, "min": low, "max": high,
        "warn_low": low + span / 5, "warn_high": high - span / 5,
        "alarm_low": low + span / 10, "alarm_high": high - span / 10,
    }


def variables():
    plain = {"units": "", "description": "", "precision": 0}
    return {
        "sim://sine": Pv("VDouble", lambda at: 5 * math.sin(at / 10), display("a.u.", -5.0, 5.0, 2)),
        "sim://ramp": Pv("VLong", lambda at: int(at) % 100, display("mm", 0, 100, 0, "a table that moves")),
        "loc://greeting": Pv("VString", lambda _at: "hello", writable=True),
        "loc://level": Pv("VDouble", lambda _at: 7.5, display("bar", 0.0, 20.0, 1), writable=True),
        "demo:mode": Pv("VEnum", lambda at: int(at) // 3 % 3, labels=["Off", "On", "Auto"]),
        "sim://sinewave": Pv("VDoubleArray", lambda at: [math.sin(at + n / 5) for n in range(32)], plain),
        "demo:counts": Pv("VIntArray", lambda at: [int(at) % 60, -1, 2**31 - 1], plain),
        "demo:gone": gone(),
    }


def gone():
    pv = Pv("VDouble", lambda _at: 1.0, display("K", 0.0, 10.0, 2))
    pv.connected = False
    return pv


class Monitor:
    """What one socket was told of a PV last."""

    def __init__(self):
        self.kind, self.severity, self.readonly = None, None, True

    def update(self, name, pv, writable):
        """A message as Vtype2Json makes it: a change of severity is told only between values of one kind."""
        message = {"type": "update", "pv": name}
        kind, severity = pv.kind(), pv.severity()
        if self.kind is None:
            message |= {} if kind == "VString" else {"vtype": kind} | pv.display
            message |= {"labels": pv.labels} if kind == "VEnum" else {}
        if self.kind is None or (kind == self.kind and severity != self.severity):
            message["severity"] = severity
        message |= content(pv)
        readonly = not (writable and pv.writable)
        if readonly != self.readonly:
            message["readonly"] = readonly
        seconds, nanos = divmod(time.time_ns(), 1_000_000_000)
        self.kind, self.severity, self.readonly = kind, severity, readonly
        return message | {"seconds": seconds, "nanos": nanos}


def content(pv):
    if not pv.connected:
        return {"text": "Disconnected"}
    value = pv.value()
    match pv.vtype:
        case "VString":
            return {"text": str(value)}
        case "VEnum":
            return {"value": value, "text": pv.labels[value]}
        case "VDoubleArray" | "VIntArray":
            return content_of_array(pv.vtype, value)
    return {"value": value}


def content_of_array(vtype, numbers):
    """Doubles or integers of 32 bits, little endian, in Base64."""
    member, form = {"VDoubleArray": ("b64dbl", "d"), "VIntArray": ("b64int", "i")}[vtype]
    return {member: base64.b64encode(struct.pack(f"<{len(numbers)}{form}", *numbers)).decode()}


class Pvws(standin.StandIn):
    def __init__(self, options):
        super().__init__(options)
        self.pvs = variables()
        self.monitors = {}
        self.quiet = False

    async def talk(self, socket):
        self.monitors[socket] = {}
        try:
            async for frame in socket:
                self.heard(frame)
                await self.obey_message(socket, frame)
        finally:
            del self.monitors[socket]

    async def obey_message(self, socket, frame):
        """What is no message is logged by the real one and not answered."""
        try:
            message = standin.read_json(frame if isinstance(frame, str) else "binary")
        except standin.NotJson:
            return
        mine = self.monitors[socket]
        match message:
            case {"type": "subscribe" | "monitor", "pvs": list(names)}:
                for name in map(str, names):
                    if name not in mine:
                        mine[name] = Monitor()
                        self.tell_update(socket, name)
            case {"type": "clear", "pvs": list(names)}:
                for name in map(str, names):
                    mine.pop(name, None)
            case {"type": "list"}:
                self.say(socket, {"type": "list", "pvs": list(mine)})
            case {"type": "write", "pv": name, "value": value}:
                self.write(socket, str(name), value)
            case {"type": "ping"}:
                await socket.ping(b"")
            case {"type": "echo"}:
                self.send(frame, [socket])

    def say(self, socket, message):
        self.send(standin.write_json(message), [socket])

    def tell_update(self, socket, name):
        """Of a PV that nobody serves nothing is ever told."""
        if name in self.pvs:
            self.say(socket, self.monitors[socket][name].update(name, self.pvs[name], self.options.writable))

    def write(self, socket, name, value):
        if name not in self.monitors[socket]:
            return self.say(socket, {"type": "error", "message": f"Cannot write unknown PV {name}"})
        if not self.options.writable:
            return self.say(socket, {"type": "error", "message": "PV_WRITE_SUPPORT is disabled"})
        if name not in self.pvs or not self.pvs[name].writable:
            return self.say(socket, {"type": "error", "message": f"{name} is read-only"})
        try:
            self.pvs[name].keep(value)
        except (TypeError, ValueError) as error:
            return self.say(socket, {"type": "error", "message": str(error)})
        return self.changed(name)

    def changed(self, name):
        for socket, mine in self.monitors.items():
            if name in mine:
                self.tell_update(socket, name)

    async def background(self):
        await standin.every_second(self.tick)

    def tick(self):
        for name, pv in self.pvs.items():
            if not self.quiet and pv.connected and pv.set is None and not name.startswith("loc:"):
                self.changed(name)

    def do_set(self, rest):
        name, value = rest.split(" ", 1)
        self.pvs[name].keep(standin.json_or_text(value))
        self.changed(name)

    def do_free(self, name):
        self.pvs[name].set = None
        self.changed(name)

    def do_disconnect(self, name):
        self.pvs[name].connected = False
        self.changed(name)

    def do_connect(self, name):
        self.pvs[name].connected = True
        self.changed(name)

    def do_quiet(self, rest):
        self.quiet = standin.switched(rest)


def options():
    parser = standin.parser(__doc__.partition("\n")[0])
    parser.add_argument("--writable", action="store_true", help="as with PV_WRITE_SUPPORT, for loc://")
    return parser.parse_args()


if __name__ == "__main__":
    Pvws(options()).run()
