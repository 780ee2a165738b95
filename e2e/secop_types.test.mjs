// Every data type of SECoP at a real node: entered in its own editor, sent, and shown as the node reads it back.
import assert from "node:assert/strict";
import { startFrappy } from "./lib/frappy.mjs";
import { openPage } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

const node = await startFrappy();
const porthole = await openPage();
await porthole.connect(node.url);
await porthole.untilQuality(`${node.key}/types/target`, "live");
await porthole.arm();
await porthole.unfold(node.key, "types");

const name = (parameter) => `${node.key}/types/${parameter}`;

/** Opens the editor of a parameter, lets `enter` fill it in, and writes; the dialog must tell the read-back. The value that was sent. */
async function write(parameter, enter, readBack) {
  porthole.sent.length = 0;
  const dialog = await porthole.openWrite(name(parameter));
  try {
    await enter(dialog);
    await porthole.set(dialog, readBack);
  } finally {
    // One that stays open would fail all tests after this one.
    await porthole.closeDialog();
  }
  const sent = porthole.writes;
  assert.equal(sent.length, 1);
  assert.deepEqual(sent[0].slice(0, 2), ["change", `types:${parameter}`]);
  return sent[0][2];
}

const fill = (text) => (dialog) => dialog.getByLabel("new", { exact: true }).fill(text);

test("an enum, by its name", async () => {
  const card = porthole.card(node.key, "types");
  await card.getByLabel("New value for types/target").selectOption({ label: "auto (-1)" });
  await card.getByRole("button", { name: "Set types/target" }).click();
  const dialog = await porthole.dialog();
  assert.ok(await dialog.getByRole("radio", { name: "auto (-1)" }).isChecked());
  await dialog.getByRole("radio", { name: "on (1)" }).check();
  await dialog.getByRole("radio", { name: "auto (-1)" }).check();
  await porthole.set(dialog, /read back: auto/);
  await porthole.closeDialog();
  assert.deepEqual(porthole.writes, [["change", "types:target", -1]]);
  await porthole.untilText(name("value"), /^auto/);
  await porthole.untilText(name("status"), /WARN/);
});

test("a bool", async () => {
  const sent = await write("_b", (dialog) => dialog.getByRole("radio", { name: "false" }).check(), /read back: false/);
  assert.equal(sent, false);
  await porthole.untilText(name("_b"), "false");
});

test("a double", async () => {
  const sent = await write("_d", fill("-1.25e-3"), /read back: -0\.00125 mbar/);
  assert.equal(sent, -0.00125);
  await porthole.untilText(name("_d"), "-0.00125");
});

test("an integer of 53 bits, exactly", async () => {
  const sent = await write("_i", fill("9007199254740991"), /read back: 9007199254740991/);
  assert.equal(sent, 9_007_199_254_740_991);
  await porthole.untilText(name("_i"), "9007199254740991");
});

test("a scaled integer, as the nearest step", async () => {
  const sent = await write("_sc", fill("12.34"), /12\.3/);
  assert.equal(sent, 123);
  await porthole.untilText(name("_sc"), "12.3");
});

test("a string beyond ASCII", async () => {
  const sent = await write("_s", fill('grüße ☃ "x" \\'), /read back: grüße ☃/);
  assert.equal(sent, 'grüße ☃ "x" \\');
  await porthole.untilText(name("_s"), 'grüße ☃ "x" \\');
});

test("a blob, in hexadecimal digits", async () => {
  const sent = await write("_blob", fill("00 01 02"), /read back/);
  assert.equal(sent, "AAEC");
  await porthole.untilText(name("_blob"), /00\s?01\s?02/);
});

test("an array, with an item more", async () => {
  const sent = await write("_arr", async (dialog) => {
    await dialog.getByRole("button", { name: "Add item" }).click();
    await dialog.getByLabel("[3]", { exact: true }).fill("4.5");
    await dialog.getByRole("button", { name: "Remove item 0" }).click();
  }, /read back/);
  assert.deepEqual(sent, [2, 3, 4.5]);
  await porthole.untilText(name("_arr"), /2.*3.*4\.5/);
});

test("a tuple", async () => {
  const sent = await write("_tup", async (dialog) => {
    await dialog.getByLabel("[0]", { exact: true }).fill("7");
    await dialog.getByLabel("[1]", { exact: true }).fill("seven");
  }, /read back/);
  assert.deepEqual(sent, [7, "seven"]);
  await porthole.untilText(name("_tup"), /7.*seven/);
});

test("a struct; a member that is left out keeps its value", async () => {
  const sent = await write("_st", async (dialog) => {
    await dialog.getByLabel("p", { exact: true }).fill("2");
    await dialog.getByRole("radio", { name: "true" }).check();
    await dialog.getByLabel("leave out i").check();
  }, /read back/);
  assert.deepEqual(sent, { p: 2, on: true });
  await porthole.untilText(name("_st"), /p\D*2.*i\D*2.*on\W*true/);
});

test("nested types", async () => {
  const sent = await write("_nest", async (dialog) => {
    await dialog.getByLabel("[0]", { exact: true }).fill("2");
    await dialog.getByRole("radio", { name: "false" }).check();
  }, /read back/);
  assert.deepEqual(sent, [{ x: [2, false] }]);
  await porthole.untilText(name("_nest"), /x\W*2\W*false/);
});

test("a compound value as JSON", async () => {
  const sent = await write("_tup", async (dialog) => {
    await dialog.getByRole("button", { name: "Edit as JSON" }).click();
    await dialog.getByLabel("new as JSON").fill('[1, "x"');
    await porthole.untilSays(dialog, /is not JSON, line 1/);
    assert.ok(await dialog.getByRole("button", { name: /^Set/ }).isDisabled());
    await dialog.getByLabel("new as JSON").fill('[1, "x"]');
  }, /read back/);
  assert.deepEqual(sent, [1, "x"]);
});

for (const [parameter, text, words] of [
  ["_d", "1e7", /new must be at most 1000000 mbar/],
  ["_d", "12,5", /new has a comma/],
  ["_i", "1.5", /new must be a whole number/],
  ["_i", "-11", /new must be at least -10/],
  ["_i", "9007199254740993", /new must be at most 9007199254740992/],
  ["_sc", "250.1", /new must be at most 250 %/],
  ["_s", "x".repeat(81), /new must have at most 80 characters, not 81/],
  ["_blob", "0g", /new must be bytes/],
]) {
  test(`a mistake is told in words: ${text.slice(0, 20)} for ${parameter}`, async () => {
    porthole.sent.length = 0;
    const dialog = await porthole.openWrite(name(parameter));
    await fill(text)(dialog);
    await porthole.untilSays(dialog, words);
    assert.ok(await dialog.getByRole("button", { name: /^Set/ }).isDisabled());
    assert.equal(await dialog.getByLabel("new", { exact: true }).getAttribute("aria-invalid"), "true");
    await dialog.getByLabel("new", { exact: true }).press("Enter");
    await porthole.closeDialog();
    assert.deepEqual(porthole.writes, []);
  });
}

test("what is read-only, and a constant, have no editor", () => {
  return Promise.all(["_ro", "_const"].map(async (parameter) => {
    const row = porthole.page.locator("main .row").filter({ has: porthole.channel(name(parameter)) });
    await porthole.channel(name(parameter)).waitFor();
    assert.equal(await row.getByRole("button", { name: /^Write/ }).count(), 0);
  }));
});

test("the page did nothing that it must not", async () => {
  await porthole.close();
});
