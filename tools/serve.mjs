// Serves a built page on 127.0.0.1, as a good web server would: MIME types, the brotli and gzip files that lie
// beside each file, the content security policy as a header, and no stale index.html.
//
//   node tools/serve.mjs <folder> <port>     serves until it is stopped
//   node tools/serve.mjs --check <port>      only says whether the port is free
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};
const ENCODINGS = [
  ["br", ".br"],
  ["gzip", ".gz"],
];

/** Serves `folder`; resolves to the server once it listens. Port 0 takes a free one. */
export function serve(folder, port) {
  const root = path.resolve(folder);
  const policy = pagePolicy(root);
  const server = createServer((request, response) => {
    respond(root, policy, request, response).catch((error) => {
      response.writeHead(500, { "Content-Type": "text/plain" }).end(`${error.message}\n`);
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

// The page's own policy, and what a <meta> cannot say: nobody may frame the page.
function pagePolicy(root) {
  const html = readFileSync(path.join(root, "index.html"), "utf8");
  const meta = /<meta http-equiv="?Content-Security-Policy"? content="([^"]*)"/i.exec(html);
  return [meta?.[1], "frame-ancestors 'none'"].filter(Boolean).join("; ");
}

async function respond(root, policy, request, response) {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { Allow: "GET, HEAD" }).end();
    return;
  }
  const file = resolveFile(root, request.url);
  const found = file && (await firstReadable(file, request.headers["accept-encoding"] ?? ""));
  if (!found) {
    response.writeHead(404, { "Content-Type": "text/plain" }).end("not found\n");
    return;
  }
  const hashed = /-[0-9a-f]{8,}(_bg)?\.\w+$/.test(file);
  response.writeHead(200, {
    "Content-Type": TYPES[path.extname(file)] ?? "application/octet-stream",
    "Content-Length": found.body.length,
    "Cache-Control": hashed ? "public, max-age=31536000, immutable" : "no-cache",
    "Content-Security-Policy": policy,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    Vary: "Accept-Encoding",
    ...(found.encoding && { "Content-Encoding": found.encoding }),
  });
  response.end(request.method === "HEAD" ? undefined : found.body);
}

// The file a URL names, or nothing when it would lie outside the folder.
function resolveFile(root, url) {
  let name;
  try {
    name = decodeURIComponent(new URL(url, "http://localhost").pathname);
  } catch {
    return undefined;
  }
  if (name.includes("\0")) return undefined;
  const file = path.join(root, name.endsWith("/") ? `${name}index.html` : name);
  return file.startsWith(root + path.sep) ? file : undefined;
}

async function firstReadable(file, accepted) {
  const offers = accepted.split(",").map((part) => part.trim());
  const wanted = ENCODINGS.filter(([encoding]) =>
    offers.some((offer) => offer === encoding || (offer.startsWith(`${encoding};`) && !/q=0(\.0*)?$/.test(offer))),
  );
  for (const [encoding, suffix] of [...wanted, [undefined, ""]]) {
    try {
      return { body: await readFile(file + suffix), encoding };
    } catch (error) {
      if (!["ENOENT", "ENOTDIR", "EISDIR"].includes(error.code)) throw error;
    }
  }
  return undefined;
}

function portFrom(text) {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  console.error(`porthole: PORT must be a number from 1 to 65535, not "${text}".`);
  process.exit(1);
}

function explain(error, port) {
  const reason = {
    EADDRINUSE: `Port ${port} is already in use: stop what listens there, or choose another, as in: make run PORT=${port === 65535 ? 8080 : port + 1}`,
    EACCES: `Port ${port} needs rights that you do not have: choose one above 1023, as in: make run PORT=8080`,
  }[error.code];
  console.error(`porthole: ${reason ?? error.message}`);
  process.exit(1);
}

function checkPort(port) {
  const probe = createServer();
  probe.once("error", (error) => explain(error, port));
  probe.listen(port, "127.0.0.1", () => probe.close());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, portText] = process.argv.slice(2);
  const port = portFrom(portText);
  if (folder === "--check") {
    checkPort(port);
  } else {
    serve(folder, port).then(
      () => console.log(`Porthole is at http://127.0.0.1:${port}/ (Ctrl-C stops it)`),
      (error) => explain(error, port),
    );
  }
}
