// Makes the release page smaller than Trunk leaves it. wasm-bindgen and Trunk promise nothing about the shape of what
// they write: each step says so and ends the build when it does not find what it looks for.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { minify } from "terser";
import { split } from "./split.mjs";

// Written by the linker: see for_page in tools/lib.sh.
const LINKER_MAP = "target/page.map";
// Low memory is unused: below 1 KiB rust-lld puts nothing but, at most, the last of a stack that is about to run out.
// A function with one caller stays by itself: put into it, it compresses worse.
const WASM_OPT = ["-Os", "-Os", "--low-memory-unused", "--one-caller-inline-max-function-size=1"];
// rustc emits these features for wasm32 without being asked; Binaryen wants to be told.
const FEATURES = [
  "bulk-memory",
  "nontrapping-float-to-int",
  "sign-ext",
  "mutable-globals",
  "reference-types",
  "multivalue",
].map((feature) => `--enable-${feature}`);
// What plot.js does not use of uPlot, as changes to uPlot's text after which the minifier sees it too.
const UNUSED_IN_UPLOT = [
  // Other ways to draw a line, and joined tables.
  [/\(paths\.bars +=/, "("],
  [/\(paths\.spline +=/, "("],
  [/uPlot\.join = join;/, ""],
  // The legend.
  [/const showLegend = legend\.show;/, "const showLegend = false;"],
  // Points.
  [/const pointsPath = points\(\) ;/, "const pointsPath = retNull;"],
  [/uPlot\.paths = \{\s*points,\s*\};/, "uPlot.paths = {};"],
  // Pointers that several plots share.
  [/\bsrc != null/, "false"],
  [/\bsrc == null/, "true"],
  [/const sync = _sync\(syncKey\);/, ""],
  [/if \(syncOpts\.filters\.pub\([^)]*\)\)\s*sync\.pub\([^)]*\);/, ""],
  [/\bsync\.(sub|unsub)\(self\);/, ""],
  // Scales that are not linear.
  [/\b\w+\.distr +(==|>=) +[234]\b/, "false"],
  // What is there for plugins.
  [/uPlot\.(sync = _sync|addGap = addGap|clipGaps = clipGaps|pxRatio = pxRatio);/, ""],
  [/uPlot\.(rangeLog|rangeAsinh) = \1;/, ""],
  // Words for times: plot.js has its own. Times are in seconds.
  [/\bs\.value = isTime [^;]+;/, "s.value = numSeriesVal;"],
  [/isTime \? \(\s*\/\/ config array[\s\S]*?av \|\| _timeAxisVals\s*\) : av/, "av"],
  [/const (_fmtDate|_timeAxisVals|_timeSeriesVal) +=[^;]+;/, ""],
  [/uPlot\.(fmtDate = fmtDate|tzDate +=\s+tzDate);/, ""],
  [/const localTz = [^;]+;/, ""],
  [/const ms = [^;]+;/, "const ms = 1e-3;"],
  [/const (days3|months3) = [^;]+;/, ""],
  [/const engNames = \{[^}]*\};/, ""],
  [/const _timeAxisStamps = \[[\s\S]*?\n\t\];/, "const _timeAxisStamps = null;"],
  [/const \[ timeIncrsMs[^;]+genTimeStuffs\(1\);/, ""],
];
// The same for its style sheet.
const UNUSED_STYLES = /\.u-(title|legend|inline|series)\b[^{}]*\{[^{}]*\}/g;
// uPlot, by the name that plot.js has for it.
const LIBRARY = "vendor/uPlot.esm.js";
// Unsafe only for functions that are called with `new` or asked for their prototype: here these are classes and
// declarations, which stay as they are.
const TERSER = { module: true, ecma: 2020, compress: { passes: 3, unsafe_arrows: true } };

/** Shrinks what lies in the folder `stage` and returns its index.html, which names the files as they are then. */
export async function shrink(stage) {
  const page = { stage, html: readFileSync(path.join(stage, "index.html"), "utf8") };
  joinStyles(page);
  await shrinkProgram(page);
  await minifyFile(stage, "boot.js");
  for (const emptied of ["snippets", "vendor"]) rmSync(path.join(stage, emptied), { recursive: true });
  // The files come from the very server that index.html comes from.
  page.html = page.html.replace(/ integrity=[^\s>]+/g, "");
  return page.html;
}

