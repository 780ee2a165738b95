// Cuts the program into what every page needs and parts that are loaded when they are first needed: one for each
// protocol, one for what only some connections of a protocol need (its folder `later`), one for the simulators of the
// demo, and one for what the page shows only when somebody asks for it.
//
// A part is a WebAssembly module that shares memory, table and stack with the program. The program reaches a part only
// through function pointers (a protocol's `session`, the methods of `dyn Session`), and their places in the table are
// filled when the part arrives; `src/transport/parts.rs` sees to it that this happens first. What a part needs of the
// program, it imports.
//
// What is constant goes with who needs it: tools/data.mjs.
//
// Which function belongs where follows from names and calls alone: a part begins with those functions of its source
// folder whose address is taken, and has what can be reached from nowhere but there.

import { homes, reached, share } from "./data.mjs";

// The place of a function that has not arrived, or never will: a call ends in a trap.
const UNLOADED = "part:unloaded";
// What nobody can reach since tools/shrink.mjs takes the exported classes away: their methods' inner functions.
const CUT_OFF = /\bwasm_streams(\[\w+\])?::/;
// The module that parts import from; src/transport/parts.js hands it over by this name.
const PROGRAM = "p";
// Libraries that one part alone uses: whose their methods are cannot be seen from how a table of methods is used.
const LIBRARIES = [[/\b(serde_json_path\w*|nom|regex_lite)\[/, "connector_later"]];
const NAME = String.raw`\$("(?:[^"\\]|\\.)*"|[^\s()"]+)`;

/** The part that a function begins, judged by its demangled name; `protocols` are the folders in src/protocol. */
function partOf(name, protocols) {
  if (/porthole(\[\w+\])?::ui::more::/.test(name)) return "more";
  for (const protocol of protocols) {
    const home = new RegExp(String.raw`porthole(\[\w+\])?::protocol::${protocol}::(\w+)?`).exec(name);
    if (!home) continue;
    if (home[2] === "simulator") return "demo";
    if (home[2] === "later") return `${protocol}_later`;
    // What must be known before a socket is dialled, or when that fails.
    if (!["causes", "parts"].includes(home[2])) return protocol;
  }
  return LIBRARIES.find(([crates]) => crates.test(name))?.[1] ?? null;
}

/**
 * Cuts a module, given as Binaryen's text with its names kept, and the linker's map of it. Returns the text of the program, the export names that
 * parts will want, and for each part its name and a function that makes its text once the exports have their final
 * names (a Map from those to these).
 */
export function split(text, protocols, map = "") {
  const forms = text.replace(/\)\s*$/, "").split(/\n (?=\()/);
  const head = forms.shift();
  const of = (kind) => forms.filter((form) => form.startsWith(`(${kind} `));
  const functions = new Map(of("func").map((form) => [named("func", form), form]));
  const imported = new Map(of("import").filter((form) => form.includes("(func ")).map((form) => [named("func", form), form]));
  const [elements, ...others] = of("elem");
  if (!elements || others.length > 0) throw new Error("tools/split.mjs looked for one list of functions by address.");
  const [, prefix, first] = /^(\(elem .*?\(i32\.const (\d+)\) (?:func )?)/.exec(elements) ?? [];
  const table = prefix && [...elements.slice(prefix.length).matchAll(new RegExp(NAME, "g"))].map(([, name]) => name);
  if (!table?.every((name) => functions.has(name) || imported.has(name))) {
    throw new Error("tools/split.mjs does not understand the list of functions by address.");
  }

  const calls = new Map([...functions].map(([name, form]) => [name, called(form)]));
  const exported = of("export").flatMap((form) => called(form.replaceAll("(func ", "(call ")));
  const begins = new Map(table.filter((name) => !CUT_OFF.test(name)).map((name) => [name, partOf(name, protocols)]));
  const kept = reached(calls, [...exported, ...table.filter((name) => begins.get(name) === null)]);
  const names = [...new Set(begins.values())].filter(Boolean).sort();
  const reach = new Map(
    names.map((part) => [part, reached(calls, table.filter((name) => begins.get(name) === part && !kept.has(name)))]),
  );
  // Who needs what. What several parts need stays in the program, unless all but one of them are parts whose size nobody
  // waits for: these have copies of their own. Code and constants alike do no harm by being there twice.
  const needed = new Map();
  for (const [part, reachable] of reach) {
    for (const name of reachable) {
      if (functions.has(name) && !kept.has(name)) needed.set(name, [...(needed.get(name) ?? []), part]);
    }
  }
  const holders = new Map([...needed].map(([name, parts]) => [name, homes(parts)]));
  const stays = (name) => kept.has(name) || holders.get(name)?.length === 0;
  const holds = (part, name) => holders.get(name)?.includes(part) ?? false;
  const owned = (part) => [...functions.keys()].filter((name) => holds(part, name));
  const later = protocols.filter((protocol) => text.includes(`::${protocol}::later::`)).map((protocol) => `${protocol}_later`);
  const wanted = [...protocols, ...later, "demo", ...(text.includes("::ui::more::") ? ["more"] : [])];
  for (const part of wanted) {
    const { length } = owned(part);
    if (length === 0) throw new Error(`tools/split.mjs found nothing for the part "${part}": is all of it called directly?`);
  }

  // All that a part's functions name and do not have.
  const needs = (part) => {
    const own = new Set(owned(part));
    return [...new Set([...own].flatMap((name) => calls.get(name)))].filter((name) => !own.has(name));
  };
  // By number: names have characters that not every tool reads back.
  const numbers = new Map([...functions.keys(), ...imported.keys()].map((name, number) => [name, number]));
  const exportOf = (name) => `part:function ${numbers.get(name)}`;
  const memory = of("memory")[0];
  // Of functions, and of what JavaScript has lent.
  const tables = of("table");
  const functionTable = named("table", tables.find((form) => form.endsWith(" funcref)")));
  const globals = of("global");
  const code = new Map([null, ...names].map((name) => [name, []]));
  for (const [name, form] of functions) {
    for (const home of holders.get(name)?.length > 0 ? holders.get(name) : [null]) code.get(home).push(form);
  }
  code.get(null).push(...globals);
  const data = share(of("data"), code, map);
  const exports = new Map([
    ...names.flatMap(needs).map((name) => [exportOf(name), `(func $${name})`]),
    ...globals.map((form) => [`part:global ${named("global", form)}`, `(global $${named("global", form)})`]),
    ["part:memory", `(memory $${named("memory", memory)})`],
    ...tables.map((form) => [`part:table ${named("table", form)}`, `(table $${named("table", form)})`]),
  ]);
  const program = [
    head,
    ...forms.filter((form) => form !== elements && !form.startsWith("(data ") && !(form.startsWith("(func ") && holders.get(named("func", form))?.length > 0)),
    `${prefix}${table.map((name) => `$${stays(name) ? name : UNLOADED}`).join(" ")})`,
    ...data.program,
    `(func $${UNLOADED} (unreachable))`,
    ...[...exports].map(([name, what]) => `(export "${name}" ${what})`),
  ];

  const part = (name) => (finalNames) => {
    const from = (long) => `"${PROGRAM}" "${finalNames.get(long)}"`;
    const signature = (callee) =>
      functions.has(callee)
        ? `${functions.get(callee).split("\n")[0]})`
        : /\(func .*\)(?=\)$)/.exec(imported.get(callee))[0];
    return [
      head,
      ...of("type"),
      ...of("rec"),
      ...needs(name).map((callee) => `(import ${from(exportOf(callee))} ${signature(callee)})`),
      ...globals.map((form) => {
        const [, global, type] = /^\(global (\$\S+) (\(mut \w+\)|\w+) /.exec(form);
        return `(import ${from(`part:global ${named("global", form)}`)} (global ${global} ${type}))`;
      }),
      `(import ${from("part:memory")} ${memory})`,
      ...tables.map((form) => `(import ${from(`part:table ${named("table", form)}`)} ${form})`),
      ...runs(table, (at) => holds(name, table[at])).map(
        ([start, members]) => `(elem (table $${functionTable}) (i32.const ${Number(first) + start}) func ${members.map((member) => `$${member}`).join(" ")})`,
      ),
      ...data.part(name),
      ...owned(name).map((member) => functions.get(member)),
    ].join("\n ") + "\n)\n";
  };
  return {
    program: `${program.join("\n ")}\n)\n`,
    exports: [...exports.keys()],
    parts: names.map((name) => ({ name, text: part(name) })),
  };
}

function named(kind, form) {
  return new RegExp(String.raw`\(${kind} ${NAME}`).exec(form)[1];
}

/** The functions that a form calls or takes the address of. */
function called(form) {
  return [...form.matchAll(new RegExp(String.raw`\((?:return_call|call|ref\.func) ${NAME}`, "g"))].map(([, name]) => name);
}

/** Neighbours in a list that satisfy a condition: where they start, and which. */
function runs(list, isIn) {
  const found = [];
  list.forEach((item, at) => {
    if (!isIn(at)) return;
    if (at > 0 && isIn(at - 1)) found.at(-1)[1].push(item);
    else found.push([at, [item]]);
  });
  return found;
}
