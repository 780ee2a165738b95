// The program and its parts, cut from a small module and run.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { homes } from "./data.mjs";
import { split } from "./split.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "porthole-split-"));
after(() => rmSync(folder, { recursive: true }));

// What the program calls through its table: at 1 a session, 2 a simulator, 3 the causes of a failure, 4 its own.
const WHOLE = String.raw`(module
  (type $call (func (result i32)))
  (import "host" "ten" (func $host::ten (result i32)))
  (memory $memory 1)
  (global $__stack_pointer (mut i32) (i32.const 1000))
  (table $table 5 5 funcref)
  (elem (i32.const 1) func
    $"porthole[0123]::protocol::alpha::session"
    $"porthole[0123]::protocol::alpha::simulator::DEMOS::{closure#0}"
    $"porthole[0123]::protocol::alpha::causes::causes"
    $"<porthole::ui::Page as core::ops::FnOnce<(&str, (u8, \"quoted\"))>>::call_once")
  (func $run (export "run") (param $which i32) (result i32)
    (call_indirect $table (type $call) (local.get $which)))
  (func $"porthole[0123]::protocol::alpha::session" (result i32)
    (global.set $__stack_pointer (i32.sub (global.get $__stack_pointer) (i32.const 16)))
    (i32.store (i32.const 8) (global.get $__stack_pointer))
    (i32.add (call $only_alpha) (call $both)))
  (func $only_alpha (result i32) (call $host::ten))
  (func $"porthole[0123]::protocol::alpha::simulator::DEMOS::{closure#0}" (result i32)
    (i32.add (call $both) (i32.const 100)))
  (func $both (result i32) (i32.const 7))
  (func $"porthole[0123]::protocol::alpha::causes::causes" (result i32) (i32.const 3))
  (func $"<porthole::ui::Page as core::ops::FnOnce<(&str, (u8, \"quoted\"))>>::call_once" (result i32)
    (i32.load (i32.const 8)))
)`;

function binaryen(tool, from, to, text) {
  const file = (name) => path.join(folder, name);
  if (text !== undefined) writeFileSync(file(from), text);
  execFileSync(path.join("node_modules/.bin", tool), [file(from), "-g", "-o", file(to)].filter((arg) => tool === "wasm-as" || arg !== "-g"));
  return readFileSync(file(to));
}

function cut(whole) {
  binaryen("wasm-as", "whole.wat", "whole.wasm", whole);
  return split(binaryen("wasm-dis", "whole.wasm", "printed.wat").toString(), ["alpha"]);
}

const run = (bytes, imports) => new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);

test("a part is nothing before it is loaded, and all of itself afterwards", () => {
  const { program, exports, parts } = cut(WHOLE);
  const names = new Map(exports.map((name, index) => [name, `x${index}`]));
  let text = program;
  for (const [long, short] of names) text = text.replace(`(export "${long}"`, `(export "${short}"`);
  const page = run(binaryen("wasm-as", "program.wat", "program.wasm", text), { host: { ten: () => 10 } }).exports;
  assert.equal(page.run(3), 3, "the causes of a failure stay in the program");
  assert.equal(page.run(4), 0);
  assert.throws(() => page.run(1), WebAssembly.RuntimeError);
  assert.throws(() => page.run(2), WebAssembly.RuntimeError);

  const load = (name) => {
    const text = parts.find((part) => part.name === name).text(names);
    run(binaryen("wasm-as", `${name}.wat`, `${name}.wasm`, text), { p: page });
  };
  load("alpha");
  assert.equal(page.run(1), 17);
  assert.equal(page.run(4), 984, "memory and stack are shared");
  assert.throws(() => page.run(2), WebAssembly.RuntimeError);
  load("demo");
  assert.equal(page.run(2), 107);
});

test("what only a part needs is not in the program", () => {
  const { program, parts } = cut(WHOLE);
  const has = (text, name) => text.includes(`(func $${name} `);
  assert.deepEqual(parts.map((part) => part.name), ["alpha", "demo"]);
  assert.equal(has(program, "only_alpha"), false);
  assert.equal(has(program, "both"), false);
  assert.ok(parts.every((part) => has(part.text(new Map()), "both")), "who waits for the one does not wait for the other");
});

test("what several parts need is copied only where nobody waits for it", () => {
  for (const parts of [["alpha"], ["demo"], ["alpha", "demo"], ["alpha", "alpha_later"], ["alpha", "alpha_later", "demo"]]) {
    assert.deepEqual(homes(parts), parts);
  }
  for (const parts of [[], ["alpha", "beta"], ["alpha", "beta", "demo"], ["alpha", "more"]]) assert.deepEqual(homes(parts), []);
});

test("a session that is called directly ends the build", () => {
  const direct = WHOLE.replace("(call_indirect $table (type $call) (local.get $which))", '(call $"porthole[0123]::protocol::alpha::session")');
  assert.throws(() => cut(direct), /nothing for the part "alpha"/);
});