// One file in place of many: it compresses better, and is one request.
function joinStyles(page) {
  const links = [...page.html.matchAll(/<link href=\.\/(\S+\.css) [^>]*rel=stylesheet>/g)];
  if (links.length < 2) throw unlike("index.html", "links to style sheets");
  const styles = links.map(([, name]) => take(page.stage, name));
  const all = styles.join("");
  const used = all.replace(UNUSED_STYLES, "");
  if (used === all) throw unlike("uPlot's style sheet", "the legend");
  const name = put(page.stage, "porthole", ".css", used);
  links.forEach(([link], index) => {
    page.html = page.html.replace(link, index === 0 ? `<link href=./${name} rel=stylesheet>` : "");
  });
}

// The program, and the script that wasm-bindgen writes to connect it with the browser.
async function shrinkProgram(page) {
  const [, glueName] = /import init from '\.\/([^']+)'/.exec(page.html) ?? [];
  const [, wasmName] = /module_or_path: '\.\/([^']+)'/.exec(page.html) ?? [];
  if (!glueName || !wasmName) throw unlike("index.html", "the names of the program's files");

  const script = withSnippets(page, withoutClasses(take(page.stage, glueName)));
  const { wasm, names, parts } = shrinkWasm(take(page.stage, wasmName, null), exportsUsed(script));
  const library = await minified(withoutUnused(take(page.stage, LIBRARY)));
  const glue = replaceOnce(
    await minified(renamed(withoutImports(script, names), names)),
    `"${LIBRARY}"`,
    `"${put(page.stage, "uplot", ".js", library)}"`,
    "the glue",
  );
  page.html = page.html.replaceAll(glueName, put(page.stage, "porthole", ".js", glue));
  page.html = page.html.replaceAll(wasmName, put(page.stage, "porthole", ".wasm", wasm));
  const links = parts.map(({ name, wasm }) => `<link data-part=${name} href=./${put(page.stage, `part-${name}`, ".wasm", wasm)}>`);
  page.html = replaceOnce(page.html, "</head>", `${links.join("")}</head>`, "index.html");
}

// Classes that a dependency exports to JavaScript. Nobody there asks for them, but as long as they are exported the
// code behind them stays.
function withoutClasses(glue) {
  const classes = [...glue.matchAll(/^export class (\w+) \{\n[\s\S]*?\n\}\n/gm)];
  for (const [text, name] of classes) {
    glue = glue
      .replace(text, "")
      .replace(new RegExp(`^if \\(Symbol\\.dispose\\) ${name}\\.prototype.*\n`, "m"), "")
      .replace(new RegExp(`^const ${name}Finalization = [\\s\\S]*?;\n`, "m"), "");
    if (glue.includes(name)) throw unlike("the glue", `class ${name} in three known places`);
  }
  // The way to start without a promise is not ours either.
  const all = "export { initSync, __wbg_init as default };";
  const script = replaceOnce(glue, all, "export { __wbg_init as default };", "the glue");
  if (script.match(/^\s*export\b/gm).length !== 1) throw unlike("the glue", "no export but the start and classes");
  return script;
}

// Our own scripts that the glue imports become part of it, each in a scope of its own.
function withSnippets(page, glue) {
  const script = glue.replace(/^import \{ (\w+) \} from '\.\/(snippets\/[^']+)';$/gm, (_, name, file) => {
    const text = take(page.stage, file).replace(/^export /gm, "");
    if (/^import /m.test(text)) throw unlike(file, "a script without imports");
    page.html = page.html.replace(new RegExp(`<link [^>]*href=\\./${file}[ >][^>]*>`), "");
    return `const ${name} = (() => {\n${text}\nreturn ${name};\n})();`;
  });
  if (/^import /m.test(script)) throw unlike("the glue", "imports of one name from snippets/");
  return script;
}

