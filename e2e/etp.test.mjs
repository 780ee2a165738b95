// ETP 1.1 and 1.2 in the browser, against the stand-ins of e2e/peers: etpproto speaks 1.2, fastavro writes 1.1.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { CHANNELS, startEtp11, startEtp12, TOKEN, uri11 } from "./lib/etp.mjs";
import { connectLink, openPage } from "./lib/page.mjs";
import { test, withPeer } from "./lib/test.mjs";

/** Opens the page by a link, fills in the token where there is one, and connects. */
async function connect(peer, { options = {}, token, state = "live", ...page } = {}) {
  const porthole = await openPage({ hash: connectLink(`${peer.url}/etp`, { protocol: "etp", ...options }), ...page });
  if (token) await (await porthole.dialog()).getByLabel("Token", { exact: true }).fill(token);
  await porthole.pressConnect();
  await porthole.untilState(peer.key, state, 20_000);
  return { porthole, at: (name) => place(porthole, peer, name) };
}

/** The name of a channel of the rig in the page, once it is there. */
async function place(porthole, peer, name) {
  const found = await porthole.until(`${name} is in the catalog`, async () => {
    const { channels } = await porthole.connectionStats(peer.key);
    return Object.keys(channels).find((path) => path.endsWith(`/${name}`));
  });
  return `${peer.key}/${found}`;
}

const ledgerOf = (porthole, peer, channel) => porthole.ledger(peer.key, channel.slice(peer.key.length + 1));

/** Waits until the page has counted exactly what the peer says that it has sent. */
async function untilAllCame(porthole, peer, channel, name) {
  let page;
  let told;
  await porthole
    .until(`all of ${name} has come`, async () => {
      told = await peer.count(`sent ${name}`);
      page = await ledgerOf(porthole, peer, channel);
      return page.received === told;
    })
    .catch((error) => assert.fail(`${error.message}: the page counts ${JSON.stringify(page)}, ${told} were sent`));
  assert.equal(page.received, page.shown + page.conflated + page.dropped + page.waiting);
  return page;
}

const clean = async (porthole, peer) => {
  const { malformed, violations } = await porthole.connectionStats(peer.key);
  assert.deepEqual([malformed, violations], [0, 0]);
};

const VERSIONS = [
  ["1.1", startEtp11],
  ["1.2", startEtp12],
];

for (const [version, start] of VERSIONS) {
  const withEtp = withPeer(start);
  const of = { version };

  withEtp(`${version}: what a rig has is found, described and live, without a word from anybody`, [], async (peer) => {
    const { porthole, at } = await connect(peer, { options: of });
    for (const name of Object.values(CHANNELS).flat()) await porthole.untilQuality(await at(name), "live");
    await porthole.untilText(await at("HKLD"), /^[0-9.,\u202f ]+$/);
    await porthole.untilText(await at("MSG"), /^entry of /);
    assert.match(await porthole.valueOf(await at("HKLD")).textContent(), /N$/);
    const wave = await at("WAVE");
    await porthole.until("the vector is a curve", () => porthole.cardOf(wave).locator("figure.waveform path").getAttribute("d"));
    assert.match(await porthole.cardOf(await at("GR")).textContent(), /at 1,?[\u202f ]?0\d\d/, "a depth log says where");
    await clean(porthole, peer);
    const [hello] = peer.said("RequestSession");
    assert.ok(hello.messageId === (version === "1.2" ? 2 : 1));
    await porthole.close();
  });

  withEtp(`${version}: each value comes once, at 10 Hz and at 5,000 a second in blocks`, [], async (peer) => {
    const { porthole, at } = await connect(peer, { options: { ...of, gap: 0 } });
    const channel = await at("HKLD");
    await porthole.untilQuality(channel, "live");
    await sleep(2_000);
    await peer.tell("stop-data");
    await untilAllCame(porthole, peer, channel, "HKLD");
    await peer.tell("burst 20000 5000");
    await porthole.until("the burst is over", async () => (await peer.count("waiting")) === 0, 30_000);
    const page = await untilAllCame(porthole, peer, channel, "HKLD");
    assert.ok(page.received >= 20_000 && page.gaps === 0);
    await clean(porthole, peer);
    await porthole.close();
  });

  test(`${version}: the server is killed and comes back: everything is live again`, async () => {
    const peer = await start();
    const { porthole, at } = await connect(peer, { options: of });
    const channel = await at("HKLD");
    await porthole.untilQuality(channel, "live");
    await peer.kill();
    await porthole.untilQuality(channel, "disconnected");
    const again = await start({ port: peer.port });
    await porthole.untilState(peer.key, "live", 30_000);
    for (const name of ["HKLD", "BPOS", "WAVE"]) await porthole.untilQuality(await at(name), "live", 20_000);
    await clean(porthole, again);
    await porthole.close();
    await again.stop();
  });

  withEtp(`${version}: its sockets are cut: data goes on, and nothing is missing`, [], async (peer) => {
    const { porthole, at } = await connect(peer, { options: of });
    const channel = await at("GR");
    await porthole.untilQuality(channel, "live");
    await peer.tell("drop");
    await porthole.until("it is asked again", () => peer.said("RequestSession").length === 2, 20_000);
    await porthole.untilState(peer.key, "live", 20_000);
    await porthole.untilQuality(channel, "live");
    await sleep(1_500);
    await peer.tell("stop-data");
    // v1.1 begins with the index that it is asked from, v1.2 after it: what is known already is not drawn twice.
    const told = (await peer.count("sent GR")) - (version === "1.1" ? 1 : 0);
    await porthole.until(`all ${told} are drawn`, async () => (await ledgerOf(porthole, peer, channel)).history === told);
    await clean(porthole, peer);
    await porthole.close();
  });
}

