// Any WebSocket, by a definition: those that come with the page, and some that people write.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { startLab } from "./lib/lab.mjs";
import { connectLink, openPage } from "./lib/page.mjs";
import { SOURCE, startIs07, startPvws, startStream } from "./lib/stream.mjs";
import { test, withPeer } from "./lib/test.mjs";

/** The address of a page that asks for a connection. */
const link = (url, definition, options) => connectLink(url, { protocol: "connector", definition, ...options });

/** Opens the page by a link and connects. */
async function connect(peer, definition, { options, state = "live", path = "/" } = {}) {
  const porthole = await openPage({ hash: link(`${peer.url}${path}`, definition, options) });
  await pressConnect(porthole);
  await porthole.untilState(peer.key, state, 15_000);
  return { porthole, at: (name) => `${peer.key}/${name}` };
}

async function pressConnect(porthole) {
  const dialog = await porthole.dialog();
  await dialog.getByLabel("Definition", { exact: true }).waitFor();
  await porthole.pressConnect();
}

/** A definition, as a file on disk has it. */
const definition = (members) => JSON.stringify({ porthole: 1, kind: "connector", name: "Bench", ...members }, null, 2);

/** Opens the page, gives it a definition as a file, and connects by it. */
async function connectBy(peer, members, { options, secrets = {}, state = "live", path = "/" } = {}) {
  const porthole = await openPage();
  await porthole.page.locator("input[type=file]").setInputFiles({ name: "bench.json", mimeType: "application/json", buffer: Buffer.from(definition(members)) });
  await porthole.until("it is taken up", async () => /can be chosen/.test(await porthole.page.locator(".said").first().textContent()));
  await porthole.page.evaluate((hash) => (location.hash = hash), link(`${peer.url}${path}`, "Bench", options));
  await untilKept(porthole);
  await porthole.page.reload();
  await porthole.ready();
  const dialog = await porthole.dialog();
  for (const [label, value] of Object.entries(secrets)) await dialog.getByLabel(label, { exact: true }).fill(value);
  await pressConnect(porthole);
  await porthole.untilState(peer.key, state, 15_000);
  return { porthole, at: (name) => `${peer.key}/${name}` };
}

/** What was said or taken up is kept once a second. */
const untilKept = (porthole) => porthole.page.waitForTimeout(1_300);

/** Opens the page again, without the link, once all is kept. */
async function comeBack(porthole) {
  await untilKept(porthole);
  await porthole.page.goto(porthole.url);
  await porthole.ready();
}

const withStream = withPeer(startStream);

/** The rules of the JSON that the stand-in pushes: numbers in texts, units beside them. */
const READINGS = [
  {
    each: "$.bench.readings[*]",
    group: "Bench",
    name: { path: "/sensor" },
    value: { path: "/v" },
    type: "float",
    unit: { path: "/u" },
    time: { path: "$.bench.at", format: "rfc3339" },
  },
];

withStream("every value of a plain JSON stream is a channel at once", ["--push", "json", "--every", "0.5"], async (peer) => {
  const { porthole, at } = await connect(peer, "json-stream");
  const shown = await porthole.until("its values are shown", async () => {
    const names = await porthole.page.locator("main [data-channel]").evaluateAll((all) => all.map((one) => one.dataset.channel));
    return names.some((name) => name.includes("sensor")) && names;
  });
  assert.ok(shown.includes(at("connection")) || shown.length > 3);
  const { malformed } = await porthole.connectionStats(peer.key);
  assert.equal(malformed, 0);
  await porthole.close();
});

