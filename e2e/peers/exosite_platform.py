"""The One Platform's side of things: a tree of resources and the procedures on them, without a socket.

Written from exosite.md (A.1 to A.9) and the documents that it cites, rpc/README.md above all. Where these leave
something open, the comment says what was chosen. Limits are described and not enforced.
"""
import bisect
import copy
import json
import math
import re
import time

KINDS = ("client", "dataport", "datarule", "dispatch")
FORMATS = ("float", "integer", "string", "binary", "boolean")
CONSUMABLES = ("email", "http", "sms", "xmpp")
INFO_PARTS = ("aliases", "basic", "counts", "description", "key", "shares", "storage", "subscribers", "tagged", "tags",
              "usage")
SELF = {"alias": ""}
# The procedures that have no return value leave `result` out altogether (A.3).
NOTHING = object()

CODE = re.compile(r"^[0-9a-f]{40}$", re.IGNORECASE)
COMPARISONS = {
    "gt": lambda a, b: a > b, "lt": lambda a, b: a < b, "eq": lambda a, b: a == b,
    "geq": lambda a, b: a >= b, "leq": lambda a, b: a <= b, "neq": lambda a, b: a != b,
}


class Refusal(Exception):
    """What a response says in place of `status: ok`."""

    def __init__(self, status=None, **members):
        super().__init__(status)
        self.members = ({} if status is None else {"status": status}) | members


def failed(context):
    """As documented for a call that is not whole (rpc/README.md, Response JSON)."""
    return Refusal("fail", error={"code": 501, "message": "Error", "context": context})


def cannot_apply():
    """As observed by an author of a client: no `status` at all (A.3)."""
    return Refusal(error={"code": 501, "message": "Can not apply Arguments to Procedure"})


def number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class Resource:
    """A client, dataport, datarule or dispatch."""

    def __init__(self, rid, kind, owner, description, cik=None):
        self.rid, self.kind, self.owner, self.description, self.cik = rid, kind, owner, description, cik
        self.modified = int(time.time())
        self.status = "activated"
        self.children = []
        self.aliases = {}
        self.points = []
        self.shares = {}
        self.activated = {}

    def within(self, client):
        return self is client or (self.owner is not None and self.owner.within(client))

    def locked(self):
        return bool(self.description.get("locked")) or (self.owner is not None and self.owner.locked())

    def all(self):
        """Itself and everything below."""
        yield self
        for child in self.children:
            yield from child.all()

    def after(self, since, inclusive=False):
        search = bisect.bisect_left if inclusive else bisect.bisect_right
        return self.points[search(self.points, since, key=lambda point: point[0]):]

    def keep(self, point):
        """Takes a point in, in the order of time; what retention does not permit is forgotten."""
        bisect.insort_right(self.points, point, key=lambda kept: kept[0])
        count = self.description.get("retention", {}).get("count", "infinity")
        if number(count) and len(self.points) > count:
            del self.points[:len(self.points) - int(count)]


class Caller:
    """On whose behalf calls are made; `rights` only where a token says so: by RID, valid for all that is below."""

    def __init__(self, client, rights=None):
        self.client, self.rights = client, rights

    def may(self, resource, right):
        if self.rights is not None:
            granted = (self.rights.get(above.rid, ()) for above in ancestry(resource))
            return any(right in rights for rights in granted)
        if resource.within(self.client):
            return True
        return right == "read" and (resource.description.get("public") or resource in self.client.activated.values())

    def owns(self, resource):
        """A client has full control of what is below it (rpc/README.md, Authentication), and not of itself."""
        return self.rights is None and resource is not self.client and resource.within(self.client)


def ancestry(resource):
    while resource is not None:
        yield resource
        resource = resource.owner


