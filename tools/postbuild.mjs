// Trunk's post-build hook. It puts uPlot into the page; for a release it also makes all files small, puts the content
// security policy into index.html, lays a brotli and a gzip file beside each file, and fails when the page is over its
// budget.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { constants, createBrotliCompress, gzipSync } from "node:zlib";

// All files that it takes to show the values of an instrument, compressed: the page, and the part of the program that
// speaks the instrument's protocol.
const BUDGET_BYTES = 300_000;
// Formats that are compressed in themselves.
const COMPRESSED = /\.(png|jpg|webp|woff2|br|gz)$/;

const stage = process.env.TRUNK_STAGING_DIR;
if (!stage) throw new Error("TRUNK_STAGING_DIR is not set: this script is a hook of Trunk");

mkdirSync(path.join(stage, "vendor"), { recursive: true });
copyFileSync("node_modules/uplot/dist/uPlot.esm.js", path.join(stage, "vendor/uPlot.esm.js"));
if (process.env.TRUNK_PROFILE === "release") {
  // Only a release needs what this imports.
  const { shrink } = await import("./shrink.mjs");
  writeFileSync(path.join(stage, "index.html"), withPolicy(await shrink(stage)));
  process.exitCode = weigh(await compress()) ? 0 : 1;
}

// Trunk's loader is an inline script: the policy names its hash. `frame-ancestors` works only as a header.
function withPolicy(html) {
  const hashes = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, text]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`,
  );
  const policy = [
    "default-src 'none'",
    ["script-src 'self' 'wasm-unsafe-eval'", ...hashes].join(" "),
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self' ws: wss: http: https:",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
  ].join("; ");
  // Before all scripts and styles: a policy does not reach what stands above it.
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  const guarded = html.replace(/<meta charset=[^>]*>/i, (charset) => charset + meta);
  if (guarded === html) throw new Error("index.html has no <meta charset> to put the policy behind");
  return guarded;
}

// Returns the name, raw size and brotli size of each file.
async function compress() {
  const files = readdirSync(stage, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const weights = [];
  for (const entry of files) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const name = path.relative(stage, file);
    const raw = readFileSync(file);
    if (COMPRESSED.test(name)) {
      weights.push({ name, raw: raw.length, brotli: raw.length });
      continue;
    }
    const compressed = await brotli(name.endsWith(".wasm") ? sections(raw) : [raw]);
    writeFileSync(`${file}.br`, compressed);
    writeFileSync(`${file}.gz`, gzipSync(raw, { level: 9 }));
    weights.push({ name, raw: raw.length, brotli: compressed.length });
  }
  return weights;
}

// One stream, with fresh statistics for each part: the code of a program and its data have little in common.
async function brotli(parts) {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const encoder = createBrotliCompress({
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: size },
  });
  const compressed = encoder.toArray();
  for (const [index, part] of parts.entries()) {
    if (index > 0) await new Promise((done) => encoder.flush(constants.BROTLI_OPERATION_FLUSH, done));
    await new Promise((done) => encoder.write(part, done));
  }
  encoder.end();
  return Buffer.concat(await compressed);
}

// Cuts a WebAssembly module before its code and before its data.
function sections(wasm) {
  const CODE = 10;
  const DATA = 11;
  const cuts = [0];
  for (let at = 8; at < wasm.length; ) {
    if (wasm[at] === CODE || wasm[at] === DATA) cuts.push(at);
    // The number of a section is followed by its length, seven bits to a byte, the lowest first.
    let length = 0;
    let byte = at;
    do {
      byte += 1;
      length += (wasm[byte] & 0x7f) * 2 ** (7 * (byte - at - 1));
    } while (wasm[byte] & 0x80);
    at = byte + 1 + length;
  }
  return cuts.map((cut, index) => wasm.subarray(cut, cuts[index + 1]));
}

// Prints a table; true when the page is within its budget with whichever protocol.
function weigh(files) {
  const line = (name, raw, brotli) => console.log(`${name.padEnd(48)} ${raw.padStart(10)} ${brotli.padStart(10)}`);
  const lines = (some) => some.forEach((file) => line(file.name, `${file.raw}`, `${file.brotli}`));
  const sum = (some) => some.reduce((sum, file) => sum + file.brotli, 0);
  files.sort((a, b) => b.brotli - a.brotli);
  const partOf = ({ name }) => /^part-(\w+)-/.exec(name)?.[1];
  const page = files.filter((file) => !partOf(file));
  const parts = files.filter(partOf);
  line("what the page loads", "bytes", "brotli");
  lines(page);
  line("the page", "", `${sum(page)}`);
  line("and when it is first needed", "", "");
  lines(parts);
  line("all files", "", `${sum(files)}`);
  const largest = parts.find((part) => !/^(demo|more|\w+_later)$/.test(partOf(part)));
  if (!largest) throw new Error("tools/split.mjs made no part for a protocol");
  const first = sum(page) + largest.brotli;
  const what = `The page with the part for ${partOf(largest)} is`;
  if (first <= BUDGET_BYTES) {
    console.log(`${what} ${BUDGET_BYTES - first} bytes under its budget of ${BUDGET_BYTES} bytes brotli.`);
    return true;
  }
  console.error(`${what} ${first - BUDGET_BYTES} bytes over its budget of ${BUDGET_BYTES} bytes brotli.`);
  return false;
}