withStream("a connector is built from nothing in the editor, by clicking values", ["--push", "json", "--every", "0.3"], async (peer) => {
  await peer.tell("set T1 21.5");
  const porthole = await openPage({ hash: connectLink(`${peer.url}/`, { protocol: "connector" }) });
  const { page } = porthole;
  const dialog = await porthole.dialog();
  await dialog.getByLabel("Definition", { exact: true }).selectOption({ label: "a new one …" });
  await porthole.pressConnect();
  await porthole.untilState(peer.key, "live", 15_000);
  await (await porthole.openConnection(peer.key)).getByRole("button", { name: "Definition" }).click();
  const frame = page.locator(".definition-frame").first();
  await frame.locator(".frame-line").click();
  await frame.getByRole("button", { name: /make a rule from v$/ }).first().click();
  await frame.locator(".definition-rule td.n").first().waitFor();
  assert.match(await frame.locator(".definition-rule").first().textContent(), /21\.5/);
  // Errors have their place, before anything is saved.
  const text = page.getByLabel("The definition as JSON");
  const good = await text.inputValue();
  await text.fill(good.replace('"url"', '"uhrl"'));
  await page.locator(".definition-problems").getByText("uhrl").waitFor();
  assert.ok(await page.getByRole("button", { name: "Save and use" }).isDisabled());
  await text.fill(good);
  await page.getByLabel("Its name").fill("My bench");
  await page.getByRole("button", { name: "Save and use" }).click();
  await porthole.untilState(peer.key, "live", 15_000);
  await porthole.view("Dashboard");
  const value = page.locator("main [data-channel$='T1']").first();
  await porthole.until("it is shown", async () => /^21\.50?$/.test((await value.textContent()).trim()));
  await peer.tell("set T1 22.75");
  await porthole.until("it is live", async () => (await value.textContent()).trim() === "22.75");
  // It is there again after a reload.
  await comeBack(porthole);
  await porthole.untilState(peer.key, "live", 15_000);
  await porthole.until("it is live again", async () => (await page.locator("main [data-channel$='T1']").first().textContent()).trim() === "22.75");
  await porthole.close();
});

for (const [push, label, wanted] of [
  ["text", /21\.50/, /^21\.50?$/],
  ["binary", /f32le/, /^21\.50?$/],
]) {
  withStream(`a value is clicked in a ${push} frame, too`, ["--push", push, "--every", "0.3"], async (peer) => {
    await peer.tell("set T1 21.5");
    const members = { url: "ws://h/", frame: push };
    const { porthole } = await connectBy(peer, members);
    const { page } = porthole;
    await (await porthole.openConnection(peer.key)).getByRole("button", { name: "Definition" }).click();
    const frame = page.locator(".definition-frame").first();
    await frame.locator(".frame-line").click();
    await frame.locator(".leaves li").filter({ hasText: label }).getByRole("button").first().click();
    await page.getByRole("button", { name: "Save and use" }).click();
    await porthole.untilState(peer.key, "live", 15_000);
    await porthole.view("Dashboard");
    const values = page.locator("main .v[data-channel]");
    await porthole.until("it is shown", async () => (await values.allTextContents()).some((text) => wanted.test(text.trim())));
    await porthole.close();
  });
}

withStream("texts hold numbers, lines are messages, bytes have fields", ["--push", "text", "--every", "0.3"], async (peer) => {
  await peer.tell("set T1 -3.25");
  await peer.tell("set P 1013");
  const { porthole, at } = await connectBy(peer, {
    url: "ws://h/",
    frame: "text",
    messages: [{ pattern: "(?<name>[A-Z]\\w*)=(?<v>-?[0-9.]+) (?<unit>\\w+)", every_match: true, group: "Bench", name: { path: "/name" }, value: { path: "/v" }, type: "float", unit: { path: "/unit" } }],
  });
  await porthole.untilText(at("Bench/T1"), /^[-−]3\.25$/);
  await porthole.untilText(at("Bench/P"), /^1.?013(\.0)?$/);
  await porthole.close();

  const bytes = await startStream({ switches: ["--push", "binary", "--every", "0.3"] });
  for (const line of ["set T1 21.5", "set P 1013.2", "set pump true", "set mode 9"]) await bytes.tell(line);
  const binary = await connectBy(bytes, {
    url: "ws://h/",
    frame: "binary",
    extract: [
      ["T1", { at: 0, as: "f32le" }],
      ["P", { at: 4, as: "u16le", factor: 0.1 }],
      ["pump", { at: 6, as: "u8", bits: [0, 1] }],
      ["mode", { at: 6, as: "u8", bits: [4, 4] }],
    ].map(([name, field]) => ({ group: "Bench", name, struct: [{ name, ...field }], value: { path: `/${name}` }, type: "float" })),
  });
  for (const [name, text] of [
    ["T1", /^21\.50?$/],
    ["P", /^1.?013\.20?$/],
    ["pump", /^1(\.0)?$/],
    ["mode", /^9(\.0)?$/],
  ]) {
    await binary.porthole.untilText(binary.at(`Bench/${name}`), text);
  }
  await binary.porthole.close();
  await bytes.stop();
});

