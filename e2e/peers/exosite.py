"""A stand-in for Exosite's One Platform: its RPC over WebSocket, with the ways in which documents and clients differ.

Written from exosite.md (A.1 to A.9) and the documents that it cites. The sockets and what is told on them are here,
the resources and procedures in exosite_platform.py. Beside the commands of standin.py it obeys

    write <alias> <value>            a value, as if a device wrote it now
    at <alias> <timestamp> <value>   one of that second, also of an earlier one than the last
    big <bytes>                      a string of that size, written to `note`
    lock [n]      unlock             the n-th child client (1, 2; else the second); all
    quiet on|off                     stops the clock that writes three values a second; lets it go

A value is JSON, or text where it is not. An alias is the portal's, or else any other client's.
"""
import asyncio
import json
import math
import random
import time

import standin
from exosite_platform import NOTHING, Caller, Platform, Refusal, failed, formatted, number, object_or_nothing

CIK = "bef3c7f91ac3562e6a2212345678901234567890"
# May read everything and write nothing.
TOKEN = "0d7c3a5e91b24f680d7c3a5e91b24f680d7c3a5e"
# The RIDs that stand in the documents' examples, so that these can be sent as they are.
TEMPERATURE = "34eaae237988167d90bfc2ffeb666daaaaaaaaaa"
HUMIDITY = "85a85bd51361b976260d01234567890123456789"
PRESSURE = "ba423f0dd8c62039239601234567890123456789"
NOTE = "1b1ae80c224b4df0c74401234567890123456789"
NAMELESS = "553d1367fa4613f0eea894d1677a13ef1f091150"

PAST = 300
STEP_S = 10

# V15, with `$id` for the id of a subscription. What is bytes goes as a binary frame.
MALFORMED = [
    "this is not JSON",
    '[{"id":$id,"status":"ok","result":[1376709527,64.2]',
    "[]",
    "{}",
    "null",
    '[{"id":987654321,"status":"ok","result":[1376709527,64.2]}]',
    '[{"status":"ok","result":[1376709527,64.2]}]',
    '[{"id":$id,"status":"ok","result":"64.2"}]',
    '[{"id":$id,"status":"ok","result":{"1376709527":64.2}}]',
    '[{"id":$id,"status":"ok","result":[1376709527]}]',
    '[{"id":$id,"status":"ok","result":[[1376709527,64.2],1376709528]}]',
    '[{"id":$id,"status":"ok","result":["1376709527",64.2]}]',
    b"\x00\xff\x10\x80",
    b'[{"id":$id,"status":"ok","result":[1376709527,64.2]}]',
    '[{"id":$id,"status":"ok","result":[123456789012345678901234567890,64.2]}]',
    '[{"id":$id,"status":"ok","result":[1376709527,1e400]}]',
    "1e400",
]


def meta(unit, about=""):
    """Where Portals keeps a unit: JSON in a string (A.5)."""
    return json.dumps({"datasource": {"description": about, "unit": unit}}, ensure_ascii=False)


def dataport(form, name, **more):
    return {"format": form, "name": name, "retention": {"count": 5000, "duration": "infinity"}} | more


