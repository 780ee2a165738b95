// A real CSE in the browser, as it comes: ACME, by HTTP beside the WebSocket, and behind a relay on one socket.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { BASE, startAcme } from "./lib/acme.mjs";
import { startRelay } from "./lib/nginx.mjs";
import { greenhouse, Owner, TY } from "./lib/onem2m.mjs";
import { connectLink, newProfile, openPage } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

const acme = await startAcme();
const relay = await startRelay(acme);
const house = await greenhouse(acme);
const admin = new Owner(acme);

/** The ways to connect: to what, and with which options. */
const WAYS = {
  "by HTTP beside the WebSocket": (cse) => ({ url: cse.wsUrl, key: cse.key, options: { mode: "hybrid", http: cse.httpUrl } }),
  "behind a relay": (_cse, through) => ({ url: `ws://${through.key}/onem2m?origin={aei}`, key: through.key, options: {} }),
};

/** Opens the page, connects by a link, and waits until the CSE is live. */
async function connect(way, { cse = acme, through = relay, options = {}, profile, state = "live" } = {}) {
  const to = WAYS[way](cse, through);
  const porthole = await openPage({ hash: connectLink(to.url, { protocol: "onem2m", ...to.options, ...options }), profile });
  porthole.asked.push(cse.httpUrl);
  await porthole.pressConnect();
  await porthole.untilState(to.key, state, 15_000);
  return { porthole, key: to.key, at: (path) => `${to.key}/${path}` };
}

