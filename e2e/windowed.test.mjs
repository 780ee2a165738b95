// Ten thousand channels: the table shows all of them, and the page holds only those in view.
import assert from "node:assert/strict";
import { startLab } from "./lib/lab.mjs";
import { openPage } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

const CHANNELS = 10_000;

test("ten thousand subscriptions in a table of a few rows", async () => {
  const node = await startLab("load", "--channels", CHANNELS, "--rate", 500);
  const porthole = await openPage();
  const { page } = porthole;
  await porthole.connect(node.url);
  await porthole.untilState(node.key, "live", 20_000);
  await porthole.view("Subscriptions");
  const grid = page.getByRole("grid", { name: "Subscriptions" });
  await porthole.until("all are listed", async () => (await grid.getAttribute("aria-rowcount")) === String(CHANNELS + 1), 20_000);
  const rows = grid.locator(".grid-body").getByRole("row");
  assert.ok((await rows.count()) < 100, `${await rows.count()} rows are in the page`);
  await grid.focus();
  await page.keyboard.press("End");
  await porthole.until("the last is in view", async () => (await rows.allTextContents()).some((text) => text.includes("ch9999/value")));
  assert.ok((await rows.count()) < 100, `${await rows.count()} rows are in the page`);
  await page.getByLabel("Filter subscriptions").fill("ch0042");
  await porthole.until("one is left", async () => (await rows.count()) === 1);
  const cards = await page.evaluate(() => document.querySelectorAll("*").length);
  assert.ok(cards < 5_000, `${cards} elements`);
  const { frames } = await porthole.stats();
  assert.ok(frames.p95_ms < 150, `frames take ${frames.p95_ms} ms`);
  await porthole.close();
  await node.stop();
});
