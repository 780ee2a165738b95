// Exosite One Platform in the browser, against the stand-in of e2e/peers.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { CIK, RID, startExosite, TOKEN } from "./lib/exosite.mjs";
import { connectLink, openPage } from "./lib/page.mjs";
import { withPeer } from "./lib/test.mjs";

/** Opens the page by a link, fills in the key and connects. */
async function connect(peer, { key = CIK, options = {}, keep = false, profile, state = "live" } = {}) {
  const porthole = await openPage({ hash: connectLink(`${peer.url}/ws`, { protocol: "exosite", ...options }), profile });
  await fillIn(porthole, key, keep);
  await porthole.untilState(peer.key, state, 15_000);
  return { porthole, at: (path) => `${peer.key}/Test bench/${path}` };
}

async function fillIn(porthole, key, keep = false) {
  const dialog = await porthole.dialog();
  const field = dialog.getByLabel("Key", { exact: true });
  assert.equal(await field.getAttribute("type"), "password");
  await field.fill(key);
  if (keep) await dialog.getByLabel("Keep the key in this browser").check();
  await porthole.pressConnect();
}

/** The calls of a procedure that went out. */
const calls = (porthole, procedure) =>
  porthole.sent.flatMap((frame) => {
    const { calls = [] } = frame.startsWith("{") ? JSON.parse(frame) : {};
    return calls.filter((call) => call.procedure === procedure);
  });

const ledger = (porthole, peer, path) => porthole.ledger(peer.key, `Test bench/${path}`);

const withExosite = withPeer(startExosite);

