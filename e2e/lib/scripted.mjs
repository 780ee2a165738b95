// A SEC node that says what a test wants it to say: the smallest WebSocket server that a browser accepts.
// It sends text frames and takes text frames of up to 64 kB; it never checks what no browser does wrong.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

const HANDSHAKE = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Serves a description; `updates` are sent on activation. `send` sends any text frame to all clients. */
export async function startScripted({ description, updates = [], answers = {} }) {
  const sockets = new Set();
  const server = createServer();
  server.on("upgrade", (request, socket) => {
    const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + HANDSHAKE).digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    sockets.add(socket);
    socket.on("error", () => {}); // The browser may leave at any time.
    socket.on("close", () => sockets.delete(socket));
    receive(socket, (line) => {
      for (const reply of replies(line, description, updates, answers)) socket.write(textFrame(reply));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  return {
    port,
    url: `ws://127.0.0.1:${port}`,
    key: `127.0.0.1:${port}`,
    send: (text) => sockets.forEach((socket) => socket.write(textFrame(text))),
    async stop() {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, "close");
    },
  };
}

function replies(line, description, updates, answers) {
  const [action, specifier = ""] = line.trim().split(" ");
  if (answers[action]) return answers[action](line.trim());
  switch (action) {
    case "*IDN?":
      return ["ISSE,SECoP,,v1.0"];
    case "describe":
      return [`describing . ${JSON.stringify(description)}`];
    case "activate":
      return [...updates, `active${specifier && ` ${specifier}`}`];
    case "deactivate":
      return [`inactive${specifier && ` ${specifier}`}`];
    case "ping":
      return [`pong ${specifier} [null,{"t":${Date.now() / 1000}}]`];
    default:
      return [`error_${action} ${specifier} ["NotImplemented","this node only talks",{}]`];
  }
}

// RFC 6455, 5.2: final text frame, not masked.
function textFrame(text) {
  const body = Buffer.from(text);
  const head = Buffer.alloc(body.length < 126 ? 2 : body.length < 65_536 ? 4 : 10);
  head[0] = 0x81;
  head[1] = head.length === 2 ? body.length : head.length === 4 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(body.length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(body.length), 2);
  return Buffer.concat([head, body]);
}

// A browser's frames are whole and masked; one that is longer than 64 kB no test sends.
function receive(socket, heard) {
  let rest = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 6) {
      const short = rest[1] & 0x7f;
      const mask = short === 126 ? 4 : 2;
      const length = short === 126 ? rest.readUInt16BE(2) : short;
      const end = mask + 4 + length;
      if (rest.length < end) return;
      const body = rest.subarray(mask + 4, end).map((byte, index) => byte ^ rest[mask + (index % 4)]);
      const opcode = rest[0] & 0x0f;
      rest = rest.subarray(end);
      if (opcode === 1) heard(body.toString());
      if (opcode === 8) socket.end();
    }
  });
}
