"""Judges a stand-in for an IS-07 event server by what is not ours: the specification's examples and schemas.

Each kind of message must have the members of its example and pass its schema. The lifecycle is the one that AMWA's
own tests of senders ask for (connector.md B.4): a health command is answered by exactly one message, a socket without
them is closed after 12 s, one with them stays. It starts nothing; with --farewells it prints `ready` and waits until
the peer was told `reboot` and `shutdown`.
"""
import argparse
import json
import sys
import time
from pathlib import Path

from is07_schemas import Schemas
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

# The example that shows each kind of state.
STATES = {
    "boolean": "eventsapi-state-boolean-get-200.json",
    "string": "eventsapi-state-string-get-200.json",
    "number": "eventsapi-state-number-get-200.json",
    "number/temperature/C": "eventsapi-state-number-measurement-get-200.json",
    "boolean/enum/OnOff": "eventsapi-state-boolean-get-200.json",
}
# What the schemas permit beside the examples' members.
OPTIONAL = {"/identity/flow_id", "/timing/origin_timestamp", "/timing/action_timestamp"}
# The peer's sources, in the order of their kinds above.
SOURCES = [f"6cbd0441-7882-44cd-9557-84224300000{index}" for index in (0, 1, 3, 2, 4)]


class Judge:
    def __init__(self, options):
        self.url, self.examples, self.schemas = options.url, Path(options.examples), Schemas(options.schemas)
        self.farewells = options.farewells

    def example(self, name):
        return json.loads((self.examples / name).read_text("utf-8"))

    def open(self):
        return connect(self.url, proxy=None, ping_interval=None)

    def message(self, socket, timeout=2):
        """The next message, which must pass the schema of all messages."""
        message = json.loads(socket.recv(timeout))
        self.passes("message.json", message)
        return message

    def passes(self, schema, value):
        fault = self.schemas.fault(schema, value)
        assert fault is None, f"{schema}: {fault}: {value}"

    def fits(self, message, example):
        """The members of the example and, beside them, optional ones alone."""
        there, wanted = set(members(message)), set(members(self.example(example)))
        assert wanted <= there, f"{example}: {wanted - there} missing in {message}"
        assert there - wanted <= OPTIONAL, f"{example}: {there - wanted} too much in {message}"

    def command(self, socket, value):
        self.passes("command.json", value)
        socket.send(json.dumps(value))

    def subscribe(self, socket, sources):
        self.command(socket, self.example("subscription-command.json") | {"sources": sources})

    def health(self, socket):
        """Sends the example; the messages of the next second that answer it."""
        self.command(socket, self.example("health-command.json"))
        return [message for message in self.messages(socket, 1) if message["message_type"] == "health"]

    def messages(self, socket, seconds):
        until, told = time.monotonic() + seconds, []
        while (remaining := until - time.monotonic()) > 0:
            try:
                told.append(self.message(socket, remaining))
            except TimeoutError:
                break
        return told

    def judge_examples_pass_their_schemas(self):
        """So that the schemas are known to be read as they are meant."""
        for name in ("health-message", "reboot-message", "shutdown-message", "connection-status-message"):
            self.passes("message.json", self.example(f"{name}.json"))
        for name in ("health-command", "subscription-command", "subscription-unsubscribe-command"):
            self.passes("command.json", self.example(f"{name}.json"))
        for example in STATES.values():
            self.passes("message.json", self.example(example))
        assert self.schemas.fault("message.json", {"message_type": "state"}), "a schema that lets everything pass"

    def judge_nothing_comes_before_a_command(self):
        with self.open() as socket:
            assert self.messages(socket, 1.5) == []

    def judge_states(self):
        with self.open() as socket:
            self.subscribe(socket, SOURCES)
            told = {}
            for message in self.messages(socket, 1.5):
                told.setdefault(message["event_type"], message)
            for kind, example in STATES.items():
                self.fits(told[kind], example)
                self.passes(f"event_{kind.partition('/')[0]}.json", told[kind])

    def judge_a_subscription_replaces_the_last_one(self):
        """Its states are sent again with each, and nothing any more after an empty one."""
        with self.open() as socket:
            for wanted in (SOURCES[:2], SOURCES[2:3], SOURCES[2:3]):
                self.subscribe(socket, wanted)
                states = [self.message(socket)["identity"]["source_id"] for _ in wanted]
                assert sorted(states) == sorted(wanted), states
            assert {m["identity"]["source_id"] for m in self.messages(socket, 2.2)} == set(SOURCES[2:3])
            self.command(socket, self.example("subscription-unsubscribe-command.json"))
            assert self.messages(socket, 1.5) == []

    def judge_lifecycle(self):
        with self.open() as ill, self.open() as well:
            opened = time.monotonic()
            self.subscribe(ill, SOURCES[:1])
            closed = None
            while time.monotonic() < opened + 18:
                answers = self.health(well)
                assert len(answers) == 1, answers
                self.fits(answers[0], "health-message.json")
                sent = self.example("health-command.json")["timestamp"]
                assert answers[0]["timing"]["origin_timestamp"] == sent
                closed = closed or self.closed(ill, 3)
            assert closed is not None and 11.5 <= closed - opened <= 17, closed

    def closed(self, socket, seconds):
        """When it was closed, if it was in the next seconds."""
        try:
            self.messages(socket, seconds)
        except ConnectionClosed:
            return time.monotonic()
        return None

    def judge_farewells(self):
        if not self.farewells:
            return
        with self.open() as socket:
            self.subscribe(socket, SOURCES[:1])
            print("ready", flush=True)
            told = {message["message_type"]: message for message in self.messages(socket, 4)}
            for kind in ("reboot", "shutdown"):
                self.fits(told[kind], f"{kind}-message.json")
                self.passes("message_shutdown_reboot.json", told[kind])


def members(value, path=""):
    """The paths of all members."""
    for name, member in value.items():
        yield f"{path}/{name}"
        if isinstance(member, dict):
            yield from members(member, f"{path}/{name}")


def main():
    parser = argparse.ArgumentParser(description="Judges an IS-07 event server.")
    for name in ("url", "examples", "schemas"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--farewells", action="store_true")
    judge = Judge(parser.parse_args())
    failed = 0
    names = [name for name in dir(Judge) if name.startswith("judge_")]
    for name in names:
        try:
            getattr(judge, name)()
        except (AssertionError, ConnectionClosed, TimeoutError, KeyError) as error:
            failed += 1
            print(f"failed: {name[6:].replace('_', ' ')}: {type(error).__name__} {error}", file=sys.stderr)
    print(f"{len(names) - failed} judgements passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
