// Trunk's post-build hook. It writes uPlot as a module; for a release it also puts the content security policy
// into index.html, lays a brotli and a gzip file beside each file, and fails when the page is over its budget.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

// A ratchet on its way to 300,000: it is only ever lowered.
const BUDGET_BYTES = 510_000;
// Formats that are compressed in themselves.
const COMPRESSED = /\.(png|jpg|webp|woff2|br|gz)$/;

const stage = process.env.TRUNK_STAGING_DIR;
if (!stage) throw new Error("TRUNK_STAGING_DIR is not set: this script is a hook of Trunk");

writeUplotModule();
if (process.env.TRUNK_PROFILE === "release") {
  writePolicy();
  process.exitCode = weigh(compress()) ? 0 : 1;
}

// The package's own module build is not minified; its minified build is no module, but one line makes it one.
function writeUplotModule() {
  const script = readFileSync("node_modules/uplot/dist/uPlot.iife.min.js", "utf8");
  mkdirSync(path.join(stage, "vendor"), { recursive: true });
  writeFileSync(path.join(stage, "vendor/uPlot.esm.js"), `${script.trimEnd()}\nexport default uPlot;\n`);
}

// Trunk's loader is an inline script: the policy names its hash. `frame-ancestors` works only as a header.
function writePolicy() {
  const file = path.join(stage, "index.html");
  const html = readFileSync(file, "utf8");
  const hashes = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, text]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`,
  );
  const policy = [
    "default-src 'none'",
    ["script-src 'self' 'wasm-unsafe-eval'", ...hashes].join(" "),
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self' ws: wss:",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
  ].join("; ");
  // Before all scripts and styles: a policy does not reach what stands above it.
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  const withPolicy = html.replace(/<meta charset=[^>]*>/i, (charset) => charset + meta);
  if (withPolicy === html) throw new Error("index.html has no <meta charset> to put the policy behind");
  writeFileSync(file, withPolicy);
}

// Returns the name, raw size and brotli size of each file.
function compress() {
  const files = readdirSync(stage, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const name = path.relative(stage, file);
    const raw = readFileSync(file);
    if (COMPRESSED.test(name)) return { name, raw: raw.length, brotli: raw.length };
    const brotli = brotliCompressSync(raw, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length },
    });
    writeFileSync(`${file}.br`, brotli);
    writeFileSync(`${file}.gz`, gzipSync(raw, { level: 9 }));
    return { name, raw: raw.length, brotli: brotli.length };
  });
}

// Prints a table; true when the page is within its budget.
function weigh(files) {
  const line = (name, raw, brotli) => console.log(`${name.padEnd(48)} ${raw.padStart(10)} ${brotli.padStart(10)}`);
  const total = files.reduce((sum, file) => sum + file.brotli, 0);
  line("what the page loads", "bytes", "brotli");
  for (const file of files.sort((a, b) => b.brotli - a.brotli)) line(file.name, `${file.raw}`, `${file.brotli}`);
  line("total", `${files.reduce((sum, file) => sum + file.raw, 0)}`, `${total}`);
  if (total <= BUDGET_BYTES) {
    console.log(`${BUDGET_BYTES - total} bytes under the budget of ${BUDGET_BYTES}`);
    return true;
  }
  console.error(`The page is ${total - BUDGET_BYTES} bytes over its budget of ${BUDGET_BYTES} bytes brotli.`);
  return false;
}
