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