def build(platform):
    """A portal with dataports, a datarule and two devices below it; its past ends just now."""
    portal = platform.add(None, "client", {"name": "Test bench"}, cik=CIK)
    add = platform.add
    warm = dataport("float", "Temperature", meta=meta("°C", "air in the hall"))
    ports = [
        (add(portal, "dataport", warm, "temperature", TEMPERATURE), lambda at: round(21 + 2 * wave(at, 300), 2)),
        (add(portal, "dataport", dataport("float", "Humidity", meta=meta("%")), "humidity", HUMIDITY),
         lambda at: round(55 + 10 * wave(at, 700), 1)),
        (add(portal, "dataport", dataport("integer", "Pressure", meta=meta("hPa")), "pressure", PRESSURE),
         lambda at: round(1013 + 5 * wave(at, 1900))),
        (add(portal, "dataport", dataport("string", "Note"), "note", NOTE), lambda at: f"entry of {at}"),
        (add(portal, "dataport", dataport("float", "Spare"), rid=NAMELESS), lambda at: round(wave(at, 100), 3)),
    ]
    rule = {"simple": {"comparison": "gt", "constant": 22, "repeat": False}}
    add(portal, "datarule", dataport("boolean", "Too warm", rule=rule, subscribe=TEMPERATURE))
    device = {"device": {"model": "hut-1", "sn": "0815", "vendor": "porthole", "type": "vendor"}}
    hut = add(portal, "client", {"name": "Weather hut", "meta": json.dumps(device)})
    shed = add(portal, "client", {"name": "Shed"})
    ports += [
        (add(hut, "dataport", dataport("float", "Wind", meta=meta("m/s")), "wind"), lambda at: round(
            4 + 3 * wave(at, 90), 1)),
        (add(hut, "dataport", dataport("integer", "Rain gauge")), lambda at: at // 600 % 50),
        (add(shed, "dataport", dataport("boolean", "Door"), "door"), lambda at: wave(at, 1200) > 0),
    ]
    now = int(time.time())
    for at in range(now - PAST * STEP_S, now, STEP_S):
        for resource, value in ports:
            platform.put(resource, at, text_of_boolean(value(at)))
    platform.tokens[TOKEN] = (portal, {portal.rid: ["read"]}, math.inf)
    return portal, ports[:3]


def wave(at, period):
    return math.sin(2 * math.pi * at / period)


def text_of_boolean(value):
    """A boolean dataport holds strings (the oldest rpc/README.md); a datarule, booleans."""
    return json.dumps(value) if isinstance(value, bool) else value


class Subscription:
    def __init__(self, told_as, resource):
        self.told_as, self.resource, self.timer = told_as, resource, None


class Session:
    """One socket: who speaks on it, and what it is told."""

    def __init__(self, peer, socket):
        self.peer, self.platform, self.options, self.socket = peer, peer.platform, peer.options, socket
        self.loop = asyncio.get_running_loop()
        self.caller = None
        self.subscriptions = {}
        self.waits = set()
        self.after = []
        self.due = 0
        self.nested = False
        self.malformed = list(MALFORMED) if self.options.malformed else []

    # What is sent.

    def send(self, frame):
        """In order, each after the latency."""
        if not self.options.latency:
            return self.peer.send(frame, [self.socket])
        self.due = max(self.loop.time() + self.options.latency / 1000, self.due + 1e-6)
        self.loop.call_at(self.due, self.peer.send, frame, [self.socket])

    def say(self, value):
        self.send(standin.write_json(value))

    def envelope(self, code, message, context):
        """A fault of a whole frame (A.2)."""
        self.say({"error": {"code": code, "message": message, "context": context}})

    def id_of(self, given):
        if self.options.string_ids and not isinstance(given, str):
            return json.dumps(given)
        return given

    # What comes.

    def handle(self, frame):
        try:
            message = standin.read_json(frame if isinstance(frame, str) else "a binary frame is no request")
        except standin.NotJson:
            return self.envelope(-1, "Not JSON", "calls")
        if isinstance(message, list) and self.options.bare_unsubscribe == "accept":
            message = {"calls": message}
        if not isinstance(message, dict) or not {"auth", "calls"} & message.keys():
            return self.envelope(400, "Bad Request", "calls")
        if "auth" in message and not self.authenticate(message["auth"]):
            return None
        if "calls" in message:
            self.run(message["calls"])
        return None

    def authenticate(self, auth):
        """Once in a session; whether a second one is an error the documents leave open."""
        if self.caller is not None:
            self.envelope(400, "Bad Request", "auth")
            return False
        self.caller = self.platform.authenticate(auth) if isinstance(auth, dict) else None
        if self.caller is not None:
            self.say({"status": "ok"})
            return True
        match self.options.auth_fail:
            case "error":
                self.envelope(401, "Invalid", "auth")
            case "status":
                self.say({"status": "invalid"})
            case "close":
                standin.later(self.socket.close(1008, "invalid credentials"))
        return False

    def run(self, calls):
        if self.caller is None:
            return self.envelope(401, "Invalid", "auth")
        if not isinstance(calls, list) or not all(isinstance(call, dict) and valid_id(call) for call in calls):
            return self.envelope(400, "Bad Request", "calls")
        answers = []
        for call in calls:
            entry = self.answer(call)
            # Who gives no id gets no response.
            if entry is not None and "id" in call:
                answers.append((call["procedure"] if "procedure" in call else None, entry))
        self.tell(answers)
        # A subscription is acknowledged before anything comes on it.
        after, self.after = self.after, []
        for tell in after:
            tell()
        return None

    def tell(self, answers):
        if self.options.batch_order == "shuffle":
            self.peer.rng.shuffle(answers)
        for frame in [[answer] for answer in answers] if self.options.split_responses else [answers]:
            # The older document shows what answers a `read` as an object (V3).
            if len(frame) == 1 and self.options.read_shape == "object" and frame[0][0] == "read":
                self.say(frame[0][1])
            elif frame:
                self.say([entry for _, entry in frame])

    def answer(self, call):
        """The entry that answers a call; None where it is answered later."""
        entry = {"id": self.id_of(call.get("id"))}
        try:
            if "procedure" not in call:
                raise failed("procedure")
            result = self.carry_out(call, call["procedure"], call.get("arguments"))
        except Refusal as refusal:
            return entry | refusal.members
        if result is None:
            return None
        return entry | {"status": "ok"} | ({} if result is NOTHING else {"result": result})

    def carry_out(self, call, procedure, arguments):
        mine = {"subscribe": self.subscribe, "unsubscribe": self.unsubscribe, "wait": self.wait}
        if not isinstance(procedure, str) or procedure not in mine:
            return self.platform.call(self.caller, procedure, arguments)
        if self.caller.client.locked():
            raise Refusal("locked")
        if not isinstance(arguments, list) or not arguments:
            raise failed("arguments")
        return mine[procedure](call, arguments)

    # Subscriptions (A.6): they belong to a socket, and end with it.

    def subscribe(self, call, arguments):
        resource = self.platform.series(self.caller, arguments[0])
        options = object_or_nothing(arguments[1] if len(arguments) > 1 else None)
        since, timeout = options.get("since"), options.get("timeout")
        told_as = options.get("subs_id", call.get("id"))
        if not (since is None or number(since)) or not (timeout is None or number(timeout)):
            raise Refusal("invalid")
        if told_as is None or not valid_id({"id": told_as}):
            raise Refusal("invalid")
        subscription = Subscription(self.id_of(told_as), resource)
        self.end(self.subscriptions.get(self.key(told_as, resource)))
        self.subscriptions[self.key(told_as, resource)] = subscription
        if timeout is not None:
            subscription.timer = self.loop.call_later(timeout / 1000, self.expire, told_as, resource)
        if since is not None:
            past = resource.after(since, self.options.since == "from")
            self.after.append(lambda: self.update(subscription, past))
        return NOTHING

    def key(self, told_as, resource):
        return json.dumps(self.id_of(told_as)), resource.rid

    def end(self, subscription):
        if subscription is not None and subscription.timer is not None:
            subscription.timer.cancel()

    def expire(self, told_as, resource):
        """Whether this is told is not documented; a client shall bear it."""
        subscription = self.subscriptions.pop(self.key(told_as, resource), None)
        if subscription is not None:
            self.say([{"id": subscription.told_as, "status": "expire"}])

    def unsubscribe(self, call, arguments):
        """Without a resource: all that are told with that id."""
        options = object_or_nothing(arguments[-1])
        if "subs_id" not in options:
            raise failed("arguments")
        told_as = json.dumps(self.id_of(options["subs_id"]))
        rid = self.platform.resolve(self.caller, arguments[0]).rid if len(arguments) > 1 and arguments[0] else None
        ended = [key for key in self.subscriptions if key[0] == told_as and rid in (None, key[1])]
        if not ended:
            raise Refusal("invalid")
        for key in ended:
            self.end(self.subscriptions.pop(key))
        return NOTHING

    def published(self, resource, point):
        for subscription in list(self.subscriptions.values()):
            if subscription.resource is resource:
                self.update(subscription, [point])
        for wait in list(self.waits):
            wait(resource, point)

    def update(self, subscription, points):
        """Nested: all in one list of pairs; flat: each in a frame of its own, as clients have seen it."""
        if points and self.is_nested():
            self.say([{"id": subscription.told_as, "status": "ok", "result": [list(point) for point in points]}])
        else:
            for point in points:
                self.say([{"id": subscription.told_as, "status": "ok", "result": list(point)}])
        if points and self.malformed:
            self.spoil(json.dumps(subscription.told_as))

    def is_nested(self):
        if self.options.update_shape == "mixed":
            self.nested = not self.nested
            return self.nested
        return self.options.update_shape == "nested"

    def spoil(self, told_as):
        frame = self.malformed.pop(0)
        text = isinstance(frame, str)
        self.send(frame.replace("$id", told_as) if text else frame.replace(b"$id", told_as.encode()))

    def wait(self, call, arguments):
        """The first value after `since`, flat; it is answered in a frame of its own, and beside other calls."""
        resource = self.platform.series(self.caller, arguments[0])
        options = object_or_nothing(arguments[1] if len(arguments) > 1 else None)
        timeout, since = options.get("timeout", 30_000), options.get("since")
        if not number(timeout) or not (since is None or number(since)):
            raise Refusal("error", error={"code": 501, "message": "Invalid option", "context": "arguments"})
        past = resource.after(since)[:1] if since is not None else []
        if past:
            return list(past[0])

        def done(members):
            timer.cancel()
            self.waits.discard(heard)
            if "id" in call:
                self.say([{"id": self.id_of(call["id"])} | members])

        def heard(told, point):
            if told is resource:
                done({"status": "ok", "result": list(point)})

        timer = self.loop.call_later(timeout / 1000, done, {"status": "expire"})
        self.waits.add(heard)
        return None

    def close(self):
        for subscription in self.subscriptions.values():
            self.end(subscription)


def valid_id(call):
    """A number, or a string of up to 40 characters; or none at all."""
    given = call.get("id", 0)
    return number(given) or (isinstance(given, str) and len(given) <= 40)


class Exosite(standin.StandIn):
    def __init__(self, options):
        super().__init__(options)
        self.rng = random.Random(options.seed)
        self.platform = Platform(self.rng)
        self.portal, self.clocked = build(self.platform)
        self.platform.listen = self.published
        self.sessions = set()
        self.quiet = False
        if options.locked_client:
            self.do_lock("2")

    async def talk(self, socket):
        session = Session(self, socket)
        self.sessions.add(session)
        try:
            async for frame in socket:
                self.heard(frame)
                session.handle(frame)
        finally:
            self.sessions.discard(session)
            session.close()

    async def background(self):
        await standin.every_second(self.tick)

    def tick(self):
        now = int(time.time())
        for resource, value in () if self.quiet else self.clocked:
            self.platform.put(resource, now, value(now))

    def published(self, resource, point):
        for session in list(self.sessions):
            session.published(resource, point)

    def aliased(self, name):
        clients = [r for r in self.portal.all() if r.kind == "client" and name in r.aliases]
        return self.platform.resources[clients[0].aliases[name]]

    def do_write(self, rest):
        alias, value = rest.split(" ", 1)
        self.platform.on_write(Caller(self.portal), self.aliased(alias).rid, standin.json_or_text(value))

    def do_at(self, rest):
        alias, timestamp, value = rest.split(" ", 2)
        resource = self.aliased(alias)
        self.platform.put(resource, int(timestamp), formatted(resource, standin.json_or_text(value)))

    def do_big(self, rest):
        self.platform.put(self.aliased("note"), int(time.time()), "x" * int(rest))

    def do_lock(self, rest):
        children = [child for child in self.portal.children if child.kind == "client"]
        children[int(rest or 2) - 1].description["locked"] = True

    def do_unlock(self, _rest):
        for child in self.portal.children:
            child.description.pop("locked", None)

    def do_quiet(self, rest):
        self.quiet = standin.switched(rest)


def options():
    parser = switches(standin.parser(__doc__.partition("\n")[0]))
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def switches(parser):
    """In which ways it differs; whoever checks it is told the same."""
    parser.add_argument("--update-shape", choices=["flat", "nested", "mixed"], default="flat")
    parser.add_argument("--read-shape", choices=["list", "object"], default="list")
    parser.add_argument("--auth-fail", choices=["error", "status", "close"], default="error")
    parser.add_argument("--batch-order", choices=["keep", "shuffle"], default="keep")
    parser.add_argument("--split-responses", action="store_true", help="each response in a frame of its own")
    parser.add_argument("--string-ids", action="store_true", help="answer with each id as a string: 7 becomes \"7\"")
    parser.add_argument("--latency", type=float, default=0, metavar="MS")
    parser.add_argument("--bare-unsubscribe", choices=["reject", "accept"], default="reject",
                        help="calls as a bare list, as the document shows for unsubscribe")
    parser.add_argument("--since", choices=["after", "from"], default="after",
                        help="whether a point of the very second of `since` is told")
    parser.add_argument("--locked-client", action="store_true", help="the second child client is locked")
    parser.add_argument("--malformed", action="store_true", help="after each update one malformed frame, each once")
    return parser


if __name__ == "__main__":
    Exosite(options()).run()
