// A stand-in for Exosite's One Platform: e2e/peers/exosite.py.
import { startPeer } from "./peer.mjs";

/** The key of the portal that the stand-in has. */
export const CIK = "bef3c7f91ac3562e6a2212345678901234567890";
/** A token that reads everything and writes nothing. */
export const TOKEN = "0d7c3a5e91b24f680d7c3a5e91b24f680d7c3a5e";
/** The RIDs of the portal's dataports; the last has neither an alias nor a unit. */
export const RID = {
  temperature: "34eaae237988167d90bfc2ffeb666daaaaaaaaaa",
  humidity: "85a85bd51361b976260d01234567890123456789",
  pressure: "ba423f0dd8c62039239601234567890123456789",
  note: "1b1ae80c224b4df0c74401234567890123456789",
  spare: "553d1367fa4613f0eea894d1677a13ef1f091150",
};

export const startExosite = (options) => startPeer("exosite.py", options);
