// The stand-ins themselves, without a page: that they answer as the documents say, whatever their switches, and as
// others' schemas and examples want it. What a test of the page finds is then the page's.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CHANNELS, startEtp11, startEtp12, TOKEN, uri11 } from "./lib/etp.mjs";
import { startExosite } from "./lib/exosite.mjs";
import { startPython } from "./lib/peer.mjs";
import { comesTrue } from "./lib/process.mjs";
import { startIs07, startPvws, startStream } from "./lib/stream.mjs";
import { test } from "./lib/test.mjs";

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const VECTORS = path.join(process.env.PORTHOLE_VECTORS ?? path.join(ROOT, "../shared/vectors"), "is-07");
const [EXAMPLES, SCHEMAS] = ["examples", "schemas"].map((name) => path.join(VECTORS, name));

/** The command lines under which the One Platform is checked: each value of each switch, and most of them together. */
const SWITCHES = [
  "",
  "--update-shape nested --read-shape object --auth-fail status --batch-order shuffle --split-responses",
  "--update-shape mixed --auth-fail close --bare-unsubscribe accept --since from --latency 15",
  "--string-ids --locked-client --batch-order shuffle --seed 7",
  "--malformed --string-ids --read-shape object",
  "--malformed --update-shape nested --split-responses",
];

/** Runs a program of e2e/peers to its end; its exit code and all that it said. */
async function outcome(script, args, whileItRuns = async () => {}) {
  const child = startPython(script, args);
  await whileItRuns(child);
  await child.gone;
  return { code: child.exitCode, output: child.output };
}

for (const line of SWITCHES) {
  test(`the stand-in for the One Platform answers as documented, with ${line || "no switches"}`, async () => {
    const switches = line.split(" ").filter(Boolean);
    const peer = await startExosite({ switches });
    // It draws its numbers for itself.
    const checked = switches.filter((word, index) => word !== "--seed" && switches[index - 1] !== "--seed");
    const { code, output } = await outcome("exosite_conformance.py", ["--url", peer.url, ...checked]);
    assert.equal(code, 0, `${output}\n${peer.output()}`);
    assert.match(output, /^\d+ checks passed, 0 failed/m);
    await peer.stop();
  });
}

test("the check of the One Platform finds a peer that has other switches", async () => {
  const peer = await startExosite();
  for (const line of ["--update-shape nested", "--read-shape object", "--auth-fail close"]) {
    const { code, output } = await outcome("exosite_conformance.py", ["--url", peer.url, ...line.split(" ")]);
    assert.equal(code, 1, output);
  }
  await peer.stop();
});

test("the stand-in for the One Platform obeys its lines", async () => {
  const peer = await startExosite({ switches: ["--update-shape", "flat"] });
  const client = await ask(peer.url);
  await peer.tell("quiet on");
  client.say({ auth: { cik: "bef3c7f91ac3562e6a2212345678901234567890" } });
  await client.hears('{"status":"ok"}');
  const subscribe = (id, alias) => ({ id, procedure: "subscribe", arguments: [{ alias }, {}] });
  client.say({ calls: [subscribe(1, "temperature"), subscribe(2, "note")] });
  await client.hears('[{"id":1,"status":"ok"},{"id":2,"status":"ok"}]');
  await peer.tell("write temperature 19.5");
  await client.hears(/^\[\{"id":1,"status":"ok","result":\[\d+,19.5\]\}\]$/);
  await peer.tell("at temperature 1376709527 64.2");
  await client.hears('[{"id":1,"status":"ok","result":[1376709527,64.2]}]');
  await peer.tell("big 100000");
  await client.hears(/x{100000}/);
  await peer.tell("lock 1");
  await peer.tell("unlock");
  await peer.tell("send [");
  await client.hears("[");
  await peer.tell("binary 00ff");
  await client.hears("b 00ff");
  await assert.rejects(peer.tell("write nobody 7"), /error/);
  await assert.rejects(peer.tell("dance"), /error/);
  assert.equal(peer.frames.filter((frame) => frame.includes("subscribe")).length, 1);
  await peer.tell("close 4001 so long");
  await client.hears("- 4001 so long");
  const other = await ask(peer.url);
  await peer.tell("drop");
  await other.hears(/^- 1006/);
  await peer.stop();
});

