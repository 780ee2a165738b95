// Opens the demo in Chromium and writes docs/screenshot.png, 1600 × 1000, dark.
//
//   node tools/screenshot.mjs [<file> [<width>x<height> [dark|light]]]
import { mkdirSync } from "node:fs";
import path from "node:path";
import { launch } from "./browser.mjs";
import { serve } from "./serve.mjs";

const [file = "docs/screenshot.png", size = "1600x1000", colorScheme = "dark"] = process.argv.slice(2);
const [width, height] = size.split("x").map(Number);
const START_LIMIT_MS = 20_000;
// Long enough for the plots to have something to show.
const WATCH_MS = 15_000;

const server = await serve("dist", 0);
const browser = await launch();
try {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  await page.goto(`http://127.0.0.1:${server.address().port}/#demo`);
  await page.locator('[data-channel][data-quality="live"]').nth(8).waitFor({ state: "attached", timeout: START_LIMIT_MS });
  await page.waitForTimeout(WATCH_MS);
  mkdirSync(path.dirname(file), { recursive: true });
  await page.screenshot({ path: file });
  console.log(`wrote ${file}`);
} finally {
  await browser.close();
  server.closeAllConnections();
  server.close();
}
