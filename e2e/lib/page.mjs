// The built page in Chromium, as a person uses it.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { launch } from "../../tools/browser.mjs";
import { serve } from "../../tools/serve.mjs";

let site;
let browser;

/** The page's address; it is served by the same server that `make run` uses. */
export async function siteUrl() {
  site ??= await serve("dist", 0);
  return `http://127.0.0.1:${site.address().port}/`;
}

/** A new page in a new profile. Whatever it logs as an error fails the test at `close`. */
export async function openPage({ hash = "", width = 1280, height = 800, colorScheme = "dark", context } = {}) {
  browser ??= await launch();
  const profile = context ?? (await browser.newContext({ viewport: { width, height }, colorScheme }));
  const page = await profile.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    // The browser logs each socket that it could not open; the page tells it too.
    if (message.type() === "error" && !/WebSocket connection|ERR_|Failed to load resource/.test(message.text())) {
      faults.push(message.text());
    }
  });
  const url = await siteUrl();
  const foreign = [];
  page.on("request", (request) => {
    const wanted = request.url();
    if (!wanted.startsWith(url) && !/^(data|blob):/.test(wanted)) foreign.push(wanted);
  });
  await page.goto(url + hash);
  const porthole = new Porthole(page, profile, faults, foreign);
  await porthole.until("the page is there", () => page.evaluate(() => Boolean(window.porthole)));
  return porthole;
}

/** Ends the browser and the server. */
export async function closeAll() {
  await browser?.close();
  browser = undefined;
  site?.closeAllConnections();
  site?.close();
  site = undefined;
}

class Porthole {
  constructor(page, profile, faults, foreign) {
    Object.assign(this, { page, profile, faults, foreign });
  }

  /** Types an address on the first screen and connects. */
  async connect(url) {
    await this.page.locator("#address").fill(url);
    await this.page.getByRole("button", { name: "Connect", exact: true }).first().click();
  }

  /** Waits until something holds; says what it waited for. */
  async until(what, condition, limitMs = 10_000) {
    const until = Date.now() + limitMs;
    let last;
    while (Date.now() < until) {
      try {
        last = await condition();
        if (last) return last;
      } catch (error) {
        last = error.message;
      }
      await sleep(50);
    }
    assert.fail(`not within ${limitMs} ms: ${what} (last: ${JSON.stringify(last)})`);
  }

  /** The state of a connection's lamp. */
  state(key) {
    return this.page.locator(`[data-connection="${key}"]`).first().getAttribute("data-state");
  }

  async untilState(key, state, limitMs) {
    await this.until(`${key} is ${state}`, async () => (await this.state(key)) === state, limitMs);
  }

  /** The elements that show a channel: in cards, tables and the tree. */
  channel(name) {
    return this.page.locator(`main [data-channel="${name}"], dialog [data-channel="${name}"]`).first();
  }

  text(name) {
    return this.channel(name).textContent();
  }

  quality(name) {
    return this.channel(name).getAttribute("data-quality");
  }

  async untilText(name, expected, limitMs) {
    const fits = (text) => (expected instanceof RegExp ? expected.test(text) : text === expected);
    await this.until(`${name} shows ${expected}`, async () => fits((await this.text(name)).trim()), limitMs);
  }

  async untilQuality(name, quality, limitMs) {
    await this.until(`${name} is ${quality}`, async () => (await this.quality(name)) === quality, limitMs);
  }

  /** The counts of the page. */
  stats() {
    return this.page.evaluate(() => window.porthole.stats());
  }

  async connectionStats(key) {
    const { connections } = await this.stats();
    return connections.find((connection) => connection.key === key);
  }

  /** Opens a view by its tab. */
  async view(name) {
    await this.page.locator("header .tabs").getByRole("button", { name }).click();
  }

  /** Allows writes on a connection, by the menu in the bar. */
  async arm(title) {
    await this.page.locator("header summary").click();
    await this.page.getByRole("button", { name: `Arm ${title}`, exact: true }).click();
    await this.page.locator("header summary").click();
  }

  /** Leaves, and fails if the page logged an error or asked any other host for something. */
  async close() {
    await this.profile.close();
    assert.deepEqual(this.faults, [], "the page logged errors");
    assert.deepEqual(this.foreign, [], "the page asked another host");
  }
}
