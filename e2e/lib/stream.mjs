// Stand-ins for what a connector describes: an IS-07 event server, EPICS PV Web Socket, and any WebSocket at all.
import { startPeer } from "./peer.mjs";

export const startIs07 = (options) => startPeer("is07.py", options);
export const startPvws = (options) => startPeer("pvws.py", options);
export const startStream = (options) => startPeer("stream.py", options);

/** The sources of the IS-07 stand-in, by their event types. */
export const SOURCE = Object.fromEntries(
  ["boolean", "string", "number/temperature/C", "number", "boolean/enum/OnOff"].map((type, index) => [
    type,
    `6cbd0441-7882-44cd-9557-84224300000${index}`,
  ]),
);