for (const [version, start] of VERSIONS) {
  const withEtp = withPeer(start);
  const of = { version };

  withPeer(({ switches }) => start({ switches: ["--simple", ...switches] }))(`${version}: a simple producer tells by itself, and is asked nothing`, [], async (peer) => {
    const { porthole, at } = await connect(peer, { options: of });
    for (const name of ["HKLD", "GR", "WAVE"]) await porthole.untilQuality(await at(name), "live");
    const asked = new Set(peer.said().map(({ name }) => name));
    for (const name of ["ChannelDescribe", "GetResources", "GetChannelMetadata", "SubscribeChannels", "ChannelStreamingStart"]) assert.ok(!asked.has(name), name);
    await clean(porthole, peer);
    await porthole.close();
  });

  withEtp(`${version}: the past is there before what is new, and more of it where it is asked for`, [], async (peer) => {
    const { porthole, at } = await connect(peer, { options: { ...of, history: 100, gap: 0 } });
    const channel = await at("GAS");
    await porthole.untilQuality(channel, "live");
    await porthole.until("the past is there", async () => (await ledgerOf(porthole, peer, channel)).history >= 100);
    await peer.tell("fill GAS 60000");
    const card = await groupCommand(porthole, "load");
    await card.getByLabel("from").fill("1500");
    await card.getByLabel("to").fill("0");
    await card.getByRole("button", { name: /^Execute load/ }).click();
    await porthole.untilSays(card, /\d values/, 30_000);
    assert.ok((await peer.count("ranged GAS")) >= 60_000, "more than a megabyte, in parts");
    await clean(porthole, peer);
    await porthole.close();
  });

  withEtp(`${version}: a message of a megabyte, one that wants to be acknowledged, data of nobody, and garbage`, [], async (peer) => {
    const { porthole, at } = await connect(peer, { options: of });
    const channel = await at("HKLD");
    await porthole.untilQuality(channel, "live");
    await peer.tell("stop-data");
    await peer.tell("big 1100000");
    await untilAllCame(porthole, peer, channel, "HKLD");
    await peer.tell("ack");
    await porthole.until("it is acknowledged", async () => (await peer.count("acks")) === 1);
    await clean(porthole, peer);
    await peer.tell("wrong-id");
    await porthole.until("it is counted", async () => (await porthole.connectionStats(peer.key)).violations === 1);
    const garbage = await peer.count("garbage");
    await porthole.until("each is counted", async () => (await porthole.connectionStats(peer.key)).malformed >= garbage - 2);
    await peer.tell("put HKLD 4711.5");
    await porthole.untilText(channel, /4[\u202f, ]?711\.5/);
    await porthole.close();
  });

  withEtp(`${version}: null, NaN and −999.25 are gaps; a changed and a shortened past is drawn as it is now`, [], async (peer) => {
    const { porthole, at } = await connect(peer, { options: { ...of, history: 50 } });
    const channel = await at("BPOS");
    await porthole.untilQuality(channel, "live");
    await peer.tell("stop-data");
    for (const nothing of ["null", "NaN", "-999.25"]) {
      await peer.tell("put BPOS 1.5");
      await porthole.untilText(channel, "1.5");
      await peer.tell(`put BPOS ${nothing}`);
      await porthole.until(`${nothing} is no number`, async () => !/\d/.test(await porthole.text(channel)));
    }
    await peer.tell("put BPOS 2.5");
    await porthole.untilText(channel, "2.5");
    const { history } = await ledgerOf(porthole, peer, channel);
    await peer.tell("change BPOS 5");
    await porthole.untilText(channel, /1[\u202f, ]?002\.5/);
    await peer.tell("truncate BPOS 5");
    await porthole.until("it is shorter", async () => (await ledgerOf(porthole, peer, channel)).history < history);
    await clean(porthole, peer);
    await porthole.close();
  });

  withEtp(`${version}: channels go and come, errors are told, and the rest is live`, [], async (peer) => {
    const { porthole, at } = await connect(peer, { options: of });
    const [gas, load] = [await at("GAS"), await at("HKLD")];
    await porthole.untilQuality(gas, "live");
    await peer.tell("exception 17 too much of it");
    await porthole.until("it is told", async () => /too much of it/.test(JSON.stringify(await notices(porthole, peer))));
    if (version === "1.1") {
      await peer.tell("remove GAS");
    } else {
      await peer.tell("stop GAS sensor removed");
    }
    await porthole.untilQuality(gas, "invalid");
    await porthole.untilQuality(load, "live");
    await clean(porthole, peer);
    await porthole.close();
  });

  withEtp(`${version}: a server that finds the page slow is asked for less, and that is said`, [], async (peer) => {
    const { porthole, at } = await connect(peer, { options: of });
    const channel = await at("HKLD");
    await porthole.untilQuality(channel, "live");
    await peer.tell("exception 25 you are slow");
    await porthole.until("it is told", async () => /too slow for the server/.test(JSON.stringify(await notices(porthole, peer))));
    if (version === "1.1") {
      await porthole.until("a longer gap is asked for", () => peer.said("Start").length === 2);
      const [first, second] = peer.said("Start").map(({ body }) => body.maxMessageRate);
      assert.equal(second, 2 * first);
    } else {
      await porthole.until("it rests", async () => (await peer.count("streaming HKLD")) === 0);
      await porthole.until("it goes on", async () => (await peer.count("streaming HKLD")) === 1, 10_000);
    }
    await porthole.untilQuality(channel, "live");
    await porthole.close();
  });

  withEtp(`${version}: what is not wanted is not sent, and the set changes while it streams`, [], async (peer) => {
    const { porthole, at } = await connect(peer, { options: of });
    const channel = await at("HKLD");
    await porthole.untilQuality(channel, "live");
    await (await treeBox(porthole, "HKLD")).click();
    await porthole.until("it is not sent", async () => (await peer.count("streaming HKLD")) === 0);
    await porthole.untilQuality(await at("BPOS"), "live");
    await (await treeBox(porthole, "HKLD")).click();
    await porthole.until("it is sent again", async () => (await peer.count("streaming HKLD")) === 1);
    await porthole.untilQuality(channel, "live");
    await clean(porthole, peer);
    await porthole.close();
  });

  withEtp(`${version}: the session ends with a word, whoever ends it`, [], async (peer) => {
    const { porthole } = await connect(peer, { options: of });
    await peer.tell("close maintenance at six");
    await porthole.until("it is told", async () => /maintenance at six/.test(JSON.stringify(await notices(porthole, peer))));
    await porthole.until("it is asked again", () => peer.said("RequestSession").length === 2, 20_000);
    await porthole.untilState(peer.key, "live", 20_000);
    const dialog = await porthole.openConnection(peer.key);
    await dialog.getByRole("button", { name: /^(Disconnect|Remove|Close connection)/ }).first().click();
    await porthole.until("it takes leave", () => peer.said("CloseSession").length >= 1);
    await porthole.close();
  });

  withPeer(({ switches }) => start({ switches: ["--auth", "query", ...switches] }))(`${version}: a token in the address lets one in, and is seen nowhere`, [], async (peer) => {
    const { porthole, at } = await connect(peer, { options: { ...of, auth: "query" }, token: TOKEN });
    await porthole.untilQuality(await at("HKLD"), "live");
    assert.match(porthole.dialled[0], /Authorization=Bearer%20s3cret/);
    const seen = await porthole.page.evaluate(() => [document.documentElement.outerHTML, JSON.stringify(localStorage), location.href, JSON.stringify(window.porthole.stats())].join());
    assert.ok(!seen.includes(TOKEN));
    await porthole.close();
  });
}

