// Commands of a real node: with an argument, with a result, refused, failing.
import assert from "node:assert/strict";
import { startFrappy } from "./lib/frappy.mjs";
import { openPage } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

const node = await startFrappy();
const porthole = await openPage();
await porthole.connect(node.url);
await porthole.untilQuality(`${node.key}/cryo/value`, "live");

async function open(command) {
  porthole.sent.length = 0;
  const commands = porthole.card(node.key, "cryo").getByRole("group", { name: "Commands" });
  await commands.getByRole("button", { name: new RegExp(`^_?${command}…`) }).click();
  return porthole.dialog();
}

async function execute(dialog, outcome) {
  await dialog.getByRole("button", { name: /^Execute/ }).click();
  await porthole.untilSays(dialog.locator(".write-outcome [role=status]"), outcome);
}

test("opening a command executes nothing, nor does it unarmed", async () => {
  const dialog = await open("fail");
  assert.ok(await dialog.getByRole("button", { name: /^Execute/ }).isDisabled());
  assert.match(await dialog.textContent(), /read-only until you arm it/);
  await porthole.page.keyboard.press("Enter");
  await porthole.closeDialog();
  assert.deepEqual(porthole.writes, []);
});

test("an argument goes, a result comes", async () => {
  await porthole.arm();
  const dialog = await open("square");
  await dialog.getByLabel("argument", { exact: true }).fill("3");
  const frame = await dialog.locator(".sends code").textContent();
  await execute(dialog, /9/);
  assert.deepEqual(porthole.sent.filter((sent) => sent.startsWith("do ")), [frame]);
  assert.equal((await dialog.locator("output").textContent()).trim(), "9");
  await porthole.closeDialog();
  assert.deepEqual(porthole.writes, [["do", "cryo:_square", 3]]);
});

test("an argument beyond the limits is refused in words and not sent", async () => {
  const dialog = await open("square");
  await dialog.getByLabel("argument", { exact: true }).fill("30");
  await porthole.untilSays(dialog, /argument must be at most 10/);
  assert.ok(await dialog.getByRole("button", { name: /^Execute/ }).isDisabled());
  await porthole.closeDialog();
  assert.deepEqual(porthole.writes, []);
});

test("an optional member of the argument is left out", async () => {
  const dialog = await open("combine");
  await dialog.getByLabel("a", { exact: true }).fill("1");
  await execute(dialog, /1-/);
  await porthole.closeDialog();
  assert.deepEqual(porthole.writes, [["do", "cryo:_combine", { a: 1 }]]);
});

test("a command that fails tells the node's class and words", async () => {
  const dialog = await open("fail");
  await execute(dialog, /HardwareError/);
  assert.match(await dialog.locator(".write-outcome [role=status]").textContent(), /the pump is on fire/);
  await porthole.closeDialog();
  assert.deepEqual(porthole.writes, [["do", "cryo:_fail"]]);
});

test("a slow command is under way until it is done, and is sent once", async () => {
  const dialog = await open("slow");
  await dialog.getByLabel("argument", { exact: true }).fill("1");
  const button = dialog.getByRole("button", { name: /^Execute/ });
  await button.click();
  await porthole.untilSays(dialog.locator(".write-outcome [role=status]"), /No answer yet/);
  assert.ok(await button.isDisabled());
  await porthole.untilSays(dialog.locator("output"), /done/);
  await porthole.closeDialog();
  assert.deepEqual(porthole.writes, [["do", "cryo:_slow", 1]]);
});

test("the page did nothing that it must not", async () => {
  await porthole.close();
});
