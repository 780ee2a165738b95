"""What both ETP stand-ins measure: a small rig with a log over time and one over depth, and how much of it was told.

Indexes are µs since 1970 for time and metres for depth; what a version makes of them on the wire is its own matter.
"""
import math
import time
from collections import deque
from typing import Any, NamedTuple

HISTORY_S = 30 * 60
DEPTH_ROWS = 500
FIRST_DEPTH = 1000.0
DEPTH_STEP = 0.1
KEPT = 200_000


class Index(NamedTuple):
    kind: str  # "time" or "depth"
    name: str
    uom: str


class Item(NamedTuple):
    """One value of one channel; the indexes are those of the channel, the primary one first."""

    channel: Any
    indexes: tuple
    value: Any


TIME = Index("time", "TIME", "us")
DEPTH = Index("depth", "MD", "m")


class Channel:
    """`branch` is the member of ETP's union of values that its values go as, `value` their course over the index."""

    def __init__(self, order, name, log, indexes, uom, branch, rate, value, about, length=None):
        self.order, self.name, self.log, self.indexes = order, name, log, indexes
        self.uom, self.branch, self.rate, self.value, self.about, self.length = uom, branch, rate, value, about, length
        self.points = deque(maxlen=KEPT)
        self.status, self.removed, self.bursting = "Active", False, False
        self.due = 0.0
        # What was told: in streams, in answers to range requests, as changes of the past.
        self.sent = self.ranged = self.changed = 0

    @property
    def timed(self):
        return self.indexes[0].kind == "time"

    def item(self, point):
        return Item(self, *point)

    def last(self):
        """The last primary index."""
        return self.points[-1][0][0] if self.points else (0 if self.timed else FIRST_DEPTH)

    def keep(self, indexes, value):
        self.points.append((indexes, value))
        return Item(self, indexes, value)

    def next_indexes(self, now):
        """Those of a value of this moment: after all before it."""
        if self.timed:
            return (max(now, self.last() + 1),)
        depth = round(self.last() + DEPTH_STEP, 3)
        return (depth,) if len(self.indexes) == 1 else (depth, now)

    def value_at(self, index):
        return self.value(index / 1e6 if self.timed else index)

    def measure(self, now):
        indexes = self.next_indexes(now)
        return self.keep(indexes, self.value_at(indexes[0]))

    def measure_at(self, at):
        """Of a time channel; `at` is after all that it has."""
        return self.keep((at,), self.value_at(at))

    def fill_before(self, count):
        """More of the past; the capacity grows with it."""
        (first, *other), _ = self.points[0]
        past = []
        for n in range(count, 0, -1):
            index = first - n * 1_000_000 if self.timed else round(first - n * DEPTH_STEP, 3)
            past.append(((index, *other), self.value_at(index)))
        self.points = deque([*past, *self.points], maxlen=count + len(self.points) + KEPT)

    def between(self, start, end):
        return [self.item(point) for point in self.points if start <= point[0][0] <= end]

    def after(self, start, inclusive):
        return [self.item(point) for point in self.points if point[0][0] > start or inclusive and point[0][0] == start]

    def latest(self, count):
        return [self.item(point) for point in list(self.points)[-count:]] if count > 0 else []


def wave(at, period, phase=0.0):
    return math.sin(2 * math.pi * at / period + phase)


def trace(at):
    return [round(wave(k, 16, at) + 0.1 * wave(k, 5, 3 * at), 4) for k in range(64)]


LOGS = {"SURFACE": "Surface time log", "DEPTH": "Depth log"}

# Name, log, indexes, unit, branch, values a second, course, words, length of a vector.
CHANNELS = [
    ("HKLD", "SURFACE", [TIME], "N", "double", 10, lambda t: round(1.2e6 + 2e5 * wave(t, 60), 1), "Hook load"),
    ("BPOS", "SURFACE", [TIME], "m", "double", 10, lambda t: round(15 + 14 * wave(t, 45), 3), "Block position"),
    ("GAS", "SURFACE", [TIME], "%", "float", 10, lambda t: 2.5 + 0.0625 * round(16 * wave(t, 300)), "Total gas"),
    ("MSG", "SURFACE", [TIME], "Euc", "string", 0.5, lambda t: f"entry of {int(t)}", "Driller's messages"),
    ("PUMP", "SURFACE", [TIME], "Euc", "boolean", 1, lambda t: int(t) % 20 < 12, "Mud pump runs"),
    ("WAVE", "SURFACE", [TIME], "V", "array", 2, trace, "Trace of a sensor", 64),
    ("GR", "DEPTH", [DEPTH], "gAPI", "double", 1, lambda md: round(75 + 40 * wave(md, 12), 2), "Gamma ray"),
    ("ROP", "DEPTH", [DEPTH], "m/h", "double", 1, lambda md: round(18 + 6 * wave(md, 7), 2), "Rate of penetration"),
    ("ECD", "DEPTH", [DEPTH, TIME], "kg/m3", "double", 1, lambda md: round(1350 + 8 * wave(md, 30), 1),
     "Equivalent density"),
]
# How many seconds lie between what is stored; one where nothing is said.
STORED_EVERY = {"MSG": 30}


class Rig:
    def __init__(self):
        self.channels = {spec[0]: Channel(order, *spec) for order, spec in enumerate(CHANNELS)}
        self.fill(int(time.time()))

    def fill(self, now):
        for channel in self.channels.values():
            every = STORED_EVERY.get(channel.name, 1)
            if channel.timed:
                for at in range(now - HISTORY_S, now, every):
                    channel.keep((at * 1_000_000,), channel.value(at))
                continue
            for row in range(DEPTH_ROWS):
                depth = round(FIRST_DEPTH + row * DEPTH_STEP, 3)
                at = (now - (DEPTH_ROWS - row) * 10) * 1_000_000
                channel.keep((depth, at)[: len(channel.indexes)], channel.value(depth))

    def named(self, name):
        return self.channels[name]

    def living(self):
        return [channel for channel in self.channels.values() if not channel.removed]

    def tick(self, now, seconds):
        """What was measured in the last few seconds; `now` is in µs."""
        items = []
        for channel in self.living():
            if channel.bursting or channel.status != "Active":
                continue
            channel.due += channel.rate * seconds
            # A tick that comes a moment early counts as one.
            count = max(int(channel.due + 0.1), 0)
            channel.due -= count
            items += [channel.measure(now - int((count - 1 - n) * seconds * 1e6 / count)) for n in range(count)]
        return in_rows(items)


def in_rows(items):
    """As a store tells them: what has the same index stands side by side."""
    return sorted(items, key=lambda item: (not item.channel.timed, item.indexes[0], item.channel.order))
