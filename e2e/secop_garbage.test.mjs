// Frames that are no messages, between good ones: each is counted and kept, and nothing else is lost.
import assert from "node:assert/strict";
import { startLab } from "./lib/lab.mjs";
import { openPage } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

const GARBAGE = [
  'update T_sample:value [4.21, {"t": 17',
  "update T_sample:value",
  "update",
  "update T_sample:value {bad",
  'update T_sample:value ["\\ud800", {"t": "\\udfff"}',
  `update T_sample:status ${"[".repeat(500)}`,
  `update T_sample:value ${"[".repeat(100_000)}`,
  "describing . {",
  "\u0000\u0000",
  "ISSE",
];

const node = await startLab("node", "--instrument", "cryo-3");
const porthole = await openPage();
await porthole.connect(node.url);
await porthole.untilQuality(`${node.key}/T_sample/value`, "live");

const stats = () => porthole.connectionStats(node.key);

for (const [index, text] of GARBAGE.entries()) {
  test(`the connection outlives ${JSON.stringify(text.slice(0, 40))}`, async () => {
    const before = await stats();
    await node.tell("send_text", { text });
    await porthole.until("it is counted", async () => {
      const now = await stats();
      return now.malformed + now.violations > before.malformed + before.violations;
    });
    const value = 1000 + index / 8;
    await node.tell("send_text", { text: `update T_sample:target [${value}, {}]` });
    await porthole.untilText(`${node.key}/T_sample/target`, new RegExp(`^${String(value).replace(".", "\\.")}`));
    const now = await stats();
    assert.equal(now.losses, 0);
    assert.equal(now.state, "live");
  });
}

test("a binary frame is read as text, or counted", async () => {
  const before = await stats();
  await node.tell("send_binary", { base16: Buffer.from("update T_sample:target [77.5, {}]").toString("hex") });
  await porthole.untilText(`${node.key}/T_sample/target`, /^77\.5/);
  await node.tell("send_binary", { base16: "ff00fe80" });
  await porthole.until("it is counted", async () => (await stats()).malformed > before.malformed);
});

test("a malformed frame stands in the raw view with its mark", async () => {
  await porthole.view("Frames");
  await node.tell("send_text", { text: "update T_sample:value {quite bad" });
  await porthole.page.getByLabel("Find in frames").fill("quite bad");
  const rows = porthole.page.getByRole("log", { name: "Raw frames" }).locator(".frame-row");
  await porthole.until("it is there", async () => (await rows.count()) === 1);
  assert.match(await rows.first().textContent(), /malformed.*update T_sample:value \{quite bad/);
  await porthole.page.getByLabel("Find in frames").fill("");
  await porthole.view("Dashboard");
});

test("a huge frame neither blocks the page nor breaks the link", async () => {
  const before = await stats();
  const text = `update T_sample:value [${"9".repeat(20_000_000)}]`;
  const started = Date.now();
  await node.tell("send_text", { text });
  await porthole.until("it is counted", async () => {
    const now = await stats();
    return now.malformed + now.violations > before.malformed + before.violations;
  }, 30_000);
  await node.tell("send_text", { text: "update T_sample:target [88.5, {}]" });
  await porthole.untilText(`${node.key}/T_sample/target`, /^88\.5/, 15_000);
  assert.equal((await stats()).losses, 0);
  const { wasm_bytes } = await porthole.stats();
  assert.ok(wasm_bytes < 256 << 20, `the page takes ${wasm_bytes >> 20} MB`);
  assert.ok(Date.now() - started < 20_000);
});

for (const [how, members] of [
  ["rst", {}],
  ["fin", {}],
  ["fin-mid-frame", {}],
  ["garbage", {}],
  ["close", { code: 1012, reason: "service restart" }],
]) {
  test(`the link comes back after ${how}`, async () => {
    const { losses } = await stats();
    await node.tell("drop", { how, ...members });
    await porthole.until("it was lost", async () => (await stats()).losses > losses);
    // By the counts first: until its next frame the page still shows what was before, and the next blow would hit nobody.
    await porthole.until("it is live again", async () => (await stats()).state === "live", 20_000);
    await porthole.untilState(node.key, "live");
    await porthole.untilQuality(`${node.key}/T_sample/value`, "live");
  });
}

test("a wire that is silent is found out, and one that trickles is not", async () => {
  await node.tell("fault", { name: "slices", on: true });
  const { frames } = await stats();
  await porthole.until("frames come", async () => (await stats()).frames.in > frames.in + 20);
  assert.equal(await porthole.quality(`${node.key}/T_sample/value`), "live");
  await node.tell("fault", { name: "slices", on: false });
  await node.tell("fault", { name: "silence", on: true });
  await porthole.untilQuality(`${node.key}/T_sample/value`, "stale", 7_000);
  await node.tell("fault", { name: "silence", on: false });
  await porthole.untilQuality(`${node.key}/T_sample/value`, "live", 20_000);
});

test("the page did nothing that it must not", async () => {
  await porthole.close();
});
