// Node's test function, with an end to everything that a file of tests has started. Start what all tests of a file
// need at its top level: a failure there fails the file.
import { after, test } from "node:test";
import { closeAll } from "./page.mjs";
import { stopAll } from "./process.mjs";

after(async () => {
  await closeAll();
  await stopAll();
});

export { test };

/** Tests with a peer of their own, which `startOne` starts. */
export const withPeer = (startOne) => (title, switches, what) =>
  test(title, async () => {
    const peer = await startOne({ switches });
    await what(peer);
    await peer.stop();
  });