class Platform:
    """All resources; `listen` is called with each resource and point that is new."""

    def __init__(self, rng):
        self.rng = rng
        self.resources = {}
        self.tokens = {}
        self.listen = lambda resource, point: None

    # What tests and the procedures share.

    def code(self):
        return f"{self.rng.getrandbits(160):040x}"

    def add(self, owner, kind, description, alias=None, rid=None, cik=None):
        cik = (cik or self.code()) if kind == "client" else None
        resource = Resource(rid or self.code(), kind, owner, described(kind, description), cik)
        self.resources[resource.rid] = resource
        if owner is not None:
            owner.children.append(resource)
            if alias is not None:
                owner.aliases[alias] = resource.rid
        return resource

    def put(self, resource, timestamp, value):
        """A new point, told to all who listen, and to the datarules that listen to the resource."""
        point = (timestamp, value)
        resource.keep(point)
        self.listen(resource, point)
        for rule in list(self.resources.values()):
            if rule.kind == "datarule" and rule.description.get("subscribe") == resource.rid:
                self.judge(rule, timestamp, value)

    def judge(self, rule, timestamp, value):
        simple = rule.description.get("rule", {}).get("simple")
        if not simple or not number(value):
            return
        outcome = COMPARISONS[simple["comparison"]](value, simple["constant"])
        if simple.get("repeat") or not rule.points or rule.points[-1][1] != outcome:
            self.put(rule, timestamp, outcome)

    def drop(self, resource):
        for gone in list(resource.all()):
            self.resources.pop(gone.rid, None)
            for client in self.resources.values():
                client.aliases = {name: rid for name, rid in client.aliases.items() if rid != gone.rid}
        resource.owner.children.remove(resource)

    # Authentication (A.2).

    def authenticate(self, auth):
        """The caller, or None."""
        if "token" in auth:
            client, rights, until = self.tokens.get(str(auth["token"]), (None, None, 0))
            return Caller(client, rights) if client is not None and time.time() < until else None
        key = auth.get("cik")
        if not isinstance(key, str) or not CODE.match(key):
            return None
        client = next((r for r in self.resources.values() if r.cik == key.lower() and r.status == "activated"), None)
        if client is None or not {"client_id", "resource_id"} & auth.keys():
            return client and Caller(client)
        below = self.resources.get(str(auth.get("client_id", auth.get("resource_id"))))
        if below is None or not below.within(client):
            return None
        if "resource_id" in auth:
            below = below.owner
        return Caller(below) if below is not None and below.kind == "client" and below.within(client) else None

    # Calls (A.3).

    def call(self, caller, procedure, arguments):
        """The result, or NOTHING; raises a Refusal."""
        carry_out = self.procedure(procedure)
        if not isinstance(arguments, list):
            raise failed("arguments")
        if caller.client.locked():
            raise Refusal("locked")
        try:
            return carry_out(caller, *arguments)
        except TypeError as error:
            raise failed("arguments") if "positional argument" in str(error) else cannot_apply() from None
        except (AttributeError, KeyError, ValueError, OverflowError):
            raise cannot_apply() from None

    def procedure(self, name):
        carry_out = getattr(self, f"on_{name}", None) if isinstance(name, str) and name.isalpha() else None
        if carry_out is None:
            raise failed("procedure")
        return carry_out

    def resolve(self, caller, reference, right="read"):
        """<ResourceID>: a RID, an alias of the caller's or, as portals' widgets do, of another client's."""
        resource = self.named(caller, reference)
        if resource is None:
            raise Refusal("invalid")
        if resource.locked():
            raise Refusal("locked")
        if not caller.may(resource, right):
            raise Refusal("restricted")
        return resource

    def named(self, caller, reference):
        if isinstance(reference, str):
            return self.resources.get(reference.lower())
        if not isinstance(reference, dict) or not isinstance(reference.get("alias"), str):
            raise cannot_apply()
        client = caller.client
        if "rid" in reference:
            client = self.resolve(caller, str(reference["rid"]))
        return client if reference["alias"] == "" else self.resources.get(client.aliases.get(reference["alias"]))

    def client(self, caller, reference, right="read"):
        resource = self.resolve(caller, reference, right)
        if resource.kind != "client":
            raise Refusal("invalid")
        return resource

    def series(self, caller, reference, right="read"):
        """A resource that has readings."""
        resource = self.resolve(caller, reference, right)
        if resource.kind == "client":
            raise Refusal("invalid")
        return resource

    # Time series data.

    def on_read(self, caller, reference, options=None):
        resource = self.series(caller, reference)
        options = object_or_nothing(options)
        start, end = options.get("starttime", 0), options.get("endtime", int(time.time()))
        limit, sort = options.get("limit", 1), options.get("sort", "desc")
        selection = options.get("selection", "all")
        valid = number(start) and number(end) and isinstance(limit, int) and limit >= 0 and sort in ("asc", "desc")
        if not valid or selection not in SELECTIONS:
            raise Refusal("invalid")
        points = [point for point in resource.points if start <= point[0] <= end]
        if sort == "desc":
            points.reverse()
        return [list(point) for point in SELECTIONS[selection](points, limit, start, end)]

    def on_write(self, caller, reference, value, _unused=None):
        resource = self.series(caller, reference, "write")
        self.put(resource, int(time.time()), formatted(resource, value))
        return NOTHING

    def on_writegroup(self, caller, entries):
        if not isinstance(entries, list) or not all(isinstance(e, list) and len(e) == 2 for e in entries):
            raise cannot_apply()
        resolved = [(self.series(caller, reference, "write"), value) for reference, value in entries]
        ready = [(resource, formatted(resource, value)) for resource, value in resolved]
        now = int(time.time())
        for resource, value in ready:
            self.put(resource, now, value)
        return NOTHING

    def on_record(self, caller, reference, entries, _unused=None):
        """Deprecated. A client unpacks what it says of bad entries the other way round than is documented (A.3)."""
        return self.record(caller, reference, entries, lambda timestamp, fault: [fault, timestamp])

    def on_recordbatch(self, caller, reference, entries):
        return self.record(caller, reference, entries, lambda timestamp, fault: [timestamp, fault])

    def record(self, caller, reference, entries, pair):
        """What has a bad timestamp is named and the rest is kept; one in the future, undefined, counts as bad."""
        resource = self.series(caller, reference, "write")
        if not isinstance(entries, list) or not all(isinstance(e, list) and len(e) == 2 for e in entries):
            raise cannot_apply()
        now, bad = int(time.time()), []
        for timestamp, value in entries:
            moment = now + timestamp if isinstance(timestamp, int) and timestamp < 0 else timestamp
            try:
                if not isinstance(moment, int) or isinstance(moment, bool) or not 0 <= moment <= now + 10:
                    raise Refusal("invalid")
                self.put(resource, moment, formatted(resource, value))
            except Refusal as refusal:
                bad.append(pair(timestamp, refusal.members["status"]))
        if bad:
            raise Refusal(bad)
        return NOTHING

    def on_flush(self, caller, reference, options=None):
        """Both bounds are exclusive."""
        resource = self.series(caller, reference)
        if not caller.owns(resource):
            raise Refusal("restricted")
        options = object_or_nothing(options)
        newer, older = options.get("newerthan", -math.inf), options.get("olderthan", math.inf)
        if not number(newer) or not number(older):
            raise Refusal("invalid")
        resource.points = [point for point in resource.points if not newer < point[0] < older]
        return NOTHING

    # Resources.

    def on_create(self, caller, *arguments):
        """The old form has no client before the type."""
        parent, kind, description = arguments if len(arguments) == 3 else (SELF, *arguments)
        owner = self.client(caller, parent, "write")
        if not isinstance(description, dict):
            raise cannot_apply()
        if kind == "clone":
            return self.clone(caller, owner, description).rid
        if kind not in KINDS or (kind in ("dataport", "datarule") and description.get("format") not in FORMATS):
            raise Refusal("invalid")
        resource = self.add(owner, kind, description)
        if kind == "client":
            resource.status = "notactivated"
        return resource.rid

    def clone(self, caller, owner, options):
        code = options.get("code")
        source = self.shared(code) if code else self.resolve(caller, options.get("rid"))
        if source is None or source.kind != "client":
            raise Refusal("invalid")
        return self.copy(source, owner, options)

    def copy(self, source, owner, options):
        made = self.add(owner, source.kind, copy.deepcopy(source.description))
        if not options.get("nohistorical"):
            made.points = list(source.points)
        for child in list(source.children):
            name = next((name for name, rid in source.aliases.items() if rid == child.rid), None)
            copied = self.copy(child, made, options)
            if name and not options.get("noaliases"):
                made.aliases[name] = copied.rid
        return made

    def on_update(self, caller, reference, description):
        resource = self.resolve(caller, reference)
        if not caller.owns(resource):
            raise Refusal("restricted")
        if not isinstance(description, dict):
            raise cannot_apply()
        if description.get("format", resource.description.get("format")) != resource.description.get("format"):
            raise Refusal("invalid")
        resource.description |= description
        resource.modified = int(time.time())
        return NOTHING

    def on_move(self, caller, reference, destination, options=None):
        resource, target = self.resolve(caller, reference), self.client(caller, destination, "write")
        if not caller.owns(resource):
            raise Refusal("restricted")
        if target.within(resource):
            raise Refusal("invalid")
        names = [name for name, rid in resource.owner.aliases.items() if rid == resource.rid]
        for name in names:
            del resource.owner.aliases[name]
        if object_or_nothing(options).get("aliases"):
            target.aliases |= {name: resource.rid for name in names if name not in target.aliases}
        resource.owner.children.remove(resource)
        resource.owner = target
        target.children.append(resource)
        return NOTHING

    def on_drop(self, caller, reference):
        resource = self.resolve(caller, reference)
        if not caller.owns(resource):
            raise Refusal("restricted")
        self.drop(resource)
        return NOTHING

    def on_info(self, caller, reference, options=None):
        """Of what is asked for, the parts that there are and that this caller may see."""
        resource = self.resolve(caller, reference)
        wanted = [part for part in INFO_PARTS if object_or_nothing(options).get(part, not options)]
        parts = {part: self.part(caller, resource, part) for part in wanted}
        return {part: value for part, value in parts.items() if value is not None}

    def part(self, caller, resource, part):
        near = caller.rights is not None or caller.client in (resource, resource.owner)
        match part:
            case "basic":
                return self.basic(resource)
            case "description":
                return resource.description
            case "aliases":
                return aliases(resource) if near else "undefined"
            case "key":
                # A secret, for the direct owner alone.
                return resource.cik if caller.rights is None and resource.owner is caller.client else None
            case "shares" if near:
                return [{"code": code} | share for code, share in resource.shares.items()]
            case "storage" if resource.kind != "client":
                return storage(resource)
            case "subscribers":
                return [["datarule", rule.rid] for rule in self.listeners(resource)]
            case "tagged" | "tags":
                return []
            case "counts" | "usage" if resource.kind == "client":
                return counts(resource.children if part == "counts" else list(resource.all())[1:])
        return None

    def basic(self, resource):
        status = {"status": resource.status} if resource.kind in ("client", "dispatch") else {}
        listeners = len(self.listeners(resource))
        return {"modified": resource.modified, **status, "subscribers": listeners, "type": resource.kind}

    def listeners(self, resource):
        return [rule for rule in self.resources.values() if rule.description.get("subscribe") == resource.rid]

    def on_listing(self, caller, *arguments):
        """Without options: the deprecated form, a list for each type in their order. The oldest has no client."""
        reference, kinds, *options = arguments if not arguments or not isinstance(arguments[0], list) else (
            SELF, *arguments)
        client = self.client(caller, reference)
        if not isinstance(kinds, list):
            raise cannot_apply()
        if not all(kind in KINDS for kind in kinds):
            raise Refusal("error", result="invalid resource type")
        chosen = object_or_nothing(options[0] if options else None) or {"owned": True}
        found = {kind: [r.rid for r in self.listed(client, chosen) if r.kind == kind] for kind in kinds}
        return found if options else [found[kind] for kind in kinds]

    def listed(self, client, options):
        found = []
        if options.get("owned"):
            found += client.children
        if options.get("aliased"):
            found += [self.resources[rid] for rid in client.aliases.values()]
        if options.get("activated"):
            found += client.activated.values()
        if options.get("public"):
            found += [resource for resource in self.resources.values() if resource.description.get("public")]
        return dict.fromkeys(found)

    def on_usage(self, caller, reference, metric, start, end):
        """Entities by the second, as documented; nobody has sent a message yet."""
        client = self.client(caller, reference)
        if metric not in (*KINDS, "share", *CONSUMABLES) or not number(start) or not number(end):
            raise Refusal("invalid")
        return counts(client.all()).get(metric, 0) * max(0, end - start) if metric in KINDS else 0

    # Aliases.

    def on_map(self, caller, *arguments):
        """`["alias", R, name]`; with a client before it, the alias is that client's."""
        reference, kind, target, name = arguments if len(arguments) == 4 else (SELF, *arguments)
        client, resource = self.client(caller, reference, "write"), self.resolve(caller, target)
        if kind != "alias" or not isinstance(name, str) or name == "" or name in client.aliases:
            raise Refusal("invalid")
        client.aliases[name] = resource.rid
        return NOTHING

    def on_unmap(self, caller, *arguments):
        reference, kind, name = arguments if len(arguments) == 3 else (SELF, *arguments)
        client = self.client(caller, reference, "write")
        if kind != "alias" or not isinstance(name, str) or client.aliases.pop(name, None) is None:
            raise Refusal("invalid")
        return NOTHING

    def on_lookup(self, caller, *arguments):
        reference, kind, sought = arguments if len(arguments) == 3 else (SELF, *arguments)
        client = self.client(caller, reference)
        match kind:
            case "alias":
                found = client if sought == "" else self.resources.get(client.aliases.get(str(sought)))
            case "owner":
                found = self.resolve(caller, sought)
                if not caller.owns(found):
                    raise Refusal("restricted")
                found = found.owner
            case "shared":
                found = self.shared(sought)
            case _:
                raise Refusal("invalid")
        if found is None:
            raise Refusal("invalid")
        return found.rid

    # Shares and keys.

    def shared(self, code):
        return next((resource for resource in self.resources.values() if code in resource.shares), None)

    def keyed(self, caller, key):
        """The client with that key, if the caller is its owner."""
        client = next((resource for resource in self.resources.values() if key and resource.cik == key), None)
        if client is None:
            raise Refusal("invalid")
        if not caller.owns(client):
            raise Refusal("noauth")
        return client

    def on_share(self, caller, reference, options=None):
        resource, options = self.resolve(caller, reference), object_or_nothing(options)
        if not caller.owns(resource):
            raise Refusal("restricted")
        code = options.get("code", self.code())
        if "code" in options and code not in resource.shares:
            raise Refusal("invalid")
        resource.shares[code] = {"activator": None} | resource.shares.get(code, {}) | {"meta": options.get("meta", "")}
        return code

    def on_revoke(self, caller, kind, code):
        match kind:
            case "client":
                client = self.keyed(caller, code)
                client.cik, client.status = self.code(), "notactivated"
            case "share":
                resource = self.shared(code)
                if resource is None or not caller.owns(resource):
                    raise Refusal("invalid" if resource is None else "noauth")
                del resource.shares[code]
                for client in self.resources.values():
                    client.activated.pop(code, None)
            case _:
                raise Refusal("invalid")
        return NOTHING

    def on_activate(self, caller, *arguments):
        reference, kind, code = arguments if len(arguments) == 3 else (SELF, *arguments)
        client = self.client(caller, reference, "write")
        match kind:
            case "client":
                keyed = self.keyed(caller, code)
                if keyed.status != "notactivated":
                    raise Refusal("invalid")
                keyed.status = "activated"
            case "share":
                resource = self.shared(code)
                if resource is None or resource.shares[code]["activator"] or resource in client.activated.values():
                    raise Refusal("invalid")
                resource.shares[code]["activator"] = client.rid
                client.activated[code] = resource
            case _:
                raise Refusal("invalid")
        return NOTHING

    def on_deactivate(self, caller, *arguments):
        """A share also by the RID of what is shared. A key that is expired lets nobody in any more."""
        reference, kind, code = arguments if len(arguments) == 3 else (SELF, *arguments)
        client = self.client(caller, reference, "write")
        match kind:
            case "client":
                self.keyed(caller, code).status = "expired"
            case "share":
                codes = [known for known, shared in client.activated.items() if code in (known, shared.rid)]
                if not codes:
                    raise Refusal("invalid")
                client.activated.pop(codes[0]).shares[codes[0]]["activator"] = None
            case _:
                raise Refusal("invalid")
        return NOTHING

    def on_grant(self, caller, reference, rights, *more):
        """Not documented (A.4): a token that acts for a client, with rights on RIDs; the last argument is seconds."""
        client = self.client(caller, reference)
        if not isinstance(rights, dict) or not all(isinstance(names, list) for names in rights.values()):
            raise cannot_apply()
        if not all(caller.owns(self.resolve(caller, rid)) or rid == caller.client.rid for rid in rights):
            raise Refusal("restricted")
        ttl = more[-1] if more and number(more[-1]) else 3600
        token = self.code()
        self.tokens[token] = (client, rights, time.time() + ttl)
        return token


