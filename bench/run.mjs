// Porthole beside a page written by hand (bench/plain), on the same load, in the same run, in turns. What it prints are
// ratios: the machine's own speed cancels out. Needs what `make test` sets up.
//
//   node bench/run.mjs            all
//   node bench/run.mjs ingest     those whose names contain it
import { execFileSync } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startLab } from "../e2e/lib/lab.mjs";
import { closeAll, newProfile, openPage } from "../e2e/lib/page.mjs";
import { serve } from "../tools/serve.mjs";

const ROUNDS = 3;
const WARM_UP_MS = 2_000;
/** More than any page takes. */
const FLOOD = 2_000_000;

/** What both pages are asked. */
class Page {
  constructor(page, decoded) {
    Object.assign(this, { page, decoded });
  }

  async start() {
    this.devtools = await this.page.context().newCDPSession(this.page);
    await this.devtools.send("Performance.enable");
    await this.page.evaluate(() => {
      window.gaps = [];
      let last = performance.now();
      const next = (now) => {
        window.gaps.push(now - last);
        last = now;
        if (window.measuring) requestAnimationFrame(next);
      };
      window.measure = () => {
        window.gaps.length = 0;
        last = performance.now();
        window.measuring = true;
        requestAnimationFrame(next);
      };
    });
    return this;
  }

  /** Seconds that the page's main thread has been busy. */
  async busy() {
    const { metrics } = await this.devtools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration").value;
  }

  /** Bytes in use, of scripts and of the program, once all garbage is gone. */
  async bytes() {
    await this.devtools.send("HeapProfiler.collectGarbage");
    const { metrics } = await this.devtools.send("Performance.getMetrics");
    const wasm = await this.page.evaluate(() => window.porthole?.stats().wasm_bytes ?? 0);
    return metrics.find(({ name }) => name === "JSHeapUsedSize").value + wasm;
  }

  async untilDecoded(count) {
    while ((await this.decoded()) < count) await sleep(100);
  }

  close() {
    return this.page.context().close();
  }
}

async function porthole(node) {
  const opened = await openPage();
  await opened.connect(node.url);
  await opened.untilState(node.key, "live", 60_000);
  const { page } = opened;
  return new Page(page, () =>
    page.evaluate(() => window.porthole.stats().connections.reduce((sum, { readings }) => sum + readings, 0))).start();
}

async function plain(node) {
  const profile = await newProfile();
  const page = await profile.newPage();
  await page.goto(`http://127.0.0.1:${hand.address().port}/?cells=20&url=${encodeURIComponent(node.url)}`);
  return new Page(page, () => page.evaluate(() => window.decoded())).start();
}

/** Opens both pages in turns, each with a load of its own, and gives what `measure` says of them, round by round. */
async function inTurns(load, measure) {
  const found = { porthole: [], plain: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, open] of [["porthole", porthole], ["plain", plain]]) {
      found[name].push(await once(load, open, measure));
    }
  }
  return found;
}

async function once({ rate, channels }, open, measure) {
  const node = await startLab("load", "--rate", rate, "--channels", channels);
  try {
    const page = await open(node);
    await sleep(WARM_UP_MS);
    const found = await measure(page);
    await page.close();
    return found;
  } finally {
    await node.stop();
  }
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const percentile = (numbers, share) => numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];

/** Readings a second and the 99th percentile of the time between two animation frames, in milliseconds. */
async function flooded(page, seconds = 5) {
  await page.page.evaluate(() => window.measure());
  const [before, since] = [await page.decoded(), performance.now()];
  await sleep(1_000 * seconds);
  const [after, until] = [await page.decoded(), performance.now()];
  const gaps = await page.page.evaluate(() => window.gaps);
  return { rate: (1_000 * (after - before)) / (until - since), gap: percentile(gaps, 0.99) };
}

/** The share of a core that the page's main thread takes. */
async function share(page, seconds = 10) {
  const [before, since] = [await page.busy(), performance.now()];
  await sleep(1_000 * seconds);
  return (1_000 * ((await page.busy()) - before)) / (performance.now() - since);
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const BENCHES = {
  async ingest() {
    const found = await inTurns({ rate: FLOOD, channels: 20 }, flooded);
    const [own, other] = [found.porthole, found.plain].map((rounds) => median(rounds.map(({ rate }) => rate)));
    const [gap, otherGap] = [found.porthole, found.plain].map((rounds) => median(rounds.map(({ gap }) => gap)));
    say("frames a second from a node that sends all it can, 20 channels", own / other, `${Math.round(own)} : ${Math.round(other)}`);
    say("99th percentile between two animation frames meanwhile", gap / otherGap, `${gap.toFixed(1)} ms : ${otherGap.toFixed(1)} ms`);
  },
  async load() {
    const found = await inTurns({ rate: 2_000, channels: 20 }, share);
    const [own, other] = [median(found.porthole), median(found.plain)];
    say("main thread at 2,000 updates a second on 20 channels", own / other, `${percent(own)} : ${percent(other)}`);
  },
  async scaling() {
    const [few, many] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      few.push(await once({ rate: 2_000, channels: 10 }, porthole, share));
      many.push(await once({ rate: 2_000, channels: 10_000 }, porthole, share));
    }
    say("main thread at 2,000 updates a second, 10,000 channels to 10", median(many) / median(few), `${percent(median(many))} : ${percent(median(few))}`);
  },
  async idle() {
    const busy = await once({ rate: 0, channels: 20 }, porthole, share);
    const load = await once({ rate: 2_000, channels: 20 }, porthole, share);
    say("main thread without updates, to that with 2,000 a second", busy / load, `${percent(busy)} : ${percent(load)}`);
  },
  async memory() {
    const [warm, more] = [500_000, 2_000_000];
    const [before, after] = await once({ rate: FLOOD, channels: 20 }, porthole, async (page) => {
      await page.untilDecoded(warm);
      const before = await page.bytes();
      await page.untilDecoded(warm + more);
      return [before, await page.bytes()];
    });
    say("memory after 2,500,000 updates to that after 500,000", after / before, `${(after / 1e6).toFixed(1)} MB : ${(before / 1e6).toFixed(1)} MB`);
  },
};

function say(what, ratio, figures) {
  console.log(`${what.padEnd(68)} ${ratio.toFixed(2).padStart(6)}   ${figures}`);
}

// A debug build of the lab would be the slowest of all.
if (!process.env.PORTHOLE_LAB) {
  execFileSync("cargo", ["build", "--locked", "--quiet", "--release", "--package", "porthole-lab"], { stdio: "inherit" });
  process.env.PORTHOLE_LAB = path.resolve(process.env.CARGO_TARGET_DIR ?? "target", "release/porthole-lab");
}
const hand = await serve("bench/plain", 0);
console.log(`${"Porthole : a page by hand, median of three rounds".padEnd(68)}  ratio`);
for (const [name, bench] of Object.entries(BENCHES)) {
  if (name.includes(process.argv[2] ?? "")) await bench();
}
hand.closeAllConnections();
hand.close();
await closeAll();