/** The AE and the subscriptions that a page has made. */
async function mine(porthole, to = BASE) {
  const [, name] = await porthole.until("it registers", () => porthole.sent.join("\n").match(/"m2m:ae":\{"rn":"([^"]+)"/));
  return admin.discover(to, { ty: [TY.ae, TY.sub], lbl: name });
}

for (const way of Object.keys(WAYS)) {
  test(`${way}: everything that may be read is on the dashboard, live, with its past`, async () => {
    const { porthole, key, at } = await connect(way);
    for (const [path, text] of [
      [`${house.humidity}/con`, "61.5"],
      [`${house.door}/con`, "closed"],
      [`${house.leaf}/con`, "293.25"],
      [`${house.thermostat}/curT0`, "21.5"],
      [`${house.valve}/state`, /false|off/i],
    ]) {
      await porthole.untilText(at(path), text);
      await porthole.untilQuality(at(path), "live");
    }
    assert.match(await porthole.text(at(`${house.log}/con`)), /"litres":2.5/);
    const { malformed } = await porthole.connectionStats(key);
    assert.equal(malformed, 0);
    await porthole.close();
  });

  test(`${way}: what is new is told at once, and acknowledged`, async () => {
    const { porthole, at } = await connect(way);
    await porthole.untilQuality(at(`${house.temp}/con`), "live");
    for (const con of ["295.5", "296.75"]) {
      await house.owner.instance(house.temp, con);
      await porthole.untilText(at(`${house.temp}/con`), con, 2_000);
    }
    await house.owner.update(house.thermostat, { "cod:tempe": { curT0: 23.25 } });
    await porthole.untilText(at(`${house.thermostat}/curT0`), "23.25", 2_000);
    await house.owner.update(house.thermostat, { "cod:tempe": { curT0: 21.5 } });
    assert.ok(porthole.sent.some((frame) => /^\{"rsc":2000,"rqi":"[^"]+","rvi":"4"/.test(frame)));
    await porthole.close();
  });

  test(`${way}: what the CSE keeps of the past is in the history, each once`, async () => {
    const past = await house.owner.container(house.root, `past-${Date.now()}`, { acpi: await rights() });
    for (let at = 0; at < 20; at++) await house.owner.instance(past, String(at));
    const { porthole, key, at } = await connect(way);
    await porthole.untilText(at(`${past}/con`), "19");
    await porthole.until("all is there", async () => (await porthole.ledger(key, `${past}/con`)).received >= 20);
    await sleep(300);
    const { history, received } = await porthole.ledger(key, `${past}/con`);
    assert.deepEqual([history, received], [20, 20]);
    await porthole.close();
    await house.owner.delete(past);
  });

  test(`${way}: 300 instances in a burst are told, each once`, async () => {
    const busy = await house.owner.container(house.root, `busy-${Date.now()}`, { acpi: await rights(), mni: 1000 });
    const { porthole, key, at } = await connect(way);
    await porthole.untilState(key, "live");
    await porthole.until("it is subscribed", async () => (await mine(porthole, busy)).length === 1);
    await porthole.untilQuality(at(`${busy}/con`), "live");
    assert.equal(await porthole.text(at(`${busy}/con`)), "–", "it is empty, and that is known");
    const before = (await porthole.ledger(key, `${busy}/con`)).received;
    // ACME tells them out of order now and then. Where they are made side by side it loses some itself.
    for (let n = 0; n < 300; n++) await house.owner.instance(busy, String(1000 + n));
    await porthole.until("all came", async () => (await porthole.ledger(key, `${busy}/con`)).received >= before + 300);
    await sleep(500);
    const { received, shown, conflated, dropped, history } = await porthole.ledger(key, `${busy}/con`);
    assert.equal(received, before + 300);
    assert.equal(shown + conflated, received);
    assert.equal(dropped, 0);
    assert.equal(history, 300);
    await porthole.untilText(at(`${busy}/con`), /^1.?299$/);
    await porthole.close();
    await house.owner.delete(busy);
  });

  test(`${way}: a value and a target are written, once, when armed`, async () => {
    // Another one each time.
    const number = String(300 + Object.keys(WAYS).indexOf(way) + 0.5);
    const { porthole, key, at } = await connect(way);
    await porthole.untilQuality(at(`${house.temp}/con`), "live");
    await porthole.arm();
    const dialog = await porthole.openWrite(at(`${house.temp}/con`));
    await dialog.getByLabel("new", { exact: true }).fill(number);
    await porthole.set(dialog, /read back/);
    await porthole.closeDialog();
    await porthole.untilText(at(`${house.temp}/con`), number);
    const { con } = await house.owner.retrieve(`${house.temp}/la`);
    assert.equal(con, number, "as text, as those before");
    const instances = await house.owner.retrieve(house.temp, { rcn: 8, ty: TY.cin });
    assert.equal(instances["m2m:cin"].filter((instance) => instance.con === number).length, 1);
    await house.owner.instance(house.temp, "294.5");

    const card = porthole.card(key, house.thermostat);
    await card.getByLabel("New value for cse-in/greenhouse/thermostat/tarTe").fill("24.5");
    await card.getByRole("button", { name: /^Set/ }).click();
    const target = await porthole.dialog();
    await porthole.set(target, /read back/);
    await porthole.closeDialog();
    assert.equal((await house.owner.retrieve(house.thermostat)).tarTe, 24.5);
    await house.owner.update(house.thermostat, { "cod:tempe": { tarTe: 22 } });
    assert.equal(await porthole.state(key), "live");
    await porthole.close();
  });

  test(`${way}: a subscription in another originator's name is verified and works`, async () => {
    const { porthole, at } = await connect(way, { options: { fr: "Cgreenhouse" } });
    await porthole.untilQuality(at(`${house.temp}/con`), "live");
    await house.owner.instance(house.temp, "291.5");
    await porthole.untilText(at(`${house.temp}/con`), "291.5", 2_000);
    await house.owner.instance(house.temp, "294.5");
    await porthole.close();
  });

  test(`${way}: a subscription that somebody deletes is made again, and nothing is missed`, async () => {
    const { porthole, key, at } = await connect(way);
    await porthole.untilQuality(at(`${house.humidity}/con`), "live");
    const [subscription] = await mine(porthole, house.humidity);
    await admin.delete(subscription);
    await house.owner.instance(house.humidity, 77.5);
    await porthole.untilText(at(`${house.humidity}/con`), "77.5", 30_000);
    await porthole.until("it is told of", async () => (await mine(porthole, house.humidity)).length === 1);
    await house.owner.instance(house.humidity, 61.5);
    await porthole.untilText(at(`${house.humidity}/con`), "61.5", 3_000);
    assert.match(await (await porthole.openConnection(key)).textContent(), /subscription for .* was deleted/);
    await porthole.close();
  });

  test(`${way}: what the page made on the CSE is gone when the person disconnects`, async () => {
    const { porthole, key } = await connect(way);
    await porthole.until("it has made something", async () => (await mine(porthole)).length > 5);
    await (await porthole.openConnection(key)).getByRole("button", { name: "Disconnect" }).click();
    await porthole.until("nothing is left", async () => (await mine(porthole)).length === 0);
    await porthole.close();
  });

  test(`${way}: what the page made is gone when it is left without a word`, async () => {
    const { porthole, at } = await connect(way);
    await porthole.untilQuality(at(`${house.temp}/con`), "live");
    const [, name] = porthole.sent.join("\n").match(/"m2m:ae":\{"rn":"([^"]+)"/);
    // ACME loses a frame now and then that comes while it is busy with another one.
    await porthole.quiet();
    await porthole.page.goto("about:blank");
    const there = () => admin.retrieve(`${BASE}/${name}`).then(() => true, (error) => error.status !== 404);
    await porthole.until("its AE is gone", async () => !(await there()));
    await porthole.close();
  });

  test(`${way}: what was chosen is there again after a reload`, async () => {
    const { porthole, key, at } = await connect(way);
    await porthole.untilQuality(at(`${house.temp}/con`), "live");
    await porthole.until("it is saved", () => porthole.page.evaluate(() => localStorage.getItem("porthole.workspace")?.includes("onem2m")));
    await porthole.page.reload();
    await porthole.ready();
    await porthole.untilState(key, "live", 15_000);
    await porthole.untilQuality(at(`${house.temp}/con`), "live");
    await porthole.close();
  });

  test(`${way}: two pages at once are both told, and one that leaves takes nothing with it`, async () => {
    const profile = await newProfile();
    const one = await connect(way, { profile });
    const two = await connect(way);
    await one.porthole.untilQuality(one.at(`${house.temp}/con`), "live");
    await two.porthole.untilQuality(two.at(`${house.temp}/con`), "live");
    await house.owner.instance(house.temp, "297.5");
    for (const { porthole, at } of [one, two]) await porthole.untilText(at(`${house.temp}/con`), "297.5", 3_000);
    await one.porthole.close();
    await house.owner.instance(house.temp, "294.5");
    await two.porthole.untilText(two.at(`${house.temp}/con`), "294.5", 3_000);
    assert.equal(await two.porthole.state(two.key), "live");
    await two.porthole.close();
  });

  test(`${way}: without rights the page says so, and how they are given`, async () => {
    const closed = await startAcme();
    const through = await startRelay(closed);
    const { owner } = await greenhouse(closed, { open: false });
    const { porthole } = await connect(way, { cse: closed, through });
    const main = porthole.page.getByRole("main");
    await porthole.untilSays(main, /sees nothing here that has values/);
    await porthole.untilSays(main, /"acop": 35/);
    await porthole.close();
    assert.equal(owner.originator, "Cgreenhouse");
    await closed.stop();
    await through.stop();
  });

  test(`${way}: a CSE that was restarted, empty and then built again, is found again`, async () => {
    const first = await startAcme();
    const through = await startRelay(first);
    const before = await greenhouse(first);
    const { porthole, key, at } = await connect(way, { cse: first, through });
    await porthole.untilQuality(at(`${before.temp}/con`), "live");
    await first.kill();
    await porthole.until("the loss is seen", async () => (await porthole.state(key)) !== "live", 15_000);
    assert.equal(await porthole.quality(at(`${before.temp}/con`)), "disconnected");
    const again = await startAcme({ port: first.httpPort, wsPort: first.wsPort });
    await greenhouse(again);
    await porthole.untilState(key, "live", 40_000);
    await porthole.untilQuality(at(`${before.temp}/con`), "live", 40_000);
    await new Owner(again, "Cgreenhouse").instance(before.temp, "299.5");
    await porthole.untilText(at(`${before.temp}/con`), "299.5", 5_000);
    await porthole.close();
    await again.stop();
    await through.stop();
  });

  test(`${way}: a subprotocol that the CSE does not know is named among the causes`, async () => {
    const { porthole, key } = await connect(way, { options: { subprotocols: "oneM2M.xml" }, state: "waiting" });
    await porthole.untilSays(await porthole.openConnection(key), /another subprotocol/);
    await porthole.close();
  });
}

test("a CSE that wants the header is told from one that is not there, and both ways round are offered", async () => {
  const porthole = await openPage({ hash: connectLink(acme.wsUrl, { protocol: "onem2m" }) });
  porthole.asked.push(acme.httpUrl);
  await porthole.pressConnect();
  await porthole.untilState(acme.key, "failed");
  const dialog = await porthole.openConnection(acme.key);
  await porthole.untilSays(dialog, /X-M2M-Origin \$arg_origin/);
  await porthole.untilSays(dialog, /\[http\.cors\]/);
  await dialog.getByRole("button", { name: "Use the WebSocket and HTTP" }).click();
  const form = await porthole.dialog();
  // Its guess follows ACME's default ports, which these are not.
  await form.getByLabel("HTTP address").fill(acme.httpUrl);
  await porthole.pressConnect();
  await porthole.untilState(acme.key, "live", 15_000);
  await porthole.untilText(`${acme.key}/${house.temp}/con`, /29\d/);
  await porthole.close();
});

test("an address of the HTTP server that lets no page in is told, with the line that it lacks", async () => {
  const shut = await startAcme({ cors: false });
  const { porthole, key } = await connect("by HTTP beside the WebSocket", { cse: shut, state: "failed" });
  // The browser logs what it refused.
  porthole.faults.length = 0;
  await porthole.untilSays(await porthole.openConnection(key), /does not let pages in.*enable=true/s);
  await porthole.close();
  await shut.stop();
});

test("missing readings of a time series break its line", async () => {
  const { porthole, key, at } = await connect("behind a relay");
  await porthole.until("it is subscribed", async () => (await mine(porthole, house.soil)).length === 2);
  const start = Date.now();
  for (const [second, moisture] of [[0, 40], [1, 41], [2, 42]]) {
    await sleep(Math.max(0, start + second * 1000 - Date.now()));
    await house.owner.reading(house.soil, moisture, new Date(start + second * 1000));
  }
  await porthole.untilText(at(`${house.soil}/con`), "42");
  await sleep(4_000);
  await house.owner.reading(house.soil, 46, new Date(start + 6_000));
  await porthole.untilText(at(`${house.soil}/con`), "46");
  await porthole.until("the gap is counted", async () => (await porthole.ledger(key, `${house.soil}/con`)).gaps > 0);
  await porthole.close();
});

test("the tree opens what lies deeper, and shows all attributes of a resource", async () => {
  const { porthole } = await connect("behind a relay");
  const tree = porthole.page.getByRole("tree");
  await tree.getByRole("treeitem", { name: /^greenhouse/ }).click();
  await tree.getByRole("treeitem", { name: /^bench/ }).click();
  const leaf = tree.getByRole("treeitem", { name: /^leaf/ });
  await leaf.click();
  await leaf.getByRole("button", { name: "All about leaf" }).click();
  const dialog = await porthole.dialog();
  await porthole.untilSays(dialog, /maxNrOfInstances/);
  await porthole.untilSays(dialog, /m2m:cnt/);
  await porthole.close();
});

test("resources are found by a form, without arming", async () => {
  const { porthole } = await connect("behind a relay");
  await porthole.page.getByRole("main").getByRole("button", { name: "discover…" }).click();
  const dialog = await porthole.dialog();
  await dialog.getByLabel("type", { exact: true }).selectOption({ index: 1 });
  await dialog.getByLabel("label", { exact: true }).fill("unit:%");
  await dialog.getByRole("button", { name: /^Execute discover/ }).click();
  await porthole.untilSays(dialog, /cse-in\/greenhouse\/humidity/);
  assert.doesNotMatch(await dialog.textContent(), /greenhouse\/temp"/);
  await porthole.close();
});

test("a container that may be read but not subscribed is asked for every few seconds", async () => {
  const reader = await startAcme();
  const through = await startRelay(reader);
  // 34: to read and to discover; no right to create.
  const { owner, temp, humidity, door, leaf } = await greenhouse(reader, { acop: 34 });
  const { porthole, at } = await connect("behind a relay", { cse: reader, through });
  await porthole.untilQuality(at(`${temp}/con`), "live");
  for (const container of [temp, humidity, door, leaf]) await owner.instance(container, "7.5");
  for (const container of [temp, humidity, door, leaf]) await porthole.untilText(at(`${container}/con`), "7.5", 15_000);
  const polls = () => porthole.sent.filter((frame) => frame.includes("/fopt/la")).length;
  const before = polls();
  await porthole.until("many are asked for with one request, again and again", async () => before > 0 && polls() > before);
  await porthole.close();
  await reader.stop();
  await through.stop();
});

/** The policy of the greenhouse, for more of its containers. */
async function rights() {
  return (await house.owner.retrieve(house.temp)).acpi;
}
