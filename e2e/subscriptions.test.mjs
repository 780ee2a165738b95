// The table of subscriptions of a real node: found, ordered, paused, ended and begun again, saved.
import assert from "node:assert/strict";
import { startFrappy } from "./lib/frappy.mjs";
import { openPage } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

const node = await startFrappy();
const porthole = await openPage();
await porthole.connect(node.url);
await porthole.untilQuality(`${node.key}/cryo/value`, "live");
await porthole.view("Subscriptions");

const grid = () => porthole.page.getByRole("grid", { name: "Subscriptions" });
const rows = () => grid().locator(".grid-body").getByRole("row");
const filter = (text) => porthole.page.getByLabel("Filter subscriptions").fill(text);
const row = (path) => rows().filter({ has: porthole.page.getByRole("gridcell", { name: path, exact: true }) });
const column = async (place) =>
  Promise.all((await rows().all()).map((each) => each.getByRole("gridcell").nth(place).textContent()));

test("every subscription has a row with its value, quality, rate and counts", async () => {
  await filter("fast/_count");
  await porthole.until("one row is left", async () => (await rows().count()) === 1);
  const cells = await row("fast/_count").getByRole("gridcell").allTextContents();
  assert.equal(cells[1].trim(), "peer.test", "the name that the node gives itself");
  assert.match(cells[2], /live/);
  await porthole.until("the rate is known", async () =>
    /^1\d|^2\d/.test((await row("fast/_count").getByRole("gridcell").allTextContents())[3]));
  const ledger = await porthole.ledger(node.key, "fast/_count");
  assert.ok(ledger.received >= Number(cells[5].replace(/\D/g, "")));
  await filter("");
});

test("the filter looks at paths, descriptions and qualities", async () => {
  await filter("ramp rate");
  await porthole.until("found by description", async () => (await column(0)).join() === "cryo/ramp");
  await filter("cryo value");
  await porthole.until("found by words", async () => (await column(0)).join() === "cryo/value");
  await filter("no such thing");
  await porthole.until("nothing is told", async () => /Nothing fits the filter/.test(await grid().textContent()));
  await filter("");
});

test("a heading sorts, and says how", async () => {
  const heading = grid().getByRole("columnheader", { name: "Received" });
  await heading.getByRole("button").click();
  assert.equal(await heading.getAttribute("aria-sort"), "descending");
  await porthole.until("the greatest is first", async () => {
    const numbers = (await column(5)).map((text) => Number(text.replace(/\D/g, "")));
    return numbers.length > 3 && numbers[0] >= 20 && /^fast\//.test((await column(0))[0]);
  });
  await heading.getByRole("button").click();
  assert.equal(await heading.getAttribute("aria-sort"), "ascending");
  await grid().getByRole("columnheader", { name: "Channel" }).getByRole("button").click();
  await porthole.until("by name", async () => {
    const names = await column(0);
    return names.join() === [...names].sort().join();
  });
});

test("a paused channel stands still while its readings come, and goes on", async () => {
  await filter("fast/_count");
  const value = `${node.key}/fast/_count`;
  await row("fast/_count").getByRole("button", { name: "Pause" }).click();
  await porthole.untilQuality(value, "paused");
  const still = await porthole.text(value);
  const { received } = await porthole.ledger(node.key, "fast/_count");
  await porthole.until("readings come", async () =>
    (await porthole.ledger(node.key, "fast/_count")).received > received + 20);
  assert.equal(await porthole.text(value), still);
  await row("fast/_count").getByRole("button", { name: "Resume" }).click();
  await porthole.untilQuality(value, "live");
  await porthole.until("it goes on", async () => Number(await porthole.text(value)) > Number(still) + 20);
  const ledger = await porthole.ledger(node.key, "fast/_count");
  assert.equal(ledger.received, ledger.shown + ledger.conflated + ledger.dropped + ledger.waiting);
  await filter("");
});

test("a subscription that is ended no longer counts, and comes back", async () => {
  await filter("bare");
  const label = porthole.page.getByLabel("not subscribed too");
  await label.check();
  porthole.sent.length = 0;
  await row("bare/_note").getByRole("button", { name: "Unsubscribe" }).click();
  await porthole.until("it says so", async () => /not subscribed/.test(await row("bare/_note").textContent()));
  await porthole.until("the node is told", () => porthole.sent.some((frame) => frame.startsWith("deactivate")));
  await row("bare/_note").getByRole("button", { name: "Subscribe", exact: true }).click();
  await porthole.until("the node is told", () => porthole.sent.at(-1).startsWith("activate") || porthole.sent.at(-1).startsWith("ping"));
  await porthole.untilQuality(`${node.key}/bare/_note`, "live");
  await label.uncheck();
  await filter("");
});

test("by keyboard: up and down, pause, why", async () => {
  await filter("cryo/");
  await porthole.until("rows are there", async () => (await rows().count()) >= 4);
  await grid().focus();
  await porthole.page.keyboard.press("Home");
  await porthole.page.keyboard.press("ArrowDown");
  const active = () => grid().locator('[role="row"][aria-selected="true"]');
  assert.equal(await active().getAttribute("id"), await grid().getAttribute("aria-activedescendant"));
  const path = await active().getByRole("gridcell").first().textContent();
  await porthole.page.keyboard.press("p");
  await porthole.untilQuality(`${node.key}/${path}`, "paused");
  await porthole.page.keyboard.press("p");
  await porthole.untilQuality(`${node.key}/${path}`, "live");
  await porthole.page.keyboard.press("Enter");
  assert.match(await (await porthole.dialog()).textContent(), new RegExp(path.split("/")[1]));
  await porthole.closeDialog();
  await filter("");
});

test("what is found is saved as CSV", async () => {
  await filter("fast");
  await porthole.until("rows are there", async () => (await rows().count()) >= 3);
  const { bytes } = await porthole.download("Export CSV");
  const lines = bytes.toString().trim().split("\r\n");
  assert.equal(lines.length, 1 + (await rows().count()));
  assert.ok(lines.slice(1).every((line) => line.includes("fast")));
  await filter("");
});

test("the display as a whole is paused by the space bar, with a banner, and resumed", async () => {
  const { page } = porthole;
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("Space");
  await page.locator("main .banner.paused").waitFor();
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("Space");
  await page.locator("main .banner.paused").waitFor({ state: "detached" });
});

test("the page did nothing that it must not", async () => {
  await porthole.close();
});
