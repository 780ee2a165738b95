// Stand-ins for ETP servers, of version 1.1 and 1.2: e2e/peers/etp11.py and etp12.py, a rig with two logs.
import { startPeer } from "./peer.mjs";

/** What both take for a token, in the query or in an Authorize message. */
export const TOKEN = "s3cret";
/** The channels by their log. */
export const CHANNELS = { SURFACE: ["HKLD", "BPOS", "GAS", "MSG", "PUMP", "WAVE"], DEPTH: ["GR", "ROP", "ECD"] };
/** The wellbore of the 1.1 server, which has both logs. */
export const WELLBORE_11 = "eml://witsml14/well(W-1)/wellbore(B-1)";

/** The URI of a channel of the 1.1 server. */
export function uri11(name) {
  const [log] = Object.entries(CHANNELS).find(([, names]) => names.includes(name));
  return `${WELLBORE_11}/log(${log})/logCurveInfo(${name})`;
}

export const startEtp11 = (options) => withSaid(startPeer("etp11.py", options));
export const startEtp12 = (options) => withSaid(startPeer("etp12.py", options));

async function withSaid(starting) {
  const peer = await starting;
  return Object.assign(peer, {
    /** What clients said, each message as an object; of one name alone where one is given. */
    said: (name) => peer.frames.map((line) => JSON.parse(line)).filter((message) => !name || message.name === name),
    /** A number that the peer counts: `await peer.count("sent HKLD")`. */
    count: async (line) => Number(await peer.ask(line)),
    /** The URIs of the 1.2 server by name. */
    names: async () => JSON.parse(await peer.ask("names")),
  });
}
