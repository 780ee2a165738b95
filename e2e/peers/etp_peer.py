"""What the ETP stand-ins of both versions share: the handshake, the rig that measures, its ledger, and the commands.

Beside `drop`, `send` and `binary` of standin.py they obey, NAME being a channel of etp_rig.py:

    rate NAME HZ             how often it measures
    put NAME VALUE           one value now: JSON, NaN, or text where it is neither
    null NAME                put NAME null
    stop-data, start-data    the clock that measures ten times a second
    burst N RATE [NAME]      N values, RATE a second, in blocks of 500; of HKLD if nothing is said
    waiting                  how many of these are still to come
    fill NAME N              stores N values before the first that is kept
    big BYTES [text]         one message of that size: many values of HKLD, or one of MSG; no limit is kept
    part N, pace MS          values in one part of an answer to a range request, and the wait between two parts
    exception CODE TEXT      one that belongs to no request
    close REASON             CloseSession, then the end of the socket
    remove NAME, add NAME    a channel that goes for good; comes back, with another id
    status NAME WORD         active, inactive or closed
    change NAME [N]          the last N values (10) were others: each number grows by 1000
    truncate NAME [N]        the last N values (10) never were
    ack                      one value of HKLD in a message that wants to be acknowledged
    acks                     how many Acknowledge messages came that belong to one
    wrong-id                 data of a channel that nobody knows
    garbage                  frames that are no messages; tells how many
    sent NAME                how many of its values went in streams, to all sessions
    ranged NAME              … in answers to range requests
    changed NAME             … as changes of the past
    streaming NAME           to how many sessions it goes
    last NAME                its last value, as JSON {"indexes":[…],"value":…}
    sessions                 how many there are
    forget                   sets all these counts to 0

What a client said is told with --print as `< ` and JSON: protocol, messageType, correlationId, messageId, flags, name,
body. What is no message is {"unreadable":"…","frame":"<hex>"}.
"""
import asyncio
import http
import itertools
import json
import math
import time
import urllib.parse

import standin
from etp_rig import Rig, in_rows

TOKEN = "s3cret"
TICK_S = 0.1
BLOCK = 500
NO_CHANNEL = 987_654


class Session:
    """One socket. What is said, and how, is the version's; the ids of channels are good in one session only."""

    def __init__(self, peer, socket, number):
        self.peer, self.options, self.rig, self.socket, self.number = peer, peer.options, peer.rig, socket, number
        self.ids, self.channels = {}, {}
        self.next_id = itertools.count(number * 100 + 1)
        # The channels that are streamed, and whether changes of their past are wanted.
        self.streaming = {}
        self.wants_ack = set()

    def send(self, frame):
        self.peer.send(frame, [self.socket])

    def id_of(self, channel):
        if channel not in self.ids:
            self.ids[channel] = next(self.next_id)
            self.channels[self.ids[channel]] = channel
        return self.ids[channel]

    def forget(self, channel):
        self.streaming.pop(channel, None)
        self.channels.pop(self.ids.pop(channel, None), None)

    def acknowledged(self, correlation_id):
        if correlation_id in self.wants_ack:
            self.wants_ack.discard(correlation_id)
            self.peer.acks += 1

    def shut(self, code=1000):
        standin.later(self.socket.close(code))

    def ended(self):
        """The socket is closed."""


