// The node goes, stands still, comes back, comes back different: what the page shows meanwhile.
import assert from "node:assert/strict";
import { startFrappy } from "./lib/frappy.mjs";
import { openPage } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

// The longest silence before values are marked, and one second for the tick that shows it.
const MARKED_WITHIN_MS = 6_000;

async function live(options) {
  const node = await startFrappy(options);
  const porthole = await openPage();
  await porthole.connect(node.url);
  await porthole.untilState(node.key, "live");
  await porthole.untilQuality(`${node.key}/cryo/value`, "live");
  return { node, porthole };
}

test("a stopped node marks its values, a restarted one is live without a reload", async () => {
  const { node, porthole } = await live();
  await node.stop();
  await porthole.untilQuality(`${node.key}/cryo/value`, "disconnected", MARKED_WITHIN_MS);
  assert.equal((await porthole.text(`${node.key}/cryo/value`)).trim(), "300.000", "the last value stays");
  const again = await startFrappy({ port: node.port });
  await porthole.untilState(node.key, "live", 20_000);
  await porthole.untilQuality(`${node.key}/cryo/value`, "live");
  const stats = await porthole.connectionStats(node.key);
  assert.equal(stats.losses, 1);
  assert.ok(stats.channels["fast/value"].gaps >= 1, "the gap is counted");
  assert.equal(await porthole.page.getByRole("dialog").count(), 0, "the same description comes back in silence");
  await porthole.close();
  await again.stop();
});

test("a node that stands still is found out, although the link stays open", async () => {
  const { node, porthole } = await live();
  node.freeze();
  await porthole.untilQuality(`${node.key}/cryo/value`, "stale", MARKED_WITHIN_MS + 1_000);
  await porthole.until("the link is given up", async () => (await porthole.state(node.key)) !== "live", 15_000);
  node.thaw();
  await porthole.untilState(node.key, "live", 30_000);
  await porthole.untilQuality(`${node.key}/cryo/value`, "live");
  await porthole.close();
  await node.stop();
});

test("a node that comes back with another description says what is different", async () => {
  const { node, porthole } = await live();
  await node.stop();
  const again = await startFrappy({ port: node.port, config: "changed" });
  await porthole.untilState(node.key, "live", 20_000);
  const dialog = porthole.page.getByRole("dialog");
  await dialog.waitFor();
  const text = await dialog.textContent();
  assert.match(text, /newcomer/, "what appeared");
  assert.match(text, /flaky/, "what vanished");
  assert.match(text, /cryo\/target/, "what changed");
  await porthole.page.keyboard.press("Escape");
  await porthole.untilQuality(`${node.key}/cryo/value`, "live");
  await porthole.untilText(`${node.key}/newcomer/value`, /^1\.5/);
  await porthole.close();
  await again.stop();
});

test("the log that was asked for is asked for again", async () => {
  const { node, porthole } = await live();
  const { page } = porthole;
  const asked = () => porthole.sent.filter((frame) => frame.startsWith("logging"));
  const openDetails = () => page.locator("main header").getByRole("button", { name: "Details" }).click();
  await openDetails();
  await page.getByRole("dialog").getByLabel("Ask for").selectOption("everything");
  await porthole.until("it is asked for", () => asked().length > 0);
  const [first] = asked();
  assert.match(first, /^logging \S* ?"debug"$/);
  await porthole.closeDialog();
  const before = asked().length;
  await node.stop();
  await porthole.untilQuality(`${node.key}/cryo/value`, "disconnected", MARKED_WITHIN_MS);
  const again = await startFrappy({ port: node.port });
  await porthole.untilState(node.key, "live", 20_000);
  await porthole.until("it is asked for again", () => asked().length > before);
  assert.equal(asked()[before], first);
  await openDetails();
  assert.equal(await page.getByRole("dialog").getByLabel("Ask for").inputValue(), "everything");
  await porthole.close();
  await again.stop();
});

test("a killed node is dialled again, and no old value passes for a new one", async () => {
  const { node, porthole } = await live();
  const epoch = (await porthole.connectionStats(node.key)).epoch;
  await node.kill();
  await porthole.untilQuality(`${node.key}/cryo/value`, "disconnected", MARKED_WITHIN_MS);
  const again = await startFrappy({ port: node.port });
  await porthole.untilState(node.key, "live", 20_000);
  assert.ok((await porthole.connectionStats(node.key)).epoch > epoch);
  await porthole.close();
  await again.stop();
});
