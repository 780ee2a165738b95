// How links are lost and come back, many times over: what end-to-end tests show once. Needs what `make test` sets up.
//
//   node bench/losses.mjs [cuts [silences]]
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { startLab } from "../e2e/lib/lab.mjs";
import { closeAll, openPage } from "../e2e/lib/page.mjs";

const [CUTS, SILENCES] = [Number(process.argv[2] ?? 200), Number(process.argv[3] ?? 50)];
/** Connections at a time. */
const NODES = 10;
const WAYS = [
  ["rst", {}],
  ["fin", {}],
  ["fin-mid-frame", {}],
  ["close", { code: 1012, reason: "service restart" }],
  ["close", { code: 1013, reason: "try again later" }],
];

const nodes = [];
for (let index = 0; index < NODES; index += 1) nodes.push(await startLab("node"));
const porthole = await openPage();
const statsOf = (node) => porthole.connectionStats(node.key);

async function connect(node, isFirst) {
  if (isFirst) {
    await porthole.connect(node.url);
  } else {
    await porthole.page.keyboard.press("c");
    const dialog = await porthole.dialog();
    await dialog.getByRole("textbox").first().fill(node.url);
    await dialog.getByRole("button", { name: "Connect", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
  }
  await allLive(node);
}

/** Waits until the page shows every main value of a node as it is now. A gauge of this instrument fails now and then. */
async function allLive(node, epoch = 0, limitMs = 30_000) {
  const values = porthole.page.locator(`main .module .value.big [data-channel^="${node.key}/"]`);
  await porthole.until(`${node.key} is live`, async () => {
    const stats = await statsOf(node);
    if (stats?.state !== "live" || stats.epoch <= epoch) return false;
    const qualities = await values.evaluateAll((all) => all.map((value) => value.dataset.quality));
    return qualities.length > 0 && qualities.every((quality) => ["live", "late", "invalid"].includes(quality));
  }, limitMs);
}

/** Repeats something on all nodes at once; gives what was measured, in milliseconds. */
async function onAll(times, measure) {
  const found = [];
  await Promise.all(nodes.map(async (node) => {
    for (let turn = 0; turn < times / NODES; turn += 1) {
      await sleep(2_000 * Math.random());
      found.push(await measure(node, turn));
    }
  }));
  return found;
}

function say(what, millis) {
  const sorted = millis.toSorted((a, b) => a - b);
  const seconds = (place) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * place))] / 1_000).toFixed(1);
  console.log(`${what}: ${millis.length} times, median ${seconds(0.5)} s, worst ${seconds(1)} s`);
}

/** Cuts links: all is live again each time, nothing is left open, and the ledger adds up. */
async function cuts() {
  say("cut, until all is live again", await onAll(CUTS, async (node, turn) => {
    const { epoch, losses } = await statsOf(node);
    const [how, members] = WAYS[turn % WAYS.length];
    const since = performance.now();
    await node.tell("drop", { how, ...members });
    await allLive(node, epoch);
    assert.equal((await statsOf(node)).losses, losses + 1);
    return performance.now() - since;
  }));
  for (const node of nodes) {
    for (const [path, ledger] of Object.entries((await statsOf(node)).channels)) {
      const { received, shown, conflated, dropped, waiting, gaps } = ledger;
      assert.equal(received, shown + conflated + dropped + waiting, `${path} does not add up`);
      // A constant is never sent.
      assert.ok(received === 0 || gaps >= CUTS / NODES, `${path} has ${gaps} gaps`);
    }
    const { clients, connections, received } = await node.tell("counts");
    assert.equal(clients, 1, "a link was left open");
    assert.ok(received.activate <= connections, "it was subscribed twice over one link");
  }
}

/** Lets wires fall silent with the link open. */
async function silences() {
  const stale = await onAll(SILENCES, async (node) => {
    const { epoch } = await statsOf(node);
    const since = performance.now();
    await node.tell("fault", { name: "silence", on: true });
    await porthole.untilQuality(`${node.key}/T_sample/value`, "stale", 15_000);
    const millis = performance.now() - since;
    await porthole.until("the link is given up", async () => (await statsOf(node)).state !== "live", 15_000);
    await node.tell("fault", { name: "silence", on: false });
    await allLive(node, epoch);
    return millis;
  });
  say("silent, until its values are marked", stale);
}

for (const [index, node] of nodes.entries()) await connect(node, index === 0);
if (CUTS > 0) await cuts();
if (SILENCES > 0) await silences();
await porthole.close();
for (const node of nodes) await node.stop();
await closeAll();
