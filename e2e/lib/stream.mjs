// Stand-ins for what a connector describes: an IS-07 event server, EPICS PV Web Socket, and any WebSocket at all.
import { startPeer } from "./peer.mjs";

const starter =
  (script) =>
  ({ switches = [], port } = {}) =>
    startPeer(script, { switches: ["--print", ...switches], port });

/** Starts e2e/peers/is07.py; `switches` are the words of its command line. Give `port` to come back on the same one. */
export const startIs07 = starter("is07.py");

/** Starts e2e/peers/pvws.py, likewise. */
export const startPvws = starter("pvws.py");

/** Starts e2e/peers/stream.py, likewise. */
export const startStream = starter("stream.py");

/** The sources of the IS-07 stand-in, by their event types. */
export const SOURCE = Object.fromEntries(
  ["boolean", "string", "number/temperature/C", "number", "boolean/enum/OnOff"].map((type, index) => [
    type,
    `6cbd0441-7882-44cd-9557-84224300000${index}`,
  ]),
);