const skip = [EXAMPLES, SCHEMAS].every((folder) => existsSync(folder)) ? false : `there is no ${VECTORS}`;

test("the stand-in for an IS-07 event server is one, by others' schemas and examples", { skip }, async () => {
  const peer = await startIs07({ switches: ["--check", SCHEMAS] });
  const args = ["--url", peer.url, "--examples", EXAMPLES, "--schemas", SCHEMAS, "--farewells"];
  const { code, output } = await outcome("is07_judge.py", args, async (child) => {
    await comesTrue(child, () => child.output.includes("ready"), 60_000);
    await peer.tell("reboot");
    await peer.tell("shutdown");
  });
  assert.equal(code, 0, `${output}\n${peer.output()}`);
  assert.match(output, /^\d+ judgements passed, 0 failed/m);
  await peer.tell("set 2 215");
  await peer.tell('set 1 "an alarm"');
  await peer.stop();
});

test("the IS-07 stand-in ends with 3 where a message does not fit the schemas", { skip }, async () => {
  const peer = await startIs07({ switches: ["--check", SCHEMAS] });
  const client = await ask(peer.url);
  client.say({ command: "subscription", sources: ["no uuid"] });
  assert.equal(await peer.gone, 3);
  assert.match(peer.output(), /command\.json: .*no uuid/);
});

test("the stand-in for PV Web Socket tells metadata once, and then what changes", async () => {
  const peer = await startPvws({ switches: ["--writable"] });
  const client = await ask(peer.url);
  client.say({ type: "subscribe", pvs: ["loc://level", "demo:mode", "demo:counts", "demo:gone", "nobody"] });
  const first = JSON.parse(await client.hears(/"pv":"loc:\/\/level"/));
  assert.deepEqual(
    [first.vtype, first.units, first.precision, first.severity, first.value, first.readonly],
    ["VDouble", "bar", 1, "NONE", 7.5, false],
  );
  assert.match(await client.hears(/demo:mode/), /"labels":\["Off","On","Auto"\]/);
  const counts = Buffer.from(JSON.parse(await client.hears(/demo:counts/)).b64int, "base64");
  assert.deepEqual([counts.length, counts.readInt32LE(4), counts.readInt32LE(8)], [12, -1, 2 ** 31 - 1]);
  assert.match(await client.hears(/demo:gone/), /"severity":"INVALID","text":"Disconnected"/);
  await peer.tell("set loc://level 19.5");
  const { seconds, nanos, ...changed } = JSON.parse(await client.hears(/19\.5/));
  assert.deepEqual(changed, { type: "update", pv: "loc://level", severity: "MAJOR", value: 19.5 });
  assert.ok(Math.abs(seconds - Date.now() / 1000) < 5 && nanos >= 0);
  client.say({ type: "write", pv: "loc://level", value: 8 });
  await client.hears(/"severity":"NONE","value":8\.0/);
  client.say({ type: "write", pv: "loc://level", value: [] });
  await client.hears(/"type":"error"/);
  client.say({ type: "echo", body: 1 });
  await client.hears('{"type":"echo","body":1}');
  client.say({ type: "ping" });
  client.say({ type: "clear", pvs: ["demo:counts", "demo:mode", "demo:gone", "nobody"] });
  client.say({ type: "list" });
  await client.hears('{"type":"list","pvs":["loc://level"]}');
  await peer.stop();
});