class EtpPeer(standin.StandIn):
    name = None
    session = None

    def __init__(self, options):
        super().__init__(options)
        self.subprotocol = None if options.no_echo else self.name
        self.rig = Rig()
        self.sessions, self.numbers = [], itertools.count(1)
        self.measuring = True
        self.part, self.pace_s = BLOCK, 0.02
        self.acks = self.to_come = 0

    # Sockets.

    def admit(self, socket, request):
        """Query parameters go before headers: a page can set no headers (ETP-000-072)."""
        query = urllib.parse.parse_qsl(urllib.parse.urlsplit(request.path).query)
        given = {name.lower(): value for name, value in [*request.headers.raw_items(), *query]}
        refuse = lambda status: socket.respond(http.HTTPStatus(status), f"{http.HTTPStatus(status).phrase}\n")
        if self.options.refuse:
            return refuse(self.options.refuse)
        if given.get("etp-encoding", "binary").lower() != "binary":
            return refuse(412)
        if self.options.auth == "query" and given.get("authorization") != f"Bearer {TOKEN}":
            return refuse(401)
        return None

    async def talk(self, socket):
        session = self.session(self, socket, next(self.numbers))
        self.sessions.append(session)
        try:
            async for frame in socket:
                self.heard(frame)
                await session.handle(frame)
        finally:
            self.sessions.remove(session)
            session.ended()

    def heard(self, frame):
        if not self.options.print:
            return
        try:
            told = self.read(frame)
        except ValueError as error:
            told = {"unreadable": str(error), "frame": frame if isinstance(frame, str) else frame.hex()}
        self.tell("< " + told_as_json(told))

    def read(self, frame):
        """A frame as JSON, for whoever looks at what is printed."""
        raise NotImplementedError

    # The rig.

    async def background(self):
        last = time.time()
        while True:
            await asyncio.sleep(TICK_S - time.time() % TICK_S)
            now = time.time()
            if self.measuring:
                self.stream(self.rig.tick(int(now * 1e6), min(now - last, 1)))
            last = now

    def stream(self, items):
        for session in self.sessions:
            wanted = [item for item in items if item.channel in session.streaming]
            if wanted:
                session.stream(wanted)

    async def burst(self, channel, count, rate):
        channel.bursting = True
        loop = asyncio.get_running_loop()
        started, first, done = loop.time(), channel.last(), 0
        while done < count:
            size = min(BLOCK, count - done)
            await asyncio.sleep(started + (done + size) / rate - loop.time())
            items = []
            for n in range(done + 1, done + size + 1):
                at = first + int(n * 1e6 / rate) if channel.timed else int(time.time() * 1e6)
                items.append(channel.measure_at(at) if channel.timed else channel.measure(at))
            done += size
            self.to_come -= size
            self.stream(items)
        channel.bursting = False

    def do_rate(self, rest):
        name, rate = rest.split()
        self.rig.named(name).rate = float(rate)

    def do_put(self, rest):
        name, text = rest.split(" ", 1)
        channel = self.rig.named(name)
        value = math.nan if text == "NaN" else standin.json_or_text(text)
        self.stream([channel.keep(channel.next_indexes(int(time.time() * 1e6)), value)])

    def do_null(self, rest):
        self.do_put(f"{rest} null")

    def do_stop_data(self, _rest):
        self.measuring = False

    def do_start_data(self, _rest):
        self.measuring = True

    def do_burst(self, rest):
        count, rate, *name = rest.split()
        channel = self.rig.named(name[0] if name else "HKLD")
        self.to_come += int(count)
        standin.later(self.burst(channel, int(count), float(rate)))

    def do_waiting(self, _rest):
        return self.to_come

    def do_fill(self, rest):
        name, count = rest.split()
        self.rig.named(name).fill_before(int(count))

    def do_big(self, rest):
        size, *form = rest.split()
        for session in self.sessions:
            session.big(int(size), form == ["text"])

    def do_part(self, rest):
        self.part = int(rest)

    def do_pace(self, rest):
        self.pace_s = float(rest) / 1000

    def do_last(self, rest):
        indexes, value = self.rig.named(rest).points[-1]
        return told_as_json({"indexes": indexes, "value": value})

    # What is said out of turn.

    def do_exception(self, rest):
        code, _, text = rest.partition(" ")
        for session in self.sessions:
            session.exception(int(code), text)

    def do_close(self, rest):
        for session in self.sessions:
            session.leave(rest)

    def do_remove(self, rest):
        channel = self.rig.named(rest)
        channel.removed = True
        for session in self.sessions:
            if channel in session.ids:
                session.removed(channel, "removed")
                session.forget(channel)

    def do_add(self, rest):
        channel = self.rig.named(rest)
        channel.removed = False
        for session in self.sessions:
            session.added(channel)

    def do_status(self, rest):
        name, word = rest.split()
        channel = self.rig.named(name)
        channel.status = {"active": "Active", "inactive": "Inactive", "closed": "Closed"}[word]
        for session in self.sessions:
            if session.streaming.get(channel):
                session.status(channel)

    def do_change(self, rest):
        name, *count = rest.split()
        channel = self.rig.named(name)
        points = [channel.points.pop() for _ in range(int(count[0]) if count else 10)][::-1]
        grown = lambda value: value + 1000 if isinstance(value, (int, float)) and value is not True else value
        items = [channel.keep(indexes, grown(value)) for indexes, value in points]
        for session in self.sessions:
            if session.streaming.get(channel):
                session.replaced(channel, items)

    def do_truncate(self, rest):
        name, *count = rest.split()
        channel = self.rig.named(name)
        gone = [channel.points.pop() for _ in range(int(count[0]) if count else 10)][::-1]
        for session in self.sessions:
            if channel in session.streaming:
                session.truncated(channel, gone[0][0][0], gone[-1][0][0])

    def do_ack(self, _rest):
        channel = self.rig.named("HKLD")
        item = channel.measure(int(time.time() * 1e6))
        for session in self.sessions:
            if channel in session.streaming:
                session.acknowledge_this(item)

    def do_wrong_id(self, _rest):
        for session in self.sessions:
            session.stranger()

    def do_garbage(self, _rest):
        frames = self.garbage()
        for frame in frames:
            self.send(frame)
        return len(frames)

    # The ledger.

    def do_acks(self, _rest):
        return self.acks

    def do_sent(self, rest):
        return self.rig.named(rest).sent

    def do_ranged(self, rest):
        return self.rig.named(rest).ranged

    def do_changed(self, rest):
        return self.rig.named(rest).changed

    def do_streaming(self, rest):
        return sum(self.rig.named(rest) in session.streaming for session in self.sessions)

    def do_sessions(self, _rest):
        return len(self.sessions)

    def do_forget(self, _rest):
        self.acks = 0
        for channel in self.rig.channels.values():
            channel.sent = channel.ranged = channel.changed = 0


