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
async function untilAllCame(porthole, peer, channel, name, what = "sent") {
  let page;
  let told;
  await porthole
    .until(`all of ${name} has come`, async () => {
      told = await peer.count(`${what} ${name}`);
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

  withEtp(`${version}: the server is killed and comes back: data goes on, and nothing is missing`, [], async (peer) => {
    const { porthole, at } = await connect(peer, { options: of });
    const channel = await at("GR");
    await porthole.untilQuality(channel, "live");
    await peer.tell("drop");
    await porthole.until("it is asked again", () => peer.said("RequestSession").length === 2, 20_000);
    await porthole.untilState(peer.key, "live", 20_000);
    await porthole.untilQuality(channel, "live");
    await sleep(1_500);
    await peer.tell("stop-data");
    await untilAllCame(porthole, peer, channel, "GR");
    await clean(porthole, peer);
    await porthole.close();
  });
}