test("1.2: a token in a message lets one in; without it the person is asked", async () => {
  const peer = await startEtp12({ switches: ["--auth", "message"] });
  const stranger = await connect(peer, { options: { version: "1.2" }, state: "failed" });
  assert.equal(stranger.porthole.dialled.length, 1, "it does not dial again by itself");
  const dialog = await stranger.porthole.openConnection(peer.key);
  await dialog.getByText(/who you are/i).first().waitFor();
  await stranger.porthole.close();
  const { porthole, at } = await connect(peer, { options: { version: "1.2", auth: "authorize" }, token: TOKEN });
  await porthole.untilQuality(await at("HKLD"), "live");
  await porthole.close();
  await peer.stop();
});

test("the version is found out: one subprotocol an attempt, 1.2 first", async () => {
  const peer = await startEtp11();
  const { porthole, at } = await connect(peer, {});
  await porthole.untilQuality(await at("HKLD"), "live");
  assert.equal(porthole.dialled.length, 2, "1.2 was refused, 1.1 taken");
  assert.match((await porthole.connectionStats(peer.key)).speaks, /1\.1/);
  await porthole.close();
  await peer.stop();
});

for (const [what, switches, version] of [
  ["another version", [], "1.2"],
  ["no subprotocol in its answer", ["--no-echo"], "1.1"],
  ["a refused handshake", ["--refuse", "412"], "1.1"],
]) {
  test(`${what}: the page says what may be the matter, and tries again`, async () => {
    const peer = await startEtp11({ switches });
    const { porthole } = await connect(peer, { options: { version }, state: "waiting" });
    const dialog = await porthole.openConnection(peer.key);
    await dialog.getByText("It speaks another version, or names none").first().waitFor();
    await dialog.getByText("It wants to know who you are").first().waitFor();
    await porthole.close();
    await peer.stop();
  });
}

