"""A WebSocket client for the tests of the peers: lines of standard input are sent, what comes is printed.

`< text` and `b hex` are frames, `+ subprotocol` is the open socket, `- code reason` its end, or `! reason` a refusal.
"""
import argparse
import asyncio
import threading

from standin import standard_input
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake


def tell(line):
    print(line, flush=True)


def read_lines(loop, lines):
    for line in standard_input():
        loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\n"))


async def send_lines(socket):
    lines = asyncio.Queue()
    threading.Thread(target=read_lines, args=(asyncio.get_running_loop(), lines), daemon=True).start()
    while True:
        await socket.send(await lines.get())


async def main(options):
    offered = [options.subprotocol] if options.subprotocol else None
    try:
        async with connect(options.url, subprotocols=offered, proxy=None, max_size=None) as socket:
            tell(f"+ {socket.subprotocol}")
            sending = asyncio.ensure_future(send_lines(socket))
            try:
                while True:
                    frame = await socket.recv()
                    tell(f"< {frame}" if isinstance(frame, str) else f"b {frame.hex()}")
            except ConnectionClosed:
                sending.cancel()
                tell(f"- {socket.close_code} {socket.close_reason}")
    except InvalidHandshake as error:
        tell(f"! {error}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Sends lines, prints frames.")
    parser.add_argument("--url", required=True)
    parser.add_argument("--subprotocol")
    asyncio.run(main(parser.parse_args()))
