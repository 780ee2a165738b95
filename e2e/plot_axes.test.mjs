// Plots over time, over depth and over other places: which way they run, and what is read out of them. The bridge to
// uPlot by itself, on the library as the build has left it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { newProfile, siteUrl } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

const dist = process.env.PORTHOLE_DIST ?? "dist";
const library = readdirSync(dist).find((name) => /^uplot-.*\.js$/.test(name)) ?? "vendor/uPlot.esm.js";
const site = await siteUrl();

/** A page with a chart, `chart`, and what it has told, `told`. */
async function openChart(over) {
  const page = await (await newProfile()).newPage();
  const js = (file) => ({ contentType: "text/javascript", body: readFileSync(file, "utf8") });
  await page.route(`${site}chart.html`, (route) =>
    route.fulfill({ contentType: "text/html", body: '<div id="host" style="width: 400px; height: 300px"></div>' }),
  );
  await page.route(`${site}plot.js`, (route) => route.fulfill(js("src/ui/more/plot/plot.js")));
  await page.route(`${site}vendor/uPlot.esm.js`, (route) => route.fulfill(js(path.join(dist, library))));
  await page.goto(`${site}chart.html`);
  await page.evaluate(async (over) => {
    const { openChart } = await import("/plot.js");
    const lines = [{ title: "line", scale: "y0", steps: false }];
    const description = { lines, axes: [{ scale: "y0", unit: "K", codes: [] }], utc: true, ...over };
    globalThis.told = { cursor: [], select: [], home: 0 };
    const listeners = [(at) => told.cursor.push(at), (...range) => told.select.push(range), () => (told.home += 1)];
    globalThis.chart = await openChart(document.getElementById("host"), JSON.stringify(description), () => {}, ...listeners);
    const places = Float64Array.from({ length: 101 }, (_, index) => 1000 + index);
    const values = places.map((place) => (place > 1040 && place < 1060 ? NaN : Math.sin(place / 9)));
    chart.draw(1000, 1100, places, values, Float64Array.of(1040, 1060), "no data");
  }, over);
  return page;
}

/** Where the smallest and the greatest place stand, in shares of the plot from the left or from the top. */
const ends = (page) =>
  page.evaluate(() => {
    const { plot } = chart;
    const length = plot.scales.x.ori === 1 ? plot.over.clientHeight : plot.over.clientWidth;
    return [1000, 1100].map((place) => Math.round(plot.valToPos(place, "x")) / length);
  });

for (const [title, over, isVertical] of [
  ["time runs to the right", { over: null, depth: false }, false],
  ["depth runs downwards", { over: "MD (m)", depth: true }, true],
  ["other places run to the right", { over: "frequency (Hz)", depth: false }, false],
]) {
  test(title, async () => {
    const page = await openChart(over);
    assert.equal(await page.evaluate(() => chart.plot.scales.x.ori === 1), isVertical);
    assert.deepEqual(await ends(page), [0, 1], "the smallest comes first");

    // The keys' read-out, then the pointer's.
    const last = () => page.evaluate(() => Math.round(told.cursor.at(-1)));
    await page.evaluate(() => chart.point(1025));
    assert.equal(await last(), 1025);
    const { x, y, width, height } = await page.locator(".u-over").boundingBox();
    const at = (share) => (isVertical ? [x + width / 3, y + share * height] : [x + share * width, y + height / 3]);
    await page.mouse.move(...at(0.25));
    await page.mouse.down();
    await page.mouse.move(...at(0.75), { steps: 5 });
    await page.mouse.up();
    const [[from, to]] = await page.evaluate(() => told.select);
    assert.ok(Math.abs(from - 1025) < 2 && Math.abs(to - 1075) < 2, `${from} to ${to} is selected`);
    await page.mouse.dblclick(...at(0.5));
    assert.equal(await page.evaluate(() => told.home), 1);

    // The gap is shaded from end to end across the plot, and the line is not drawn in it.
    const shades = await page.evaluate((isVertical) => {
      const { ctx, bbox } = chart.plot;
      const sample = (share, aside) => {
        const left = bbox.left + bbox.width * (isVertical ? aside : share);
        const top = bbox.top + bbox.height * (isVertical ? share : aside);
        return [...ctx.getImageData(Math.round(left), Math.round(top), 1, 1).data].join();
      };
      return [sample(0.415, 0.03), sample(0.585, 0.97), sample(0.37, 0.03)];
    }, isVertical);
    assert.equal(shades[0], shades[1]);
    assert.notEqual(shades[0], shades[2]);
    await page.context().close();
  });
}
