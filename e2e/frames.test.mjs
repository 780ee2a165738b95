// The raw frames of a real node: both directions, found, frozen, opened, saved, played again; and a line to send.
import assert from "node:assert/strict";
import { startFrappy } from "./lib/frappy.mjs";
import { openPage } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

const node = await startFrappy();
const porthole = await openPage();
await porthole.connect(node.url);
await porthole.untilQuality(`${node.key}/cryo/value`, "live");
await porthole.view("Frames");

const log = () => porthole.page.getByRole("log", { name: "Raw frames" });
const rows = () => log().locator(".frame-row");
const find = (text) => porthole.page.getByLabel("Find in frames").fill(text);

async function untilRows(what, fits) {
  await porthole.until(what, async () => fits(await rows().allTextContents()));
}

test("both directions are shown, with times and sizes", async () => {
  await find("*IDN?");
  await untilRows("what was sent", (texts) => texts.length === 1 && /→\s*5\s*\*IDN\?/.test(texts[0]));
  assert.match((await rows().allTextContents())[0], /\d\d:\d\d:\d\d\.\d{3}/);
  await find("ISSE");
  await untilRows("what was received", (texts) => texts.length === 1 && /←.*ISSE&SINE2020,SECoP/.test(texts[0]));
  await find("update fast:_count");
  await untilRows("updates", (texts) => texts.length > 1 && texts.every((text) => text.includes("update fast:_count")));
  await find("no such frame");
  await untilRows("nothing", (texts) => texts.length === 0);
  await find("");
});

test("a list that is frozen stands still, and goes on", async () => {
  const state = () => porthole.page.locator(".frames-view .table-head").first().textContent();
  await find("");
  await porthole.page.getByRole("button", { name: "Freeze" }).click();
  assert.match(await state(), /frozen/);
  const still = await rows().allTextContents();
  const { frames } = await porthole.connectionStats(node.key);
  await porthole.until("more came", async () => (await porthole.connectionStats(node.key)).frames.in > frames.in + 40);
  assert.deepEqual(await rows().allTextContents(), still);
  await porthole.page.getByRole("button", { name: "Go on" }).click();
  await untilRows("it goes on", (texts) => texts.at(-1) !== still.at(-1));
});

test("a frame is opened whole, with its bytes", async () => {
  await find("describing");
  await untilRows("the description", (texts) => texts.length === 1);
  await rows().first().click();
  const detail = porthole.page.getByRole("complementary", { name: "Frame" });
  await detail.waitFor();
  assert.match(await detail.textContent(), /our own test node/);
  assert.match(await detail.textContent(), /64 65 73 63 72 69 62 69 /);
  await detail.getByRole("button", { name: "Close" }).click();
  await find("");
});

test("only a few rows are in the page, however many frames there are", async () => {
  assert.ok((await rows().count()) < 120, `${await rows().count()} rows`);
});

test("a line goes out only when armed, and a blank one never", async () => {
  const line = porthole.page.getByLabel("A line to send");
  const send = porthole.page.getByRole("button", { name: "Send", exact: true });
  porthole.sent.length = 0;
  const typed = () => porthole.sent.filter((frame) => !frame.startsWith("ping"));
  await line.fill("read cryo:value");
  assert.ok(await send.isDisabled());
  await line.press("Enter");
  assert.deepEqual(typed(), []);
  await porthole.page.locator("form.send-line").getByRole("button", { name: "Arm" }).click();
  await send.click();
  await find("reply cryo:value");
  await untilRows("the reply", (texts) => texts.length === 1);
  await find("");
  assert.deepEqual(typed(), ["read cryo:value"]);
  assert.equal(await line.inputValue(), "");
  for (const blank of ["", "   ", "\t"]) {
    await line.fill(blank);
    assert.ok(await send.isDisabled());
    await line.press("Enter");
  }
  assert.deepEqual(typed(), ["read cryo:value"]);
});

test("a capture is saved, and played again when its file is dropped on the first screen", async () => {
  const { name, bytes } = await porthole.download("Save capture");
  assert.match(name, /\.ndjson$/);
  const text = bytes.toString();
  const lines = text.trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines[0].porthole, 1);
  assert.ok(lines.length > 20);
  const other = await openPage();
  await drop(other, name, text);
  await other.page.getByText("REPLAY · recorded data").waitFor();
  const channel = other.page.locator('main [data-channel$="/cryo/ramp"]');
  await other.until("a recorded value is shown as such", async () =>
    /^600/.test(await channel.textContent({ timeout: 500 })) && (await channel.getAttribute("data-quality")) === "replay");
  assert.deepEqual(other.sent, [], "a replay dials nobody");
  await other.close();
});

async function drop(target, name, text) {
  const data = await target.page.evaluateHandle(([name, text]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], name));
    return transfer;
  }, [name, text]);
  for (const type of ["dragover", "drop"]) await target.page.locator("main").dispatchEvent(type, { dataTransfer: data });
}

test("the page did nothing that it must not", async () => {
  await porthole.close();
});
