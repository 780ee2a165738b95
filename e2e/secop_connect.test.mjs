// A real SEC node in the browser: connect by typing its address, watch it, lose it, have it back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startFrappy } from "./lib/frappy.mjs";
import { closeAll, openPage } from "./lib/page.mjs";
import { stopAll } from "./lib/process.mjs";

const MODULES = ["cryo", "fast", "flaky", "types", "nan", "bare"];

let node;

before(async () => {
  node = await startFrappy();
});

after(async () => {
  await closeAll();
  await stopAll();
});

test("typing the address shows every module of the node, live", async () => {
  const porthole = await openPage();
  await porthole.connect(node.url);
  await porthole.untilState(node.key, "live");
  for (const module of MODULES) {
    await porthole.until(`${module} is shown`, async () =>
      (await porthole.page.locator(`main [data-channel^="${node.key}/${module}/"]`).count()) > 0);
  }
  await porthole.untilText(`${node.key}/cryo/value`, "300.000");
  await porthole.untilQuality(`${node.key}/cryo/value`, "live");
  const before = await porthole.text(`${node.key}/fast/_count`);
  await porthole.until("the counter moves", async () => (await porthole.text(`${node.key}/fast/_count`)) !== before);
  await porthole.close();
});

test("a module without an interface class is shown as it is", async () => {
  const porthole = await openPage();
  await porthole.connect(node.url);
  await porthole.untilText(`${node.key}/bare/_note`, "hi");
  await porthole.close();
});

test("NaN is shown as such, counted as a breach of the protocol, and breaks nothing", async () => {
  const porthole = await openPage();
  await porthole.connect(node.url);
  await porthole.untilText(`${node.key}/nan/value`, "NaN");
  await porthole.until("it is counted", async () => (await porthole.connectionStats(node.key)).violations > 0);
  assert.equal(await porthole.state(node.key), "live");
  assert.equal((await porthole.connectionStats(node.key)).malformed, 0);
  await porthole.close();
});

test("a constant is shown from the description", async () => {
  const porthole = await openPage();
  await porthole.connect(node.url);
  await porthole.untilState(node.key, "live");
  await porthole.untilText(`${node.key}/types/_const`, /^3\.14/);
  await porthole.close();
});

test("an address that names a plain TCP port fails with its likely causes", async () => {
  const porthole = await openPage();
  const closed = "127.0.0.1:1";
  await porthole.connect(closed);
  await porthole.untilState(closed, "waiting", 15_000);
  await porthole.page.locator(`[data-connection="${closed}"]`).first().click();
  const dialog = porthole.page.getByRole("dialog");
  await porthole.until("causes are listed", async () => (await dialog.locator("ol li").count()) >= 2);
  assert.match(await dialog.textContent(), /close code 1006|in \d/);
  await porthole.close();
});

test("what was set up is there again after a reload", async () => {
  const porthole = await openPage();
  await porthole.connect(node.url);
  await porthole.untilState(node.key, "live");
  await porthole.page.waitForTimeout(1_500);
  await porthole.page.reload();
  await porthole.untilState(node.key, "live");
  await porthole.untilText(`${node.key}/cryo/value`, "300.000");
  const saved = await porthole.page.evaluate(() => localStorage.getItem("porthole.workspace"));
  assert.equal(JSON.parse(saved).porthole, 1);
  await porthole.close();
});

test("a link fills in the dialog and dials nothing before Connect is pressed", async () => {
  const porthole = await openPage({ hash: `#connect=${encodeURIComponent(node.url)}&protocol=secop&name=Rig` });
  const connect = porthole.page.getByRole("dialog").getByRole("button", { name: "Connect", exact: true });
  await connect.waitFor();
  assert.deepEqual((await porthole.stats()).connections, []);
  await connect.click();
  await porthole.untilState("Rig", "live");
  await porthole.close();
});

test("several pages watch one node", async () => {
  const first = await openPage();
  const second = await openPage();
  for (const porthole of [first, second]) await porthole.connect(node.url);
  for (const porthole of [first, second]) await porthole.untilText(`${node.key}/cryo/value`, "300.000");
  await first.close();
  await second.close();
});