const LOGIN = {
  url: "ws://h/",
  parameters: [{ name: "token", label: "Token", secret: true }],
  open: [{ send: { cmd: "login", token: "{token}" }, after: { match: { path: "/hello" } }, timeout_ms: 4000 }],
  messages: READINGS,
};
const HELLO = ["--hello", '{"hello":"bench"}', "--login", "--push", "json", "--every", "0.3"];

withStream("an opener waits for the server's first word, and its secret is seen nowhere", HELLO, async (peer) => {
  const { porthole, at } = await connectBy(peer, LOGIN, { secrets: { Token: "s3cret" } });
  await porthole.untilQuality(at("Bench/T1"), "live");
  assert.equal(JSON.parse(porthole.sent.at(0)).token, "s3cret");
  await porthole.view("Frames");
  await porthole.page.getByText("••••••").first().waitFor();
  const seen = await porthole.page.evaluate(() => document.documentElement.outerHTML + JSON.stringify(localStorage));
  assert.ok(!seen.includes("s3cret"));
  await porthole.close();
});

withStream("the server's close code and reason are shown", HELLO, async (peer) => {
  const { porthole } = await connectBy(peer, LOGIN, { secrets: { Token: "wrong" }, state: "waiting" });
  const dialog = await porthole.openConnection(peer.key);
  await dialog.getByText(/4401/).first().waitFor();
  await dialog.getByText(/bad token/).first().waitFor();
  await porthole.close();
});

const POLLED = {
  url: "ws://h/",
  poll: [{ name: "status", send: { id: "{id#}", cmd: "status" }, every_s: 0.5, response: { match: { path: "/id", equals: "{id}" } }, timeout_ms: 600 }],
  extract: [{ group: "Bench", name: "load", value: { path: "/status/load" }, type: "float" }],
};

withStream("a poll that is not answered is told, and goes on when it is", ["--poll", "--push", "json", "--every", "1"], async (peer) => {
  const { porthole, at } = await connectBy(peer, POLLED);
  await porthole.untilText(at("Bench/load"), "0.42");
  const ids = porthole.sent.filter((frame) => frame.includes("status")).map((frame) => JSON.parse(frame).id);
  assert.equal(new Set(ids).size, ids.length, "each has an id of its own");
  await peer.tell("mute on");
  await porthole.until("it is counted", async () => (await porthole.connectionStats(peer.key)).violations > 0);
  await peer.tell("mute off");
  await porthole.untilQuality(at("Bench/load"), "live");
  await porthole.untilState(peer.key, "live");
  await porthole.close();
});

withStream("a paused connection keeps its socket and asks for nothing", ["--poll", "--push", "json", "--every", "0.5"], async (peer) => {
  const { porthole, at } = await connectBy(peer, { ...POLLED, messages: READINGS });
  for (const name of ["load", "T1"]) await porthole.untilQuality(at(`Bench/${name}`), "live");
  await (await porthole.openConnection(peer.key)).getByRole("button", { name: "Pause" }).click();
  await porthole.closeDialog();
  await porthole.untilQuality(at("Bench/T1"), "paused");
  await sleep(700);
  const before = peer.frames.length;
  await sleep(1_500);
  assert.equal(peer.frames.length, before);
  assert.equal(await porthole.state(peer.key), "live");
  await (await porthole.openConnection(peer.key)).getByRole("button", { name: "Go on" }).click();
  await porthole.closeDialog();
  await porthole.untilQuality(at("Bench/T1"), "live");
  await porthole.until("it polls again", () => peer.frames.length > before);
  await porthole.close();
});

