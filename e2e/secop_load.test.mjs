// Five hundred updates a second of a real node: the page stays quick, and every single one is in the ledger.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { startFrappy } from "./lib/frappy.mjs";
import { assertQuick, openPage } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

const SECONDS = 10;
// Two parameters each time. A busy machine wakes the node late: twice as many are asked for as must come.
const ASKED_HZ = 500;
const WANTED_HZ = 500;

const node = await startFrappy();

test("five hundred updates a second, none of them missing", async () => {
  const porthole = await openPage();
  const counter = `${node.key}/fast/_count`;
  const ledger = (path) => porthole.ledger(node.key, path);
  await porthole.connect(node.url);
  await porthole.untilQuality(counter, "live");
  await porthole.arm();

  // At rest, what is shown and what was counted belong together.
  const atRest = async () => {
    await setRate(porthole, 0);
    let last;
    await porthole.until("the counter rests", async () => {
      const now = [Number(await porthole.text(counter)), (await ledger("fast/_count")).received].join();
      const rests = now === last;
      last = now;
      if (!rests) await sleep(500);
      return rests;
    });
    return { count: Number(await porthole.text(counter)), ledger: await ledger("fast/_count") };
  };
  const before = await atRest();
  const readingsBefore = (await porthole.connectionStats(node.key)).readings;

  const calm = (await porthole.stats()).frames;
  await setRate(porthole, ASKED_HZ);
  const started = Date.now();
  await sleep(SECONDS * 1_000);
  const seconds = (Date.now() - started) / 1_000;
  const readings = (await porthole.connectionStats(node.key)).readings - readingsBefore;
  const frames = (await porthole.stats()).frames;
  const under = await ledger("fast/_count");
  assert.equal(under.received, under.shown + under.conflated + under.dropped + under.waiting, JSON.stringify(under));

  const after = await atRest();
  assert.equal(after.ledger.received - before.ledger.received, after.count - before.count, "an update is missing");
  const { received, shown, conflated, dropped, waiting } = after.ledger;
  assert.equal(received, shown + conflated + dropped + waiting);
  assert.equal(dropped, 0);
  assert.ok(shown - before.ledger.shown > 5 * SECONDS, `shown only ${shown - before.ledger.shown} times`);
  assert.ok(readings / seconds >= WANTED_HZ, `only ${Math.round(readings / seconds)} updates/s came`);
  assertQuick(frames, calm);
  const stats = await porthole.connectionStats(node.key);
  assert.equal(stats.losses, 0);
  assert.equal(stats.malformed, 0);
  await porthole.close();
});

async function setRate(porthole, hertz) {
  const dialog = await porthole.openWrite(`${node.key}/fast/_rate`);
  await dialog.getByLabel("new", { exact: true }).fill(String(hertz));
  await porthole.set(dialog, /read back/);
  await porthole.closeDialog();
}
