// Writing a set-point at a real node: only when armed, never twice, and what the node made of it is shown.
import assert from "node:assert/strict";
import { startFrappy } from "./lib/frappy.mjs";
import { openPage } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

const node = await startFrappy();

async function live(options) {
  const porthole = await openPage(options);
  await porthole.connect(node.url);
  await porthole.untilQuality(`${node.key}/cryo/target`, "live");
  return porthole;
}

const name = (path) => `${node.key}/${path}`;

/** Enters a set-point on the card; the dialog that comes writes it. */
async function enterTarget(porthole, text) {
  const card = porthole.card(node.key, "cryo");
  await card.getByLabel("New value for cryo/target").fill(text);
  await card.getByRole("button", { name: "Set cryo/target" }).click();
  return porthole.dialog();
}

/** Writes a parameter by its dialog and waits for the read-back. */
async function write(porthole, path, text) {
  const dialog = await porthole.openWrite(name(path));
  await dialog.getByLabel("new", { exact: true }).fill(text);
  await porthole.set(dialog, /read back/);
  await porthole.closeDialog();
}

test("nothing is written before the connection is armed", async () => {
  const porthole = await live();
  const dialog = await enterTarget(porthole, "301");
  assert.match(await dialog.textContent(), /read-only until you arm it/);
  assert.ok(await dialog.getByRole("button", { name: /^Set 301/ }).isDisabled());
  await dialog.getByLabel("new", { exact: true }).press("Enter");
  await porthole.closeDialog();
  const card = porthole.card(node.key, "cryo");
  await card.getByRole("button", { name: /^Stop/ }).click();
  await porthole.untilSays(card, /Not stopped: .*read-only/);
  assert.deepEqual(porthole.writes, []);
  await porthole.untilText(name("cryo/target"), /^300/);
  await porthole.close();
});

test("a set-point is read back, the node is busy, then idle at the new value", async () => {
  const porthole = await live();
  await porthole.arm();
  await write(porthole, "cryo/ramp", "60");
  const states = await porthole.record(name("cryo/status"));
  const dialog = await enterTarget(porthole, "301");
  const old = dialog.locator(`[data-channel="${name("cryo/target")}"]`);
  assert.match(await old.textContent(), /^300/, "the present value stands beside the new one");
  assert.match(await dialog.textContent(), /0 K.*350 K/s, "and the limits with their unit");
  const frame = await dialog.locator(".sends code").textContent();
  assert.ok(frame.startsWith("change cryo:target 301") && !porthole.sent.includes(frame), frame);
  await porthole.set(dialog, /read back: 301/);
  assert.ok(porthole.sent.includes(frame), `${frame} was shown, and something else was sent`);
  await porthole.closeDialog();
  await porthole.untilText(name("cryo/value"), "301.000");
  await porthole.until("it was busy and is idle", async () => {
    const seen = (await states()).map((text) => /BUSY|IDLE/i.exec(text)?.[0].toUpperCase());
    return seen.indexOf("BUSY") >= 0 && seen.at(-1) === "IDLE";
  });
  assert.deepEqual(porthole.writes, [["change", "cryo:ramp", 60], ["change", "cryo:target", 301]]);
  await porthole.close();
});

test("a ramp is stopped at once, without a question", async () => {
  const porthole = await live();
  await porthole.arm();
  await write(porthole, "cryo/ramp", "60");
  const dialog = await enterTarget(porthole, "340");
  await porthole.set(dialog, /read back/);
  await porthole.closeDialog();
  const card = porthole.card(node.key, "cryo");
  await porthole.untilText(name("cryo/status"), /BUSY/i);
  await card.getByRole("button", { name: /^Stop/ }).click();
  assert.equal(await porthole.page.getByRole("dialog").count(), 0);
  await porthole.untilText(name("cryo/status"), /IDLE.*stopped/i);
  const value = Number(await porthole.text(name("cryo/value")));
  assert.ok(value < 340, `it stands at ${value}`);
  await porthole.close();
});

test("a value beyond the limits is refused in words and not sent", async () => {
  const porthole = await live();
  await porthole.arm();
  const dialog = await enterTarget(porthole, "351");
  await porthole.untilSays(dialog, /new must be at most 350 K/);
  assert.ok(await dialog.getByRole("button", { name: /^Set/ }).isDisabled());
  await dialog.getByLabel("new", { exact: true }).press("Enter");
  await dialog.getByLabel("new", { exact: true }).fill("warm");
  await porthole.untilSays(dialog, /new is not a number/);
  assert.deepEqual(porthole.writes, []);
  await porthole.close();
});