function exportsUsed(glue) {
  if (/\bwasm\[/.test(glue)) throw unlike("the glue", "exports called by name");
  return new Set([...glue.matchAll(/\bwasm\.(\w+)/g)].map(([, name]) => name));
}

// Removes what no used export reaches, cuts off the parts, optimizes, and gives imports and exports short names.
function shrinkWasm(before, used) {
  const folder = mkdtempSync(path.join(tmpdir(), "porthole-"));
  const file = (name) => path.join(folder, name);
  const read = (name, encoding) => readFileSync(file(name), encoding);
  const optimize = (text, ...more) => {
    writeFileSync(file("in.wat"), text);
    binaryen("wasm-as", [file("in.wat"), "-o", file("in.wasm")]);
    const told = binaryen("wasm-opt", [...WASM_OPT, ...more, file("in.wasm"), "-o", file("out.wasm")]);
    return { told, wasm: read("out.wasm") };
  };
  try {
    writeFileSync(file("whole.wasm"), before);
    const graph = [...used].map((name) => ({ name: `export ${name}`, export: name, root: true }));
    writeFileSync(file("graph.json"), JSON.stringify(graph));
    binaryen("wasm-metadce", [file("whole.wasm"), "--graph-file", file("graph.json"), "-g", "-o", file("used.wasm")]);
    // Before anything is optimized: what is merged then has only one of its names.
    binaryen("wasm-dis", [file("used.wasm"), "-o", file("used.wat")]);
    const { program, exports, parts } = split(read("used.wat", "utf8"), protocols(), readFileSync(LINKER_MAP, "utf8"));
    const { told, wasm } = optimize(program, "--minify-imports-and-exports-and-modules");
    const names = shortNames(JSON.parse(told), wasm, [...used, ...exports]);
    return { wasm, names, parts: parts.map(({ name, text }) => ({ name, wasm: optimize(text(names.exports)).wasm })) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// Each has a folder.
function protocols() {
  const entries = readdirSync("src/protocol", { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

function binaryen(tool, args) {
  return execFileSync(path.join("node_modules/.bin", tool), [...FEATURES, ...args], { encoding: "utf8" });
}

// The names as they were, each with its new one; and that the program has these and no others.
function shortNames(map, wasm, used) {
  const module = new WebAssembly.Module(wasm);
  const imports = new Map(map.imports.map(([, long, short]) => [long, short]));
  const exports = new Map(map.exports);
  const [from] = new Set(map.imports.map(([long]) => long));
  const [to] = new Set(WebAssembly.Module.imports(module).map(({ module }) => module));
  if (WebAssembly.Module.imports(module).length !== imports.size) throw unlike("the program", "imports as wasm-opt says");
  if (used.some((name) => !exports.has(name))) throw unlike("the program", "exports as the glue wants them");
  return { imports, exports, from, to };
}

// Keeps of the object of imports what the program still imports.
function withoutImports(glue, { imports }) {
  const [, head, entries, tail] = /^([\s\S]*?__proto__: null,\n)([\s\S]*?)(\n {4}\};\n[\s\S]*)$/.exec(glue) ?? [];
  const each = entries?.split(/\n(?= {8}\w+: )/) ?? [];
  const names = each.map((entry) => /^ {8}(\w+): function\(/.exec(entry)?.[1]);
  if ([...imports.keys()].some((name) => !names.includes(name))) throw unlike("the glue", "every import of the program");
  return head + each.filter((_, index) => imports.has(names[index])).join("\n") + tail;
}

function renamed(glue, { imports, exports, from, to }) {
  for (const [long, short] of imports) glue = replaceOnce(glue, `        ${long}: function(`, `${short}: function(`, "the glue");
  glue = replaceOnce(glue, `"${from}": import0`, `${to}: import0`, "the glue");
  return glue.replace(/\bwasm\.(\w+)/g, (_, name) => `wasm.${exports.get(name)}`);
}

async function minifyFile(stage, name) {
  const file = path.join(stage, name);
  writeFileSync(file, await minified(readFileSync(file, "utf8")));
}

async function minified(script) {
  return (await minify(script, TERSER)).code;
}

function withoutUnused(script) {
  return UNUSED_IN_UPLOT.reduce((text, [from, to]) => {
    if (!from.test(text)) throw unlike("uPlot", from);
    return text.replaceAll(new RegExp(from, "g"), to);
  }, script);
}

function replaceOnce(text, from, to, where) {
  const parts = text.split(from);
  if (parts.length !== 2) throw unlike(where, `"${from.trim()}" once`);
  return parts.join(to);
}

// Reads a file and removes it: another takes its place.
function take(stage, name, encoding = "utf8") {
  const content = readFileSync(path.join(stage, name), encoding);
  rmSync(path.join(stage, name));
  return content;
}

// Writes a file with the hash of its content in its name, which it returns: web servers may let it be kept for ever.
function put(stage, name, extension, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
  writeFileSync(path.join(stage, `${name}-${hash}${extension}`), content);
  return `${name}-${hash}${extension}`;
}

function unlike(where, what) {
  return new Error(`tools/shrink.mjs looked for ${what} in vain: ${where} is not what it was, so the script must follow.`);
}
