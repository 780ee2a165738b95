// A real SEC node in the browser: connect by typing its address, watch it, lose it, have it back.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { startFrappy } from "./lib/frappy.mjs";
import { connectLink, openPage } from "./lib/page.mjs";
import { freePort } from "./lib/process.mjs";
import { test } from "./lib/test.mjs";

const MODULES = ["cryo", "fast", "flaky", "types", "nan", "bare"];

const node = await startFrappy();

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
  await porthole.untilQuality(`${node.key}/cryo/value`, "live");
  await porthole.unfold(node.key, "types");
  await porthole.untilText(`${node.key}/types/_const`, /^3\.14/);
  await porthole.close();
});

for (const [what, listen] of [
  ["a port where nobody listens", async () => ({ port: await freePort(), end: () => {} })],
  ["a plain TCP port, as a node's other interface is", plainTcp],
]) {
  test(`${what} fails with its likely causes, which stay while it dials again`, async (t) => {
    const { port, end } = await listen();
    t.after(end);
    const porthole = await openPage();
    const key = `127.0.0.1:${port}`;
    await porthole.connect(key);
    await porthole.untilState(key, "waiting", 15_000);
    const dialog = await porthole.openConnection(key);
    const causes = dialog.locator("ol.causes li");
    await porthole.until("causes are listed", async () => (await causes.count()) >= 2);
    assert.match(await dialog.textContent(), /close code 1006|in \d/);
    await porthole.page.evaluate(() => {
      window.__gone = 0;
      const look = () => {
        if (!document.querySelector("dialog ol.causes li")) window.__gone += 1;
      };
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
    });
    const { dialled } = porthole;
    const attempts = dialled.length;
    await porthole.until("it dials twice more", () => dialled.length >= attempts + 2, 40_000);
    assert.equal(await porthole.page.evaluate(() => window.__gone), 0);
    await porthole.closeDialog();
    await porthole.close();
  });
}

/** Answers an HTTP request as frappy's TCP interface does. */
async function plainTcp() {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => socket.write('error_GET / ["InternalError", "unhandled message", {}]\n'));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: server.address().port, end: () => server.close() };
}

test("what was set up is there again after a reload", async () => {
  const porthole = await openPage();
  await porthole.connect(node.url);
  await porthole.untilState(node.key, "live");
  await porthole.card(node.key, "cryo").getByRole("button", { name: /^Plot .*cryo/ }).first().click();
  const plots = porthole.page.locator("main .plot");
  await plots.first().waitFor();
  await porthole.view("Subscriptions");
  const saved = () => porthole.page.evaluate(() => JSON.parse(localStorage.getItem("porthole.workspace")));
  await porthole.until("it is saved", async () => {
    const { connections, plots, view } = (await saved()) ?? {};
    return connections?.length === 1 && plots?.length === 1 && view === "subscriptions";
  });
  assert.equal((await saved()).porthole, 1);
  await porthole.page.reload();
  await porthole.ready();
  await porthole.untilState(node.key, "live");
  await porthole.page.getByRole("grid", { name: "Subscriptions" }).waitFor();
  await porthole.view("Dashboard");
  await porthole.untilText(`${node.key}/cryo/value`, "300.000");
  assert.equal(await plots.count(), 1);
  await porthole.close();
});

test("a link fills in the dialog and dials nothing before Connect is pressed", async () => {
  const porthole = await openPage({ hash: connectLink(node.url, { protocol: "secop", name: "Rig" }) });
  const connect = porthole.page.getByRole("dialog").getByRole("button", { name: "Connect", exact: true });
  await connect.waitFor();
  assert.deepEqual((await porthole.stats()).connections, []);
  assert.deepEqual(porthole.dialled, []);
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
