// The parts of the program: loaded when they are first needed, told when they cannot be had.
import assert from "node:assert/strict";
import { startFrappy } from "./lib/frappy.mjs";
import { openPage } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

const node = await startFrappy();

/** The parts that the page has asked its server for since this was called. */
function asked(porthole) {
  const parts = [];
  porthole.page.on("request", (request) => {
    const part = /\/part-(\w+)-[^/]+\.wasm$/.exec(request.url())?.[1];
    if (part) parts.push(part);
  });
  return parts;
}

test("each part is loaded once, by whoever needs it first", async () => {
  const porthole = await openPage();
  const parts = asked(porthole);
  await porthole.page.reload();
  await porthole.ready();
  assert.deepEqual(parts, [], "the first screen needs none");
  await porthole.connect(node.url);
  await porthole.untilState(node.key, "live");
  // The less needed views come with the first connection.
  await porthole.until("the rest is asked for", async () => parts.length > 1);
  assert.deepEqual(parts, ["secop", "more"]);
  await porthole.page.evaluate(() => (location.hash = "#demo"));
  await porthole.untilState("cryo-3", "live");
  await porthole.untilState("qms-1", "live");
  await porthole.untilState("greenhouse-cse", "live");
  for (const key of ["rig", "depth-log", "vineyard", "mast"]) await porthole.untilState(key, "live");
  assert.deepEqual(parts.slice(2).sort(), ["connector", "demo", "etp", "exosite", "onem2m"], "no libraries that no definition needs");
  await porthole.close();
});

test("a view whose part cannot be had says so, and comes when it can", async () => {
  const porthole = await openPage();
  await porthole.page.route("**/part-more-*.wasm", (route) => route.fulfill({ status: 404, body: "gone" }));
  await porthole.connect(node.url);
  await porthole.untilState(node.key, "live");
  await porthole.untilQuality(`${node.key}/cryo/value`, "live");
  await porthole.view("Subscriptions");
  const alert = porthole.page.getByRole("alert");
  await porthole.untilSays(alert, /could not be loaded from its server.*HTTP 404/s);
  await porthole.page.unroute("**/part-more-*.wasm");
  await alert.getByRole("button", { name: "Try again" }).click();
  await porthole.page.getByRole("grid", { name: "Subscriptions" }).waitFor();
  porthole.faults = porthole.faults.filter((fault) => !/404/.test(fault));
  await porthole.close();
});

test("a part that cannot be had is told, and asked for again by itself", async () => {
  const porthole = await openPage();
  await porthole.page.route("**/part-secop-*.wasm", (route) => route.fulfill({ status: 404, body: "gone" }));
  await porthole.connect(node.url);
  await porthole.untilState(node.key, "waiting");
  const dialog = await porthole.openConnection(node.key);
  await porthole.untilSays(dialog, /The part of this page that speaks SECoP could not be loaded/);
  await porthole.untilSays(dialog, /Reload the page.*HTTP 404/s);
  await porthole.closeDialog();
  assert.deepEqual(porthole.dialled, [], "nothing was dialled without it");
  assert.ok(porthole.faults.every((fault) => /404/.test(fault)), porthole.faults.join("\n"));
  porthole.faults.length = 0;

  await porthole.page.unroute("**/part-secop-*.wasm");
  await porthole.untilState(node.key, "live", 20_000);
  await porthole.untilQuality(`${node.key}/cryo/value`, "live");
  porthole.faults = porthole.faults.filter((fault) => !/404/.test(fault));
  await porthole.close();
});
