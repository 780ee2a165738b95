// The built page in Chromium, as a person uses it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { launch } from "../../tools/browser.mjs";
import { serve } from "../../tools/serve.mjs";

let site;
let browser;

/** The page's address; it is served by the same server that `make run` uses. */
export async function siteUrl() {
  site ??= await serve(process.env.PORTHOLE_DIST ?? "dist", 0);
  return `http://127.0.0.1:${site.address().port}/`;
}

/** A new profile of the browser: nothing is stored in it. */
export async function newProfile({ width = 1280, height = 800, colorScheme = "dark", ...options } = {}) {
  browser ??= await launch();
  return browser.newContext({ viewport: { width, height }, colorScheme, ...options });
}

/** The part of an address that asks for a connection: its options have the names that links give them. */
export function connectLink(url, options) {
  const given = Object.entries(options).map(([name, value]) => `&${name}=${encodeURIComponent(value)}`);
  return `#connect=${encodeURIComponent(url)}${given.join("")}`;
}

/** A new page, in a new profile unless one is given. What it must never do fails the test at `close`. */
export async function openPage({ hash = "", profile, ...options } = {}) {
  const context = profile ?? (await newProfile(options));
  const porthole = new Porthole(await context.newPage(), context, await siteUrl());
  await porthole.page.goto(porthole.url + hash);
  await porthole.ready();
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

/** Fails if the page draws slowly. Where the machine is busy with other things, it is compared with its calm moments. */
export function assertQuick(frames, calm) {
  const limit = Math.max(100, 2 * calm.p95_ms);
  assert.ok(frames.p95_ms <= limit, `1 of 20 frames takes ${frames.p95_ms} ms; before ${calm.p95_ms} ms`);
}

class Porthole {
  constructor(page, profile, url) {
    Object.assign(this, { page, profile, url });
    /** Errors, dialogs of the browser and breaches of the content security policy. */
    this.faults = [];
    /** Requests to any other host than the page's own. */
    this.foreign = [];
    /** Other origins that the page may ask by HTTP, since a test made it do so; what they answer is theirs. */
    this.asked = [];
    /** The addresses of all sockets that were opened. */
    this.dialled = [];
    /** Frames that went out on any socket, in their order. */
    this.sent = [];
    page.setDefaultTimeout(10_000);
    this.#watch();
  }

  #watch() {
    const { page } = this;
    page.on("pageerror", (error) => this.faults.push(error.stack ?? error.message));
    page.on("dialog", (dialog) => {
      this.faults.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    page.on("console", (message) => {
      // The browser logs each socket that it could not open; the page tells it too.
      if (message.type() === "error" && !this.#isPeers(message.location().url ?? "") && !/WebSocket connection to/.test(message.text())) this.faults.push(message.text());
    });
    page.on("request", (request) => {
      const wanted = request.url();
      if (!wanted.startsWith(this.url) && !this.#isPeers(wanted) && !/^(data|blob):/.test(wanted)) this.foreign.push(wanted);
    });
    page.on("response", (response) => {
      if (response.status() >= 400 && !this.#isPeers(response.url())) this.faults.push(`${response.status()} for ${response.url()}`);
    });
    page.on("websocket", (socket) => {
      this.dialled.push(socket.url());
      socket.on("framesent", ({ payload }) => this.sent.push(String(payload)));
    });
  }

  #isPeers(url) {
    return this.asked.some((origin) => url.startsWith(origin));
  }

  /** The messages that went out and could change something at the instrument: action, specifier, data. */
  get writes() {
    return this.sent.flatMap((frame) => {
      const [, action, specifier, data] = /^\s*(change|do)\b\s*(\S*)\s*(.*)$/s.exec(frame) ?? [];
      return action ? [[action, specifier, ...(data ? [JSON.parse(data)] : [])]] : [];
    });
  }

  /** Waits until the program runs. */
  async ready() {
    await this.until("the page is there", () => this.page.evaluate(() => Boolean(window.porthole)), 30_000);
  }

  /** Types an address on the first screen and connects. */
  async connect(url) {
    await this.page.getByLabel("Paste its address").fill(url);
    await this.page.getByRole("main").getByRole("button", { name: "Connect", exact: true }).click();
  }

  /** Presses Connect in the dialog that a link has filled in. */
  async pressConnect() {
    const dialog = await this.dialog();
    await dialog.getByRole("button", { name: "Connect", exact: true }).click();
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

  /** Waits until nothing has been sent for half a second: nothing is being set up any more. */
  async quiet() {
    let before;
    do {
      before = this.sent.length;
      await sleep(500);
    } while (this.sent.length > before);
  }

  /** The state of a connection's lamp. */
  async state(key) {
    return (await this.#lamp(key)).getAttribute("data-state", { timeout: 1_000 });
  }

  /** Opens the dialog of a connection; resolves to it. */
  async openConnection(key) {
    await (await this.#lamp(key)).click();
    return this.dialog();
  }

  /** A lamp; the tree holds only those rows that are in sight, and is scrolled until it is. */
  async #lamp(key) {
    const lamp = this.page.locator(`[data-connection="${key}"]`).first();
    const tree = this.page.locator("nav.tree .windowed");
    for (let top = 0; top < 6_000 && (await lamp.count()) === 0 && (await tree.count()) > 0; top += 300) {
      await tree.evaluate((list, scroll) => (list.scrollTop = scroll), top);
      await sleep(20);
    }
    return lamp;
  }

  async untilState(key, state, limitMs) {
    await this.until(`${key} is ${state}`, async () => (await this.state(key)) === state, limitMs);
  }

  /** The first element of the view, or of a dialog, that shows a channel. */
  channel(name) {
    return this.page.locator(`main [data-channel="${name}"], dialog [data-channel="${name}"]`).first();
  }

  async text(name) {
    return (await this.channel(name).textContent({ timeout: 1_000 })).trim();
  }

  quality(name) {
    return this.channel(name).getAttribute("data-quality", { timeout: 1_000 });
  }

  async untilText(name, expected, limitMs) {
    let last;
    const shown = async () => {
      last = await this.text(name);
      return expected instanceof RegExp ? expected.test(last) : last === expected;
    };
    await this.until(`${name} shows ${expected}`, shown, limitMs).catch((error) => {
      assert.fail(`${error.message}, it shows ${JSON.stringify(last)}`);
    });
  }

  async untilQuality(name, quality, limitMs) {
    await this.until(`${name} is ${quality}`, async () => (await this.quality(name)) === quality, limitMs);
  }

  /** The card of a module, by its name in the description. */
  card(key, module) {
    return this.page.locator("main article").filter({ has: this.page.locator(`[data-channel^="${key}/${module}/"]`) }).first();
  }

  /** The card that shows a channel. */
  cardOf(name) {
    return this.page.locator("main article").filter({ has: this.page.locator(`[data-channel="${name}"]`) }).first();
  }

  /** What the view shows of a channel together: its value and the unit. */
  valueOf(name) {
    return this.page.locator(".value").filter({ has: this.page.locator(`[data-channel="${name}"]`) }).first();
  }

  /** Shows the parameters of a module that its card has folded away. */
  async unfold(key, module) {
    const summary = this.card(key, module).locator("details.folded:not([open]) > summary");
    if ((await summary.count()) > 0) await summary.click();
  }

  /** Opens the dialog that writes a channel, by the button beside its value. */
  async openWrite(name) {
    const value = `[data-channel="${name}"]`;
    const place = this.page.locator("main .row, main .main-value, main .main-text").filter({ has: this.page.locator(value) });
    await place.getByRole("button", { name: /^Write / }).click();
    return this.dialog();
  }

  /** The dialog in front of the page. */
  async dialog() {
    const dialog = this.page.getByRole("dialog");
    await dialog.waitFor();
    return dialog;
  }

  async closeDialog() {
    await this.page.keyboard.press("Escape");
    await this.page.locator("dialog").waitFor({ state: "detached" });
  }

  /** Presses the button that writes what was entered, and waits for what became of it. */
  async set(dialog, outcome) {
    await dialog.getByRole("button", { name: /^Set\b/ }).click();
    await this.untilSays(dialog.locator(".write-outcome [role=status]"), outcome);
  }

  /** Waits until an element says something; a failure tells what it says instead. */
  async untilSays(element, words, limitMs) {
    let last;
    const said = async () => {
      last = await element.textContent({ timeout: 1_000 });
      return words.test(last);
    };
    await this.until(`it says ${words}`, said, limitMs).catch((error) => {
      assert.fail(`${error.message}, it says ${JSON.stringify(last)}`);
    });
  }

  /** The counts of the page. */
  stats() {
    return this.page.evaluate(() => window.porthole.stats());
  }

  async connectionStats(key) {
    const { connections } = await this.stats();
    return connections.find((connection) => connection.key === key);
  }

  /** What became of the readings of a channel, by its path within the connection. */
  async ledger(key, path) {
    return (await this.connectionStats(key)).channels[path];
  }

  /** Presses a button that saves a file; its name and its bytes. */
  async download(button) {
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.page.getByRole("button", { name: button }).click()]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }

  /** Opens a view by its tab. */
  async view(name) {
    await this.page.locator("header .tabs").getByRole("button", { name }).click();
  }

  /** The button on the dashboard that allows writes on the first connection, and forbids them again. */
  get arming() {
    return this.page.locator("main header").getByRole("button", { name: /^Arm/ }).first();
  }

  /** Allows writes on the first connection. */
  async arm() {
    await this.arming.click();
    await this.until("it is armed", async () => (await this.arming.getAttribute("aria-pressed")) === "true");
  }

  /** Collects the texts that an element shows from now on, each once in a row. Returns a function that tells them. */
  async record(name) {
    const element = await this.channel(name).elementHandle();
    const texts = await element.evaluateHandle((node) => {
      const seen = [node.textContent];
      const look = () => node.textContent !== seen.at(-1) && seen.push(node.textContent);
      new MutationObserver(look).observe(node, { childList: true, characterData: true, subtree: true });
      return seen;
    });
    return () => texts.jsonValue();
  }

  /** Leaves, and fails if the page did what it must never do. */
  async close() {
    await this.profile.close();
    this.assertClean();
  }

  assertClean() {
    assert.deepEqual(this.faults, [], "the page logged errors");
    assert.deepEqual(this.foreign, [], "the page asked another host");
  }
}