test("two servers in one plot, and a depth log downwards", async () => {
  const [a, b] = [await startEtp11(), await startEtp12()];
  const { porthole, at } = await connect(a, { options: { version: "1.1" }, width: 1440, height: 900 });
  await porthole.page.goto(`${porthole.url}${connectLink(`${b.url}/etp`, { protocol: "etp", version: "1.2" })}`);
  await porthole.pressConnect();
  await porthole.untilState(b.key, "live", 20_000);
  const [one, other] = [await at("HKLD"), await place(porthole, b, "HKLD")];
  await porthole.untilQuality(one, "live");
  await porthole.untilQuality(other, "live");
  await plot(porthole, one, false);
  await plot(porthole, other, true);
  await porthole.until("both are in it", async () => (await porthole.page.locator("main article.plot").first().textContent()).match(/HKLD/g)?.length >= 2);
  await plot(porthole, await at("GR"), true);
  await porthole.until("a depth log has a plot of its own", async () => (await porthole.page.locator("main article.plot").count()) === 2);
  await porthole.close();
  await a.stop();
  await b.stop();
});

/** Plots a channel by the curve on its card. */
async function plot(porthole, channel, together) {
  await porthole.cardOf(channel).getByRole("button", { name: /^Plot/ }).click({ modifiers: together ? ["Shift"] : [] });
}

/** What the page has told of a connection. */
async function notices(porthole, peer) {
  const dialog = await porthole.openConnection(peer.key);
  const told = await dialog.textContent();
  await porthole.closeDialog();
  return told;
}

/** The box in the tree that says whether a channel is wanted; it shows itself where the pointer is. */
async function treeBox(porthole, name) {
  await porthole.page.getByLabel("Filter channels").first().fill(name);
  const row = porthole.page.locator(".tree-row.leaf").filter({ has: porthole.page.locator(".name", { hasText: new RegExp(`^${name}$`) }) }).first();
  await row.hover();
  return row.getByRole("checkbox");
}

/** The dialog of a command of the surface log. */
async function groupCommand(porthole, name) {
  await porthole.page.getByLabel("Filter channels").first().fill("Surface time log");
  const row = porthole.page.locator(".tree-row.group").filter({ hasText: /Surface time log$/ }).first();
  await row.hover();
  await row.getByRole("button", { name: /^All about/ }).click();
  const details = await porthole.dialog();
  await details.getByText("eml:").first().waitFor();
  await details.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  return porthole.page.getByRole("dialog").last();
}
