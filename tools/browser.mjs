// Which browser the scripts and the end-to-end tests start, and how.
import { accessSync, constants } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

// Without these Chromium looks up hosts of its own at each start. Root, as in most containers, has no sandbox.
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser's program: PORTHOLE_CHROMIUM, else Chromium or Chrome on PATH, else Playwright's own, else nothing. */
export function browserPath() {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [process.env.PORTHOLE_CHROMIUM, ...onPath, chromium.executablePath()].find(isProgram);
}

/** Starts the browser, headless; `args` are added to those it always gets. */
export function launch({ args = [], ...options } = {}) {
  return chromium.launch({ executablePath: browserPath(), args: [...ARGS, ...args], ...options });
}

function isProgram(file) {
  if (!file) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