test("the stand-in for any WebSocket greets, wants a login, answers and pushes", async () => {
  const manners = ["--hello", '{"hello":1}', "--login", "--poll", "--subprotocol", "v1"];
  const peer = await startStream({ switches: [...manners, "--push", "json", "--every", "0.1"] });
  const client = await ask(peer.url, "--subprotocol", "v1");
  await client.hears('{"hello":1}');
  client.say({ cmd: "login", token: "s3cret" });
  await client.hears('{"login":"ok"}');
  client.say({ id: "a", cmd: "status" });
  await client.hears(/^\{"id":"a","status":\{"state":"running"/);
  await peer.tell("set T1 35");
  const { bench } = JSON.parse(await client.hears(/"v": "35\.00"/));
  assert.equal(bench.readings[0].u, "degC");
  for (const line of ["quiet on", "backwards", "push", "push", "big 1000000"]) await peer.tell(line);
  const times = [];
  for (let line; !(line = await client.hears(/bench/)).includes("blob"); ) {
    times.push(Date.parse(JSON.parse(line).bench.at));
  }
  assert.equal(Math.round((times.at(-1) - times.at(-2)) / 100), -10);
  const stranger = await ask(peer.url, "--subprotocol", "v1");
  stranger.say({ cmd: "login", token: "guess" });
  await stranger.hears("- 4401 bad token");
  assert.match(await (await ask(peer.url)).hears(/^!/), /400/);
  await peer.stop();
});

test("the stand-in for any WebSocket pushes lines, text and binary", async () => {
  for (const [push, form] of [
    ["jsonl", /^\{"ch": "T1", "val": 21, "ms": \d+\}$|^\{"ch": "T1", "val": 21.0, "ms": \d+\}$/],
    ["text", /^T1=21\.00 C; P=1000 hPa$/],
    ["binary", /^b 0000a8411027a3$/],
  ]) {
    const peer = await startStream({ switches: ["--push", push, "--every", "0.1"] });
    const client = await ask(peer.url);
    for (const line of ["T1 21", "P 1000", "pump 1", "valve 1", "mode 10"]) await peer.tell(`set ${line}`);
    await client.hears(form);
    await assert.rejects(peer.tell("set mode 99"), /error/);
    await peer.stop();
  }
});

for (const [what, title] of [
  ["vectors", "the codecs of the stand-ins for ETP read and write what others have written"],
  ["1.1", "the stand-in for an ETP 1.1 server answers as documented, whatever its switches"],
  ["1.2", "the stand-in for an ETP 1.2 server answers as documented, whatever its switches"],
]) {
  test(title, async () => {
    const { code, output } = await outcome("etp_conformance.py", [what]);
    assert.equal(code, 0, output);
    assert.match(output, /^[1-9]\d* checks passed, 0 failed/m);
  });
}

test("the stand-ins for ETP servers tell what they are asked, and what clients said", async () => {
  for (const [start, subprotocol] of [[startEtp11, "energistics-tp"], [startEtp12, "etp12.energistics.org"]]) {
    const peer = await start({ switches: ["--auth", "query"] });
    assert.match(await (await ask(peer.url, "--subprotocol", subprotocol)).hears(/^!/), /401/);
    const client = await ask(`${peer.url}/?Authorization=Bearer%20${TOKEN}`, "--subprotocol", subprotocol);
    client.say("no ETP");
    await client.hears(/^b /);
    assert.deepEqual(peer.said(), [{ unreadable: "a text frame", frame: '"no ETP"' }]);
    assert.equal(await peer.count("sessions"), 1);
    for (const name of Object.values(CHANNELS).flat()) assert.equal(await peer.count(`sent ${name}`), 0);
    assert.equal(JSON.parse(await peer.ask("last GR")).indexes.length, 1);
    await assert.rejects(peer.ask("sent nobody"), /error/);
    await peer.tell("close");
    await client.hears(/^- 1000/);
    await peer.stop();
  }
  assert.equal(uri11("GR"), "eml://witsml14/well(W-1)/wellbore(B-1)/log(DEPTH)/logCurveInfo(GR)");
  const peer = await startEtp12();
  const names = await peer.names();
  for (const name of Object.values(CHANNELS).flat()) assert.match(names[name], /^eml:\/\/\/witsml21\.Channel\(.{36}\)$/);
  await peer.stop();
});

/** A client, once its socket is open or refused. `hears` takes lines off until one is as wanted. */
async function ask(url, ...args) {
  const child = startPython("ask.py", ["--url", url, ...args]);
  const lines = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line.replace(/^< /, "")));
  const client = {
    say: (value) => child.stdin.write(`${JSON.stringify(value)}\n`),
    async hears(wanted) {
      const fits = (line) => (typeof wanted === "string" ? line === wanted : wanted.test(line));
      let found;
      const there = () => {
        while (found === undefined && lines.length > 0) {
          const line = lines.shift();
          if (fits(line)) found = line;
        }
        return found !== undefined;
      };
      assert.ok((await comesTrue(child, there, 10_000)) || there(), `nothing was ${wanted}:\n${child.output}`);
      return found;
    },
  };
  await comesTrue(child, () => lines.length > 0, 10_000);
  if (lines[0]?.startsWith("+")) lines.shift();
  return client;
}
