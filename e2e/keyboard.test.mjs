// Without a mouse: from the first screen to a set-point that was read back.
import assert from "node:assert/strict";
import { startFrappy } from "./lib/frappy.mjs";
import { openPage } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

const node = await startFrappy();

/** Presses Tab until something has the focus; it must be visible there. */
async function tabTo(porthole, what, selector, limit = 120) {
  for (let presses = 0; presses < limit; presses += 1) {
    await porthole.page.keyboard.press("Tab");
    const found = await porthole.page.evaluate((selector) => {
      const focused = document.activeElement;
      return focused.matches(selector) && { outline: getComputedStyle(focused).outlineStyle, shadow: getComputedStyle(focused).boxShadow };
    }, selector);
    if (found) return found;
  }
  return assert.fail(`${limit} presses of Tab do not lead to ${what}`);
}

test("from the first screen to a written set-point", async () => {
  const porthole = await openPage();
  const { page } = porthole;
  const target = `${node.key}/cryo/target`;
  await page.keyboard.type(node.url);
  await page.keyboard.press("Enter");
  await porthole.untilQuality(target, "live");
  await tabTo(porthole, "the button that arms", 'main header button[aria-pressed="false"]');
  await page.keyboard.press("Enter");
  await porthole.until("it is armed", async () => (await porthole.arming.getAttribute("aria-pressed")) === "true");
  await tabTo(porthole, "the field of the set-point", 'input[aria-label="New value for cryo/target"]');
  await page.keyboard.type("302");
  await page.keyboard.press("Enter");
  const dialog = await porthole.dialog();
  assert.ok(await page.evaluate(() => document.querySelector("dialog").contains(document.activeElement)), "the dialog has the focus");
  await page.keyboard.press("Enter");
  await porthole.until("it is read back", async () => /read back: 302/.test(await dialog.locator(".write-outcome [role=status]").textContent()));
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(porthole.writes, [["change", "cryo:target", 302]]);
  await porthole.close();
});

test("single keys change the view, open the filter and the list of keys, and can be switched off", async () => {
  const porthole = await openPage();
  const { page } = porthole;
  await porthole.connect(node.url);
  await porthole.untilQuality(`${node.key}/cryo/value`, "live");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("2");
  await page.getByRole("grid", { name: "Subscriptions" }).waitFor();
  await page.keyboard.press("3");
  await page.getByRole("log", { name: "Raw frames" }).waitFor();
  await page.keyboard.press("1");
  await porthole.channel(`${node.key}/cryo/value`).waitFor();
  await page.keyboard.press("/");
  await porthole.until("the filter has the focus", () => page.evaluate(() => document.activeElement.id === "tree-filter"));
  await page.keyboard.type("2");
  assert.equal(await page.getByRole("grid", { name: "Subscriptions" }).count(), 0, "a field keeps its keys");
  await page.locator("#tree-filter").fill("");
  await page.locator("#tree-filter").blur();
  await page.keyboard.press("?");
  await (await porthole.dialog()).getByLabel("Single keys are on").uncheck();
  await porthole.closeDialog();
  await page.keyboard.press("2");
  assert.equal(await page.getByRole("grid", { name: "Subscriptions" }).count(), 0);
  await porthole.close();
});

test("the tree is walked with the arrow keys", async () => {
  const porthole = await openPage();
  const { page } = porthole;
  await porthole.connect(node.url);
  await porthole.untilQuality(`${node.key}/cryo/value`, "live");
  const tree = page.getByRole("tree");
  await tree.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  const active = () => page.locator(`[id="${"tree-"}1"]`);
  assert.equal(await tree.getAttribute("aria-activedescendant"), "tree-1");
  assert.equal(await active().getAttribute("aria-expanded"), "false");
  await page.keyboard.press("ArrowRight");
  await porthole.until("it is open", async () => (await active().getAttribute("aria-expanded")) === "true");
  await page.keyboard.press("ArrowLeft");
  await porthole.until("it is closed", async () => (await active().getAttribute("aria-expanded")) === "false");
  await porthole.close();
});

test("a plot is zoomed, moved and read out with keys", async () => {
  const porthole = await openPage();
  const { page } = porthole;
  await porthole.connect(node.url);
  await porthole.untilQuality(`${node.key}/fast/_count`, "live");
  await porthole.card(node.key, "fast").getByRole("button", { name: /^Plot / }).first().click();
  const plot = page.locator("main .plot");
  await plot.locator("canvas").waitFor();
  await tabTo(porthole, "the plot", ".plot .canvas");
  const readOut = plot.locator(".at-cursor .time");
  const seconds = async () => {
    const [hours, minutes, rest] = (await readOut.textContent()).split(":").map(Number);
    return (hours * 60 + minutes) * 60 + rest;
  };
  const back = plot.getByRole("button", { name: "Live" });
  assert.equal(await back.count(), 0);

  // The read-out begins at the right edge: its time tells where that is.
  await page.keyboard.press("+");
  await back.waitFor();
  await page.keyboard.press("Shift+ArrowLeft");
  await readOut.waitFor();
  const first = await seconds();
  await page.keyboard.press("Shift+ArrowLeft");
  await porthole.until("it is read out earlier", async () => (await seconds()) < first);
  const second = await seconds();
  await page.keyboard.press("ArrowLeft");
  await porthole.until("the read-out stays where it is on the plot", async () => (await seconds()) < second - 0.5);
  await page.keyboard.press("Home");
  await back.waitFor({ state: "detached" });
  await page.keyboard.press("2");
  await page.getByRole("grid", { name: "Subscriptions" }).waitFor();
  await porthole.close();
});