def object_or_nothing(options):
    if options is None:
        return {}
    if not isinstance(options, dict):
        raise cannot_apply()
    return options


def formatted(resource, value):
    """A value in the format of its resource; booleans are the strings of the oldest document (`"true"`)."""
    if isinstance(value, (dict, list)) or value is None:
        raise Refusal("invalid")
    try:
        match resource.description.get("format"):
            case "float":
                result = float(value)
                if not math.isfinite(result):
                    raise ValueError
                return result
            case "integer":
                return int(value)
            case "boolean" if resource.kind == "dataport":
                return {"true": "true", "false": "false", "1": "true", "0": "false"}[plain(value).lower()]
            case "string":
                return plain(value)
    except (ValueError, KeyError, OverflowError):
        raise Refusal("invalid") from None
    return value


def plain(value):
    return value if isinstance(value, str) else json.dumps(value)


def aliases(resource):
    """Of a client: its children's; of anything else: its own."""
    client, mine = (resource, None) if resource.kind == "client" else (resource.owner, resource.rid)
    found = {}
    for name, rid in client.aliases.items():
        if mine in (None, rid):
            found.setdefault(rid, []).append(name)
    return found


def storage(resource):
    times = [point[0] for point in resource.points] or [0]
    size = sum(len(plain(point[1])) for point in resource.points)
    return {"count": len(resource.points), "first": times[0], "last": times[-1], "size": size}


