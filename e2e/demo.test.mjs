// The demo: simulated instruments in the page, and each fault of its menu as a person sees it.
import assert from "node:assert/strict";
import { assertQuick, openPage } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

const CRYO = "cryo-3";
const T_SAMPLE = `${CRYO}/T_sample/value`;
const FIELD = `${CRYO}/mf/value`;

const porthole = await openPage({ hash: "#demo" });
await porthole.untilQuality(T_SAMPLE, "live");

/** Switches a fault in the menu of the cryostat; those that happen once are only pressed. */
async function fault(title, on = true) {
  const section = porthole.page.locator("main section").filter({ has: porthole.page.locator(`[data-channel="${T_SAMPLE}"]`) }).first();
  const menu = section.locator("details.menu");
  if ((await menu.getAttribute("open")) === null) await menu.locator("summary").click();
  const box = menu.getByRole("checkbox", { name: title });
  if ((await box.count()) > 0) await box.setChecked(on);
  else await menu.getByRole("button", { name: title }).click();
  await menu.locator("summary").click();
}

const stats = () => porthole.connectionStats(CRYO);

test("values are there within three seconds of opening the link, under a banner", async () => {
  const started = Date.now();
  const fresh = await openPage({ hash: "#demo" });
  await fresh.untilQuality(T_SAMPLE, "live");
  assert.ok(Date.now() - started < 3_000, `it took ${Date.now() - started} ms`);
  await fresh.page.getByText("DEMO · simulated data").waitFor();
  assert.match(await fresh.text(T_SAMPLE), /^-?\d+\.\d+$/);
  const { connections } = await fresh.stats();
  assert.ok(connections.length >= 2 && connections.every(({ state }) => state === "live"), JSON.stringify(connections.map(({ key, state }) => [key, state])));
  await fresh.close();
});

test("values move by themselves", async () => {
  const before = await porthole.text(T_SAMPLE);
  await porthole.until("it moves", async () => (await porthole.text(T_SAMPLE)) !== before);
});

test("noise makes the value jump more", async () => {
  const spread = async () => {
    const texts = await porthole.record(T_SAMPLE);
    await porthole.until("there are values", async () => (await texts()).length >= 12, 15_000);
    const values = (await texts()).map(Number);
    // The bends, not the steps: the ramp that is under way steps too.
    const bends = values.slice(2).map((value, index) => Math.abs(value - 2 * values[index + 1] + values[index]));
    return bends.sort((a, b) => a - b)[Math.floor(bends.length / 2)];
  };
  const calm = await spread();
  await fault("Noise");
  const noisy = await spread();
  await fault("Noise", false);
  assert.ok(noisy > 2 * calm, `bends of ${noisy} after ${calm}`);
});

test("a step makes values jump", async () => {
  const before = Number(await porthole.text(T_SAMPLE));
  await fault("Step");
  await porthole.until("it jumps", async () => Math.abs(Number(await porthole.text(T_SAMPLE)) - before) > 0.2);
  await fault("Step", false);
});

test("an instrument that stops reporting is stale, the others are live", async () => {
  await fault("Stale");
  await porthole.untilQuality(FIELD, "stale", 15_000);
  assert.equal(await porthole.quality(T_SAMPLE), "live");
  assert.equal(await porthole.state(CRYO), "live");
  await fault("Stale", false);
  await porthole.untilQuality(FIELD, "live");
});

test("an instrument in error is invalid, with its words", async () => {
  await fault("Error");
  await porthole.untilQuality(T_SAMPLE, "invalid");
  await porthole.until("its words are shown", async () =>
    /sensor disconnected/.test(await porthole.card(CRYO, "T_sample").textContent()));
  await fault("Error", false);
  await porthole.untilQuality(T_SAMPLE, "live");
});

test("garbage is counted and harms nothing", async () => {
  const before = (await stats()).malformed;
  await fault("Garbage");
  await porthole.until("it is counted", async () => (await stats()).malformed >= before + 5, 15_000);
  assert.equal(await porthole.state(CRYO), "live");
  await fault("Garbage", false);
  await porthole.untilQuality(T_SAMPLE, "live");
  assert.equal((await stats()).losses, 0);
});