def backlog(items_of_channels):
    """What is told of several channels at once, in rows."""
    return in_rows([item for items in items_of_channels for item in items])


def told_as_json(value):
    """What JSON has no form for goes as text."""
    def plain(value):
        match value:
            case dict():
                return {name: plain(member) for name, member in value.items()}
            case list() | tuple():
                return [plain(member) for member in value]
            case bytes():
                return value.hex()
            case float() if not math.isfinite(value):
                return str(value)
        return value

    return json.dumps(plain(value))


def large(channel, size):
    """Values that together take about so many bytes: a long text, or many numbers, a µs after another."""
    first = channel.last()
    if channel.branch == "string":
        return [channel.keep((first + 1,), "x" * size)]
    return [channel.measure_at(first + n) for n in range(1, size // 20 + 2)]


def carried(items):
    """Each item, and whether its indexes are those of the one before it in the same message."""
    before = None
    for item in items:
        same = before is not None and item.indexes == before.indexes and item.channel.indexes == before.channel.indexes
        yield item, same
        before = item


def parser(about):
    arguments = standin.parser(about)
    arguments.add_argument("--simple", action="store_true", help="a simple producer: metadata and data unasked")
    arguments.add_argument("--no-echo", action="store_true", help="answers no subprotocol")
    arguments.add_argument("--refuse", type=int, metavar="STATUS", help="refuses the handshake: 400, 412, 503 …")
    arguments.add_argument("--full-indexes", action="store_true", help="never leaves repeated indexes out")
    return arguments
