// Which part needs which constants: texts, tables and the like, which the linker puts into one block for all.
//
// The linker's map says where each constant lies. Who needs it follows from the numbers in the code that are addresses
// in the block, and from addresses in the constants themselves. A number that happens to look like an address only
// keeps a constant in the program, where it does no harm. What nobody seems to need stays there, too.

// An address may be reckoned from a neighbour: the end of a list, or the place before its first element.
const MARGIN = 16;
const BLOCK = ".rodata";

/** The constants that a linker map lists: where each begins and how long it is, in their order. */
export function constants(map) {
  const line = /^\s*([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\S.*\.o:\(\.rodata[^)]*\)$/gm;
  const found = [...map.matchAll(line)].map(([, start, size]) => ({ start: parseInt(start, 16), size: parseInt(size, 16) }));
  return found.filter(({ size }) => size > 0).sort((a, b) => a.start - b.start);
}

/**
 * Finds where each constant goes. `forms` are the data of a module in Binaryen's text, `code` the texts of the
 * functions of the program and of each part: a Map from the part's name, `null` for the program. Returns the forms of
 * the program, without what is a part's own, and a function that makes the forms of a part.
 */
export function share(forms, code, map) {
  const segments = forms.map(parse);
  const block = segments.find(({ name }) => name === BLOCK);
  const list = block ? constants(map).filter(({ start, size }) => block.start <= start && start + size <= block.end) : [];
  if (block && list.length === 0) throw new Error("tools/data.mjs found no constants in the linker's map: is it of another build?");
  const around = (address) => within(list, address - MARGIN, address + MARGIN);
  const words = ({ start, bytes }) => {
    const aligned = (4 - (start % 4)) % 4;
    return Array.from({ length: Math.max(0, (bytes.length - aligned) >> 2) }, (_, at) => bytes.readUInt32LE(aligned + 4 * at));
  };
  const bytesOf = ({ start, size }) => block.bytes.subarray(start - block.start, start - block.start + size);
  const leads = new Map(
    list.map((constant, at) => [at, words({ start: constant.start, bytes: bytesOf(constant) }).flatMap((word) => within(list, word, word))]),
  );
  const numbers = (texts) => new Set(texts.flatMap((text) => [...text.matchAll(/(?:i32\.const |offset=)(\d+)/g)].map(([, n]) => Number(n))));
  const seenBy = new Map([...code].map(([name, texts]) => [name, reached(leads, [...numbers(texts)].flatMap(around))]));
  // What changes while the program runs, and what the linker has joined, is not looked into: all that it names stays.
  const others = segments.filter((segment) => segment !== block).flatMap(words);
  const joined = block ? gaps(list, block).flatMap(([start, end]) => words({ start, bytes: block.bytes.subarray(start - block.start, end - block.start) })) : [];
  const kept = reached(leads, [...others, ...joined].flatMap((word) => within(list, word, word)));
  const owners = list.map((_, at) => [...seenBy].filter(([, seen]) => seen.has(at)).map(([name]) => name));
  // As it is with code: the program, one part, or one part and copies in others.
  const held = owners.map((names, at) => (names.includes(null) || kept.has(at) ? [] : homes(names)));

  const of = (name) => {
    const holds = (at) => (name === null ? held[at].length === 0 : held[at].includes(name));
    const runs = [];
    list.forEach((constant, at) => {
      if (!holds(at)) return;
      const last = runs.at(-1);
      // Alignment leaves a byte or two between neighbours.
      if (last && constant.start - last.end < 8 && holds(at - 1)) last.end = constant.start + constant.size;
      else runs.push({ start: constant.start, end: constant.start + constant.size });
    });
    return runs.map(({ start, end }) => ({ start, bytes: block.bytes.subarray(start - block.start, end - block.start) }));
  };
  const runs = new Map([...code.keys()].filter((name) => name !== null).map((name) => [name, of(name)]));
  const form = ({ start, bytes }) => `(data (i32.const ${start}) "${quoted(bytes)}")`;
  const texts = new Map([...runs].map(([name, own]) => [name, own.map(form)]));
  for (const { bytes } of [...runs.values()].flat()) bytes.fill(0);
  return {
    program: segments.map(({ head, bytes }) => `${head} "${quoted(bytes)}")`),
    part: (name) => texts.get(name) ?? [],
  };
}

/** Where that goes which these parts need; nowhere means that it stays in the program. */
export function homes(parts) {
  const awaited = parts.filter((part) => part !== "demo" && !part.endsWith("_later"));
  return parts.length === 1 || awaited.length === 1 ? parts : [];
}

/** All that can be reached from somewhere, itself included; `leads` says where each leads. */
export function reached(leads, roots) {
  const seen = new Set();
  const open = [...roots];
  while (open.length > 0) {
    const at = open.pop();
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...(leads.get(at) ?? []));
  }
  return seen;
}

function parse(form) {
  const [, head, name, start, text] = /^(\(data \$(\S+) \(i32\.const (\d+)\)) "((?:[^"\\]|\\.)*)"\)$/.exec(form) ?? [];
  if (!head) throw new Error("tools/data.mjs does not understand the data of the program.");
  const bytes = unquoted(text);
  return { head, name, start: Number(start), end: Number(start) + bytes.length, bytes };
}

// Binaryen writes what is no printable ASCII as two hexadecimal digits.
function unquoted(text) {
  const simple = { t: 9, n: 10, r: 13, '"': 34, "'": 39, "\\": 92 };
  const bytes = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== "\\") {
      bytes.push(text.charCodeAt(at));
    } else if (text[at + 1] in simple) {
      bytes.push(simple[text[(at += 1)]]);
    } else {
      bytes.push(parseInt(text.slice(at + 1, at + 3), 16));
      at += 2;
    }
  }
  return Buffer.from(bytes);
}

function quoted(bytes) {
  return Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
}

/** The places in the list of constants that have a byte of `from` to `to`. */
function within(list, from, to) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].start + list[middle].size <= from) low = middle + 1;
    else high = middle;
  }
  const found = [];
  for (let at = low; at < list.length && list[at].start <= to; at += 1) found.push(at);
  return found;
}

/** What lies between the constants: where it begins and ends. */
function gaps(list, block) {
  const edges = [{ start: block.start, size: 0 }, ...list, { start: block.end, size: 0 }];
  return edges.slice(1).flatMap(({ start }, at) => {
    const end = edges[at].start + edges[at].size;
    return start > end ? [[end, start]] : [];
  });
}