test("a burst keeps the page quick and the ledger balanced", async () => {
  const before = await stats();
  const calm = (await porthole.stats()).frames;
  await fault("Burst");
  await porthole.until("thousands come", async () => (await stats()).readings > before.readings + 4_000, 15_000);
  const { frames } = await porthole.stats();
  await fault("Burst", false);
  assertQuick(frames, calm);
  for (const [path, ledger] of Object.entries((await stats()).channels)) {
    const { received, shown, conflated, dropped, waiting } = ledger;
    assert.equal(received, shown + conflated + dropped + waiting, `${path}: ${JSON.stringify(ledger)}`);
    assert.equal(dropped, 0, path);
  }
});

test("in a gap all values go stale while the link stays open, then they are live again", async () => {
  const { losses } = await stats();
  await fault("Gap");
  await porthole.untilQuality(T_SAMPLE, "stale", 8_000);
  await porthole.untilQuality(T_SAMPLE, "live", 12_000);
  assert.equal((await stats()).losses, losses, "the link held");
});

test("a cut line is disconnected, dialled again, and counted as a gap", async () => {
  const { losses } = await stats();
  const qualities = await porthole.page.evaluateHandle((name) => {
    const seen = [];
    const look = () => {
      const quality = document.querySelector(`main [data-channel="${name}"]`)?.dataset.quality;
      if (quality && quality !== seen.at(-1)) seen.push(quality);
      requestAnimationFrame(look);
    };
    look();
    return seen;
  }, T_SAMPLE);
  // The first redial waits for anything up to half a second, and may be done before the next frame is painted.
  let cuts = 0;
  do {
    await fault("Cut");
    cuts += 1;
    await porthole.until(`cut ${cuts} is over`, async () => {
      return (await stats()).losses === losses + cuts && (await qualities.jsonValue()).at(-1) === "live";
    }, 25_000);
  } while (!(await qualities.jsonValue()).includes("disconnected") && cuts < 8);
  assert.ok((await qualities.jsonValue()).includes("disconnected"), `none of ${cuts} cuts was shown`);
  const after = await stats();
  assert.ok(after.channels["T_sample/value"].gaps >= 1);
});

test("a menu closes when one presses beside it", async () => {
  const { page } = porthole;
  const menu = page.locator("main details.menu").first();
  await menu.locator("summary").click();
  await menu.getByRole("group").waitFor();
  await menu.getByRole("group").click({ position: { x: 3, y: 3 } });
  assert.notEqual(await menu.getAttribute("open"), null, "it closed under the pointer");
  await page.locator("main .module h3").first().click();
  assert.equal(await menu.getAttribute("open"), null);
});

test("curves and pictures of many numbers move; a grid has a place for each of its numbers", async () => {
  const grid = () => porthole.page.locator("main .waveform img").first();
  await grid().scrollIntoViewIfNeeded();
  const size = () => grid().evaluate((image) => image.decode().then(() => [image.naturalWidth, image.naturalHeight]));
  await porthole.until("the last 16 scans of 50 masses", async () => (await size()).join() === "50,16", 30_000);
  await porthole.untilSays(porthole.page.locator("main .waveform:has(img) figcaption").first(), /^50 × 16 numbers, \S+ to \S+$/);
  const before = await grid().getAttribute("src");
  await porthole.until("the next scan is in it", async () => (await grid().getAttribute("src")) !== before);
  const curve = porthole.page.locator("main .waveform:has(svg) path").first();
  const drawn = await curve.getAttribute("d");
  await porthole.until("the curve moves too", async () => (await curve.getAttribute("d")) !== drawn);
  // The greatest number has the brightest colour.
  const colours = await grid().evaluate((image) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return [...new Set(Array.from({ length: data.length / 4 }, (_, at) => data.slice(4 * at, 4 * at + 3).join()))];
  });
  assert.ok(colours.includes("253,231,37") && colours.includes("68,1,84"), colours.join(" "));
  assert.ok(colours.length > 5);
});

test("the page did nothing that it must not", async () => {
  await porthole.close();
});