withStream("the link is a channel: trended, alarmed, and dialled again", ["--push", "json", "--every", "0.3"], async (peer) => {
  const { porthole, at } = await connectBy(peer, { url: "ws://h/", messages: READINGS });
  await porthole.untilText(at("connection"), "Open");
  assert.equal(await porthole.channel(at("connection")).getAttribute("data-severity"), "normal");
  const texts = await porthole.record(at("connection"));
  await peer.tell("drop");
  await porthole.until("it was closed", async () => (await texts()).includes("Closed"));
  await porthole.untilState(peer.key, "live", 20_000);
  await porthole.untilText(at("connection"), "Open");
  await porthole.untilQuality(at("Bench/T1"), "live");
  await peer.stop();
  await porthole.until("it is an alarm", async () => (await porthole.channel(at("connection")).getAttribute("data-severity")) === "alarm");
  assert.equal(await porthole.quality(at("connection")), "live", "what it says holds");
  assert.equal(await porthole.quality(at("Bench/T1")), "disconnected");
  await porthole.close();
});

withStream("thresholds raise an alarm after their time, and a person sets others", ["--push", "json", "--every", "0.2"], async (peer) => {
  await peer.tell("set T1 20");
  const { porthole, at } = await connectBy(peer, {
    url: "ws://h/",
    messages: READINGS,
    thresholds: { "Bench/T1": { warning_high: 30, critical_high: 40 } },
    hysteresis: { on_s: 1, off_s: 1 },
  });
  const severity = () => porthole.channel(at("Bench/T1")).getAttribute("data-severity");
  await porthole.untilText(at("Bench/T1"), /^20/);
  assert.equal(await severity(), "normal");
  await peer.tell("set T1 45");
  await porthole.untilText(at("Bench/T1"), /^45/);
  assert.equal(await severity(), "normal", "it has not lasted yet");
  await porthole.until("it is an alarm", async () => (await severity()) === "alarm", 4_000);
  await porthole.cardOf(at("Bench/T1")).locator("button.quality").first().click();
  const dialog = await porthole.dialog();
  const form = dialog.locator(".monitoring");
  if (!(await form.getAttribute("open"))) await form.evaluate((node) => (node.open = true));
  await dialog.getByLabel("critical high", { exact: true }).fill("100");
  await dialog.getByLabel("warning high", { exact: true }).fill("44");
  await form.getByRole("button", { name: "Set", exact: true }).click();
  await porthole.closeDialog();
  await porthole.until("it is a warning", async () => (await severity()) === "warning", 4_000);
  await comeBack(porthole);
  await porthole.until("it is a warning after a reload", async () => (await severity()) === "warning", 15_000);
  await porthole.close();
});

withStream("a source whose time goes backwards stays live", ["--push", "json", "--every", "0.2"], async (peer) => {
  const { porthole, at } = await connectBy(peer, { url: "ws://h/", messages: READINGS });
  await porthole.untilQuality(at("Bench/T1"), "live");
  await peer.tell("backwards");
  await sleep(1_500);
  await peer.tell("set T1 33.25");
  await porthole.untilText(at("Bench/T1"), "33.25", 3_000);
  await porthole.untilQuality(at("Bench/T1"), "live");
  await porthole.close();
});

withStream("a frame of a megabyte and what is no JSON harm nothing", ["--push", "json", "--every", "0.3"], async (peer) => {
  const { porthole, at } = await connectBy(peer, { url: "ws://h/", messages: READINGS });
  await porthole.untilQuality(at("Bench/T1"), "live");
  await peer.tell("big 1000000");
  await peer.tell('send {"bench": {"readings": [');
  await peer.tell('send {"bench": {"readings": [{"sensor": "T1", "v": "warm", "u": "degC"}]}}');
  await peer.tell("binary 00ff80");
  await porthole.until("they are counted", async () => (await porthole.connectionStats(peer.key)).malformed >= 2);
  await peer.tell("set T1 17.25");
  await porthole.untilText(at("Bench/T1"), "17.25");
  assert.equal(await porthole.state(peer.key), "live");
  await porthole.close();
});

withStream("another address is dialled anew", ["--push", "json", "--every", "0.3"], async (peer) => {
  const { porthole, at } = await connectBy(peer, { url: "ws://h/", messages: READINGS });
  await porthole.untilQuality(at("Bench/T1"), "live");
  const dialog = await porthole.openConnection(peer.key);
  await dialog.getByRole("button", { name: "Edit address" }).click();
  const form = await porthole.dialog();
  await form.getByLabel("Address", { exact: true }).fill(`${peer.url}/other`);
  await pressConnect(porthole);
  await porthole.until("it was dialled", () => porthole.dialled.includes(`${peer.url}/other`));
  await porthole.untilQuality(at("Bench/T1"), "live");
  await porthole.close();
});