def counts(resources):
    resources = list(resources)
    entities = {kind: sum(resource.kind == kind for resource in resources) for kind in KINDS}
    disk = sum(storage(resource)["size"] for resource in resources)
    return entities | {"disk": disk, "share": 0} | dict.fromkeys(CONSUMABLES, 0)


def described(kind, description):
    """With what the document says stands in place of what is left out."""
    common = {"meta": "", "name": "", "public": False}
    if kind == "client":
        names = ("client", "dataport", "datarule", "disk", "dispatch", "share")
        names += tuple(f"{name}{more}" for name in CONSUMABLES for more in ("", "_bucket"))
        return common | {"limits": dict.fromkeys(names, "inherit"), "locked": False} | description
    series = {"preprocess": [], "retention": {"count": "infinity", "duration": "infinity"}, "subscribe": None}
    return common | series | description


def evenly(points, limit, _start, _end):
    """`autowindow`: spread over the points that there are."""
    if len(points) <= limit or limit == 0:
        return points[:limit]
    return [points[index * len(points) // limit] for index in range(limit)]


def by_window(points, limit, start, end):
    """`givenwindow`: the time is cut into as many parts as `limit` says, with at most one point from each."""
    if limit == 0:
        return []
    width = (end - start) / limit or 1
    parts = {}
    for point in points:
        parts.setdefault(min(limit - 1, int((point[0] - start) / width)), point)
    return list(parts.values())


SELECTIONS = {
    "all": lambda points, limit, _start, _end: points[:limit],
    "givenwindow": by_window,
    "autowindow": evenly,
}
