// WCAG 2.2 AA as axe sees it, on every view, dark and light, wide and narrow; and nothing wider than the screen.
import AxeBuilder from "@axe-core/playwright";
import assert from "node:assert/strict";
import { openPage } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const VALUE = "cryo-3/T_sample/value";

for (const colorScheme of ["dark", "light"]) {
  for (const width of [1280, 390]) {
    test(`${colorScheme}, ${width} px wide`, async () => {
      const porthole = await openPage({ colorScheme, width });
      const { page } = porthole;
      const problems = [];
      // What is out of sight is not laid out until it is scrolled to, and what is not laid out cannot be measured.
      await page.evaluate(() => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync("* { content-visibility: visible !important; }");
        document.adoptedStyleSheets = [sheet];
      });
      const check = async (view) => {
        const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
        for (const { id, help, nodes } of violations) {
          problems.push(`${view}: ${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
        }
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (over > 0) problems.push(`${view}: ${over} px wider than the screen`);
      };
      await check("first screen");
      await page.getByRole("button", { name: "Explore the demo" }).click();
      await porthole.untilQuality(VALUE, "live");
      await check("dashboard");
      const tabs = page.locator(width > 700 ? "header .tabs" : ".phone-tabs");
      await tabs.getByRole("button", { name: "Subscriptions" }).click();
      await page.getByRole("grid", { name: "Subscriptions" }).waitFor();
      await check("subscriptions");
      await tabs.getByRole("button", { name: "Frames" }).click();
      const frame = page.getByRole("log", { name: "Raw frames" }).locator(".frame-row").first();
      await frame.click();
      await check("frames");
      await tabs.getByRole("button", { name: "Dashboard" }).click();
      await dialogs(porthole, check);
      if (width > 700) {
        await porthole.untilState("mast", "live");
        const details = await porthole.openConnection("mast");
        await details.getByRole("button", { name: "Definition" }).click();
        await page.locator(".definition-rule").first().waitFor();
        await page.locator(".frame-line").first().click();
        await page.locator(".leaves").waitFor();
        await check("definition");
      }
      assert.deepEqual(problems, []);
      await porthole.close();
    });
  }
}

/** Opens each dialog of the dashboard. */
async function dialogs(porthole, check) {
  const { page } = porthole;
  const card = porthole.card("cryo-3", "T_sample");
  const open = async (name, button) => {
    await button.click();
    await porthole.dialog();
    await check(name);
    await porthole.closeDialog();
  };
  await open("write dialog", card.getByRole("button", { name: /^Set / }));
  await open("why dialog", card.locator("button.quality").first());
  const commands = page.getByRole("group", { name: "Commands" }).getByRole("button");
  await open("command dialog", commands.first());
  await open("connection dialog", page.locator("main header").getByRole("button", { name: "Details" }).first());
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("?");
  await porthole.dialog();
  await check("keys dialog");
  await porthole.closeDialog();
  await page.keyboard.press("c");
  await porthole.dialog();
  await check("connect dialog");
  await porthole.closeDialog();
}