test("what the node refuses is shown with its class and its words", async () => {
  const porthole = await live();
  await porthole.arm();
  const before = await porthole.text(name("cryo/target"));
  const dialog = await enterTarget(porthole, "13");
  await porthole.set(dialog, /Impossible/);
  assert.match(await dialog.locator(".write-outcome [role=status]").textContent(), /13 is not possible just now/);
  assert.equal(await porthole.text(name("cryo/target")), before);
  assert.deepEqual(porthole.writes, [["change", "cryo:target", 13]]);
  await porthole.close();
});

test("arming runs out when nobody writes", async () => {
  const profilePage = await openPage();
  await profilePage.page.clock.install();
  await profilePage.page.reload();
  await profilePage.ready();
  await profilePage.connect(node.url);
  await profilePage.untilQuality(name("cryo/target"), "live");
  await profilePage.arm();
  const dialog = await enterTarget(profilePage, "301");
  assert.ok(await dialog.getByRole("button", { name: /^Set 301/ }).isEnabled());
  await profilePage.page.clock.fastForward("05:01");
  await profilePage.until("it is read-only again", async () =>
    (await profilePage.arming.getAttribute("aria-pressed")) === "false");
  await profilePage.until("and cannot be written", () => dialog.getByRole("button", { name: /^Set 301/ }).isDisabled());
  await dialog.getByLabel("new", { exact: true }).press("Enter");
  assert.deepEqual(profilePage.writes, []);
  await profilePage.close();
});

test("nothing is written while the link is down, and a reconnect sends no write", async () => {
  const own = await startFrappy();
  const porthole = await openPage();
  await porthole.connect(own.url);
  await porthole.untilQuality(`${own.key}/cryo/target`, "live");
  await porthole.arm();
  const dialog = await porthole.openWrite(`${own.key}/cryo/ramp`);
  await dialog.getByLabel("new", { exact: true }).fill("61");
  const set = dialog.getByRole("button", { name: /^Set 61/ });
  assert.ok(await set.isEnabled());
  await own.stop();
  await porthole.until("it cannot be written", () => set.isDisabled());
  assert.match(await dialog.textContent(), /now: there is no link/i);
  await dialog.getByLabel("new", { exact: true }).press("Enter");
  const again = await startFrappy({ port: own.port });
  await porthole.untilState(own.key, "live", 20_000);
  await porthole.untilText(`${own.key}/cryo/ramp`, /^600/);
  assert.deepEqual(porthole.writes, []);
  await porthole.close();
  await again.stop();
});

test("nothing is written while the node is silent", async () => {
  const own = await startFrappy();
  const porthole = await openPage();
  await porthole.connect(own.url);
  await porthole.untilQuality(`${own.key}/cryo/target`, "live");
  await porthole.arm();
  const dialog = await porthole.openWrite(`${own.key}/cryo/ramp`);
  await dialog.getByLabel("new", { exact: true }).fill("61");
  own.freeze();
  await porthole.until("it cannot be written", () => dialog.getByRole("button", { name: /^Set/ }).isDisabled(), 8_000);
  await dialog.getByLabel("new", { exact: true }).press("Enter");
  assert.deepEqual(porthole.writes, []);
  own.thaw();
  await porthole.close();
  await own.stop();
});

test("a monkey at keys and buttons writes nothing on a connection that is not armed", async () => {
  const porthole = await live();
  const { page } = porthole;
  await page.evaluate(monkey, { seed: 20260301, steps: 2_000 });
  await porthole.until("the page is alive", async () => (await porthole.stats()).wasm_bytes > 0);
  assert.deepEqual(porthole.writes, []);
  await porthole.close();
});

/** Runs in the page: presses keys and buttons at random, all but those that arm. */
async function monkey({ seed, steps }) {
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const pick = (list) => list[Math.floor(random() * list.length)];
  const keys = ["Enter", " ", "Escape", "Tab", "1", "2", "3", "/", "?", "p", "u", "ArrowDown", "ArrowUp", "Home", "End"];
  for (let step = 0; step < steps; step += 1) {
    const scope = document.querySelector("dialog[open]") ?? document.body;
    const things = [...scope.querySelectorAll("button, input, select, summary, [tabindex], form")].filter(
      (thing) => !/\bArm|file|Remove|Forget|Connect|demo|Save|Export|PNG|CSV|picture/i.test(`${thing.textContent} ${thing.ariaLabel} ${thing.type}`),
    );
    const thing = pick(things) ?? document.body;
    if (random() < 0.5) {
      thing.click?.();
      if (thing instanceof HTMLFormElement) thing.requestSubmit();
    } else {
      if (thing instanceof HTMLInputElement) {
        thing.value = pick(["1", "301", "true", "x", "-1e9"]);
        thing.dispatchEvent(new Event("input", { bubbles: true }));
      }
      thing.focus?.();
      thing.dispatchEvent(new KeyboardEvent("keydown", { key: pick(keys), bubbles: true, cancelable: true }));
      thing.form?.requestSubmit();
    }
    if (step % 20 === 0) await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}