withExosite("what a client owns is on the dashboard, live, with units and the devices below it", [], async (peer) => {
  const { porthole, at } = await connect(peer);
  await porthole.untilText(at("temperature"), /^[0-9.]+$/);
  for (const path of ["temperature", "humidity", "pressure", "note", "Spare", "Weather hut/wind", "Shed/door"]) {
    await porthole.untilQuality(at(path), "live");
  }
  await peer.tell("quiet on");
  await peer.tell("write temperature 21.75");
  await porthole.untilText(at("temperature"), "21.75", 2_000);
  assert.match(await porthole.valueOf(at("temperature")).textContent(), /21\.75\s*°C/, "the unit is in meta, which is JSON in a string");
  await peer.tell("write wind 7.5");
  await porthole.untilText(at("Weather hut/wind"), "7.5", 2_000);
  const { malformed, violations } = await porthole.connectionStats(peer.key);
  assert.deepEqual([malformed, violations], [0, 0]);
  const asked = calls(porthole, "info").map(({ arguments: [, options] }) => options);
  assert.ok(asked.length > 3 && asked.every((options) => Object.keys(options).length > 0 && !("key" in options)), "keys are never asked for");
  assert.match(porthole.sent[0], /^\{"auth":/);
  await porthole.close();
});

withExosite("the key is in memory alone, and seen nowhere", [], async (peer) => {
  const { porthole, at } = await connect(peer);
  await porthole.untilQuality(at("temperature"), "live");
  await porthole.view("Frames");
  await porthole.page.getByText("••••••").first().waitFor();
  const seen = await porthole.page.evaluate(() => [document.documentElement.outerHTML, JSON.stringify(localStorage), JSON.stringify(sessionStorage), location.href, JSON.stringify(window.porthole.stats())].join());
  assert.ok(!seen.includes(CIK));
  const { bytes: capture } = await porthole.download("Save capture");
  assert.ok(capture.includes("auth") && !capture.includes(CIK));
  // After a reload it is gone: the person is asked.
  await porthole.page.goto("about:blank");
  await porthole.page.goto(porthole.url);
  await porthole.ready();
  await porthole.untilState(peer.key, "failed");
  const before = peer.frames.length;
  const dialog = await porthole.openConnection(peer.key);
  await dialog.getByText(/key/i).first().waitFor();
  await dialog.getByRole("button", { name: "Edit address" }).click();
  await fillIn(porthole, CIK, true);
  await porthole.untilState(peer.key, "live");
  assert.ok(peer.frames.length > before);
  // Kept because it was wanted: no question this time.
  await porthole.page.reload();
  await porthole.ready();
  await porthole.untilState(peer.key, "live");
  const workspace = await porthole.page.evaluate(() => localStorage.getItem("porthole.workspace"));
  assert.ok(!workspace.includes(CIK), "apart from what is handed on");
  await porthole.close();
});

for (const mode of ["error", "status", "close"]) {
  withExosite(`a refused key (${mode}) stops and asks, and is not sent again`, ["--auth-fail", mode], async (peer) => {
    const wrong = "0123456789abcdef0123456789abcdef01234567";
    const { porthole, at } = await connect(peer, { key: wrong, state: "failed" });
    await sleep(2_500);
    assert.equal(porthole.dialled.length, 1, "it does not dial again by itself");
    assert.equal(peer.frames.length, 1, "no call follows a refusal");
    const dialog = await porthole.openConnection(peer.key);
    await dialog.getByText(/refused/i).first().waitFor();
    assert.ok(!(await dialog.textContent()).includes(wrong));
    await dialog.getByRole("button", { name: "Edit address" }).click();
    await fillIn(porthole, CIK);
    await porthole.untilState(peer.key, "live");
    await porthole.untilQuality(at("temperature"), "live");
    await porthole.close();
  });
}

withExosite("a token and a client below the key's are ways to sign in", [], async (peer) => {
  const { porthole, at } = await connect(peer, { key: TOKEN, options: { auth: "token" } });
  await porthole.untilQuality(at("temperature"), "live");
  assert.match(porthole.sent[0], /^\{"auth":\{"token":/);
  await porthole.close();
  const resource = await connect(peer, { options: { auth: "resource", rid: RID.temperature } });
  await resource.porthole.untilQuality(resource.at("temperature"), "live");
  assert.match(resource.porthole.sent[0], new RegExp(`"resource_id":"${RID.temperature}"`));
  await resource.porthole.close();
});

for (const switches of [
  ["--update-shape", "nested", "--read-shape", "object"],
  ["--update-shape", "mixed", "--batch-order", "shuffle", "--split-responses"],
  ["--string-ids", "--latency", "80", "--batch-order", "shuffle"],
]) {
  withExosite(`a service that answers otherwise: ${switches.join(" ")}`, switches, async (peer) => {
    const { porthole, at } = await connect(peer);
    for (const path of ["temperature", "Spare", "Weather hut/wind"]) await porthole.untilQuality(at(path), "live");
    await peer.tell("quiet on");
    for (const value of ["19.25", "18.5", "-3.125"]) {
      await peer.tell(`write temperature ${value}`);
      await porthole.untilText(at("temperature"), value.replace("-", "−"), 3_000).catch(() => porthole.untilText(at("temperature"), value, 100));
    }
    assert.equal((await porthole.connectionStats(peer.key)).malformed, 0);
    await porthole.close();
  });
}

withExosite("the past is in the history, and each point once", [], async (peer) => {
  await peer.tell("quiet on");
  const { porthole, at } = await connect(peer);
  await porthole.untilQuality(at("humidity"), "live");
  const past = await porthole.until("the past has come", async () => {
    const { history } = await ledger(porthole, peer, "humidity");
    return history >= 250 && history;
  });
  await sleep(500);
  assert.equal((await ledger(porthole, peer, "humidity")).history, past);
  const [{ arguments: [, options] }] = calls(porthole, "read").filter(({ arguments: [, { selection }] }) => selection);
  assert.equal(options.selection, "autowindow");
  await porthole.close();
});

withExosite("after a cut nothing is lost and nothing is there twice", [], async (peer) => {
  await peer.tell("quiet on");
  const { porthole, at } = await connect(peer);
  await peer.tell("write humidity 40");
  await porthole.untilText(at("humidity"), "40");
  await porthole.until("the past has come", async () => (await ledger(porthole, peer, "humidity")).history >= 250);
  const before = await ledger(porthole, peer, "humidity");
  await porthole.profile.setOffline(true);
  await peer.tell("drop");
  const now = Math.floor(Date.now() / 1000);
  for (let n = 1; n <= 5; n++) await peer.tell(`at humidity ${now + n} ${40 + n}`);
  await porthole.profile.setOffline(false);
  await porthole.untilText(at("humidity"), "45", 20_000);
  await porthole.untilQuality(at("humidity"), "live");
  await sleep(1_000);
  const after = await ledger(porthole, peer, "humidity");
  assert.equal(after.received - before.received, 5, "five points were made while there was no link");
  const since = calls(porthole, "subscribe").map(({ arguments: [, { since }] }) => since);
  assert.ok(since.every((since) => since === undefined || since === null || (since > 1e9 && since < 1e11)), "seconds, not milliseconds");
  await porthole.close();
});

withExosite("a value is written once, when armed, and only then", [], async (peer) => {
  await peer.tell("quiet on");
  const { porthole, at } = await connect(peer);
  await porthole.untilQuality(at("pressure"), "live");
  await porthole.arm();
  const dialog = await porthole.openWrite(at("pressure"));
  await dialog.getByLabel("new", { exact: true }).fill("1009");
  assert.match(await dialog.locator(".sends").textContent(), /"procedure":"write"/);
  await porthole.set(dialog, /1,?009|took/);
  await porthole.closeDialog();
  await porthole.untilText(at("pressure"), /1.?009/);
  assert.equal(calls(porthole, "write").length, 1);
  assert.equal(peer.frames.filter((frame) => frame.includes('"write"')).length, 1);
  await porthole.close();
});

withExosite("points are recorded, and what is flushed is confirmed first", [], async (peer) => {
  await peer.tell("quiet on");
  const { porthole, at } = await connect(peer);
  await porthole.untilQuality(at("temperature"), "live");
  await porthole.arm();
  const card = porthole.cardOf(at("temperature"));
  await card.locator(".commands-folded > summary").click();
  // A point of the past: it goes into the history, and what is shown stays.
  const before = await ledger(porthole, peer, "temperature");
  const shown = await porthole.text(at("temperature"));
  await card.getByRole("button", { name: /^recordbatch/ }).click();
  const batch = await porthole.dialog();
  await batch.locator("textarea, input").first().fill(`[[${Math.floor(Date.now() / 1000) - 95}, 19.5]]`);
  await batch.getByRole("button", { name: /^Execute recordbatch/ }).click();
  await batch.getByText("Done.").waitFor();
  await porthole.closeDialog();
  await porthole.until("it is in the history", async () => (await ledger(porthole, peer, "temperature")).received > before.received);
  assert.equal(await porthole.text(at("temperature")), shown);
  await card.getByRole("button", { name: /^flush/ }).click();
  const dialog = await porthole.dialog();
  const execute = dialog.getByRole("button", { name: /^Execute flush/ });
  assert.ok(await execute.isDisabled(), "it destroys: a person says so twice");
  assert.equal(calls(porthole, "flush").length, 0);
  await dialog.getByLabel(/I want this/).check();
  await execute.click();
  await dialog.getByText("Done.").waitFor();
  assert.equal(calls(porthole, "flush").length, 1);
  await porthole.close();
});

withExosite("one locked client does not stop the rest", ["--locked-client"], async (peer) => {
  const { porthole, at } = await connect(peer);
  await porthole.untilQuality(at("temperature"), "live");
  await porthole.untilQuality(at("Weather hut/wind"), "live");
  await porthole.close();
});

withExosite("what is malformed is counted, and everything else goes on", ["--malformed"], async (peer) => {
  const { porthole, at } = await connect(peer);
  await porthole.untilQuality(at("temperature"), "live");
  for (let n = 0; n < 8; n++) {
    await peer.tell(`write temperature ${20 + n}`);
    await peer.tell(`write note "${n}"`);
  }
  await porthole.until("they are counted", async () => {
    const { malformed, violations } = await porthole.connectionStats(peer.key);
    return malformed >= 8 && malformed + violations >= 12;
  });
  await peer.tell("quiet on");
  await peer.tell("write temperature 17.5");
  await porthole.untilText(at("temperature"), "17.5");
  assert.equal(await porthole.state(peer.key), "live");
  await porthole.close();
});

withExosite("who is not wanted is not followed", [], async (peer) => {
  const { porthole, at } = await connect(peer);
  await porthole.untilQuality(at("temperature"), "live");
  await porthole.quiet().catch(() => {});
  await porthole.cardOf(at("temperature")).locator("button.quality").click();
  await (await porthole.dialog()).getByRole("button", { name: "Unsubscribe" }).click();
  await porthole.closeDialog();
  await porthole.untilQuality(at("temperature"), "paused");
  const [unsubscribe] = await porthole.until("it unsubscribes", () => {
    const found = calls(porthole, "unsubscribe");
    return found.length > 0 && found;
  });
  assert.equal(typeof unsubscribe.arguments[1].subs_id, "number");
  await porthole.close();
});