withStream("a capture plays again with the definition that it was made with", HELLO, async (peer) => {
  const { porthole, at } = await connectBy(peer, LOGIN, { secrets: { Token: "s3cret" } });
  await porthole.untilQuality(at("Bench/T1"), "live");
  await porthole.view("Frames");
  const { bytes: capture } = await porthole.download("Save capture");
  assert.ok(!capture.includes("s3cret"));
  await porthole.close();
  const other = await openPage();
  await other.page.locator("input[type=file]").setInputFiles({ name: "bench.ndjson", mimeType: "application/x-ndjson", buffer: capture });
  const value = other.page.locator("main [data-channel$='Bench/T1']").first();
  await other.until("it is shown", async () => /^[0-9.]+$/.test((await value.textContent()).trim()));
  assert.equal(await value.getAttribute("data-quality"), "replay");
  assert.deepEqual(other.dialled, []);
  await other.close();
});

test("NMOS IS-07: events with units and scale, and a health command every five seconds", async () => {
  const peer = await startIs07();
  const sources = Object.values(SOURCE);
  const { porthole, at } = await connect(peer, "nmos-is-07", { path: "/x-nmos/events/v1.0/devices/1", options: { sources: JSON.stringify(sources) } });
  await peer.tell("quiet on");
  await peer.tell("set 2 {\"value\":201,\"scale\":10}");
  const temperature = at(`Numbers/${SOURCE["number/temperature/C"]}`);
  await porthole.untilText(temperature, "20.1");
  assert.match(await porthole.valueOf(temperature).textContent(), /20\.1\s*C/);
  await peer.tell("set 0 true");
  await porthole.untilText(at(`Switches/${SOURCE.boolean}`), "true");
  await porthole.until("it tells its health", () => peer.frames.filter((frame) => frame.includes("health")).length >= 2, 15_000);
  await sleep(3_000);
  assert.equal(porthole.dialled.length, 1, "the server has not closed");
  const { malformed, violations } = await porthole.connectionStats(peer.key);
  assert.deepEqual([malformed, violations], [0, 0]);
  await porthole.close();
  await peer.stop();
});

test("EPICS by PVWS: what is told once holds for the changes that follow", async () => {
  const peer = await startPvws();
  const pvs = ["sim://sine", "sim://ramp", "demo:mode", "loc://greeting", "demo:gone"];
  const { porthole } = await connect(peer, "epics-pvws", { path: "/pvws/pv", options: { pvs: JSON.stringify(pvs) } });
  const channel = (name) => porthole.page.locator(`main .value:has([data-channel^="${peer.key}/Values"][data-channel*="${name}"])`).first();
  await porthole.until("it has a unit", async () => /[0-9]\s*\S+/.test(await channel("ramp").textContent()));
  await peer.tell("set sim://sine 2.5");
  await porthole.until("it changed", async () => /2\.50?\s*a\.u\./.test(await channel("sine").textContent()));
  const { malformed } = await porthole.connectionStats(peer.key);
  assert.equal(malformed, 0);
  // After a reload no dialog has loaded what reads it.
  await comeBack(porthole);
  await porthole.untilState(peer.key, "live", 15_000);
  await porthole.close();
  await peer.stop();
});

test("what a browser cannot send is said in the editor, with the way round", async () => {
  const porthole = await openPage({ hash: "#demo" });
  await porthole.untilState("mast", "live", 15_000);
  await porthole.untilQuality("mast/Wind/speed", "live");
  await porthole.untilQuality("mast/Supply/voltage", "live");
  await (await porthole.openConnection("mast")).getByRole("button", { name: "Definition" }).click();
  await porthole.page.getByText("What a browser cannot send").click();
  await porthole.page.getByText("proxy_set_header Authorization").first().waitFor();
  await porthole.close();
});

test("the simulators of the demo speak on sockets as they do in the page", async () => {
  const lab = await startLab("node", "--instrument", "mast");
  const { porthole, at } = await connect(lab, "weather-mast");
  await porthole.untilQuality(at("Air/temperature"), "live");
  await porthole.untilQuality(at("Wind/gust_0"), "live");
  await porthole.close();
  await lab.stop();
});
