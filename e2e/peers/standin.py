"""What all stand-in peers share: a WebSocket server on loopback that obeys lines on its standard input.

A line is a command and what belongs to it; `= ok`, `= ok <what was asked>` or `= error: …` answers it. With --print
each frame that came is told as `< text`, a new connection as `+ path`, its end as `- code`.
"""
import argparse
import asyncio
import json
import logging
import threading
import time
import traceback

from websockets.asyncio.server import broadcast, serve
from websockets.exceptions import ConnectionClosed


class NotJson(ValueError):
    """A text that is no JSON text, or none that this peer holds."""


def read_json(text):
    """Strictly: neither NaN nor a number beyond what a double holds."""
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError, UnicodeDecodeError) as error:
        raise NotJson(str(error)) from None


def write_json(value):
    """Compact, and in UTF-8 where it can be."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
        return text
    except UnicodeEncodeError:  # A lone surrogate, which somebody has written.
        return json.dumps(value, separators=(",", ":"))


def json_or_text(text):
    """What a command's last word means: JSON where it is JSON, else itself."""
    try:
        return read_json(text)
    except NotJson:
        return text


def switched(word):
    """Whether `on|off` says on."""
    return {"on": True, "off": False}[word.strip()]


def parser(about):
    """The arguments that every peer has."""
    arguments = argparse.ArgumentParser(description=about)
    arguments.add_argument("--host", default="127.0.0.1")
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--print", action="store_true", help="tell on standard output what came")
    return arguments


class StandIn:
    """A peer says in `talk` what it does with one socket; its methods `do_<command>` take the rest of a line."""

    subprotocol = None

    def __init__(self, options):
        self.options = options
        self.sockets = set()

    async def talk(self, socket):
        """Serves one socket until it is closed."""
        async for frame in socket:
            self.heard(frame)

    def admit(self, socket, request):
        """What answers a handshake that is refused: `socket.respond(status, text)`. None lets it in."""

    async def background(self):
        """What goes on beside the sockets."""

    def tell(self, line):
        print(line, flush=True)

    def heard(self, frame):
        if self.options.print:
            text = frame if isinstance(frame, str) else f"binary {frame.hex()}"
            self.tell("< " + text.replace("\n", "\\n"))

    def send(self, frame, sockets=None):
        """Sends at once, in order and without waiting; a socket that is closed is passed over."""
        broadcast(self.sockets if sockets is None else sockets, frame)

    def run(self):
        # Tests look whether the port listens, which is no handshake.
        logging.getLogger("websockets").setLevel(logging.CRITICAL)
        try:
            asyncio.run(self._run())
        except KeyboardInterrupt:
            pass

    async def _run(self):
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._read_lines, args=(loop,), daemon=True).start()
        async with serve(
            self._serve,
            self.options.host,
            self.options.port,
            subprotocols=[self.subprotocol] if self.subprotocol else None,
            process_request=self.admit,
            compression=None,
            ping_interval=None,
            max_size=2**24,
        ):
            await self.background()
            await asyncio.Future()

    async def _serve(self, socket):
        self.sockets.add(socket)
        if self.options.print:
            self.tell(f"+ {socket.request.path}")
        try:
            await self.talk(socket)
        except ConnectionClosed:
            pass
        except Exception:  # Whatever a client sends: a mistake of this peer, to be seen where a test fails.
            traceback.print_exc()
            raise
        finally:
            self.sockets.discard(socket)
            if self.options.print:
                self.tell(f"- {socket.close_code}")

    def _read_lines(self, loop):
        for line in standard_input():
            if line.strip():
                loop.call_soon_threadsafe(self._obey, line.rstrip("\r\n"))

    def _obey(self, line):
        command, _, rest = line.partition(" ")
        try:
            told = getattr(self, f"do_{command.replace('-', '_')}")(rest)
            self.tell("= ok" if told is None else f"= ok {told}")
        except Exception as error:  # A test's mistake shall not end the peer.
            self.tell(f"= error: {line[:80]}: {type(error).__name__} {error}")

    def do_drop(self, _rest):
        """Ends all sockets without a close frame, as where a cable is cut."""
        for socket in list(self.sockets):
            socket.transport.abort()

    def do_close(self, rest):
        """`close <code> <reason>`"""
        code, _, reason = rest.partition(" ")
        for socket in list(self.sockets):
            later(socket.close(int(code or 1000), reason))

    def do_send(self, rest):
        """`send <text>`: one text frame to all."""
        self.send(rest)

    def do_binary(self, rest):
        """`binary <hex>`: one binary frame to all."""
        self.send(bytes.fromhex(rest))


def standard_input():
    """Lines, for a thread that is still waiting for one when everything ends: Python's own object would not bear it."""
    return open(0, encoding="utf-8", closefd=False)


_running = set()


def later(coroutine):
    """Runs beside everything else; the loop itself holds its tasks too loosely."""
    task = asyncio.ensure_future(coroutine)
    _running.add(task)
    task.add_done_callback(_running.discard)
    return task


async def every_second(tick):
    """Calls at each full second."""
    while True:
        await asyncio.sleep(1 - time.time() % 1)
        tick()


def _refuse(constant):
    raise ValueError(f"{constant} is not JSON")


def _finite(text):
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is beyond a double")
    return number
