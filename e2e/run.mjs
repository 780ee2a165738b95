// Runs the end-to-end tests one file after the other: the machine may have two cores, and peers want one.
//
//   node e2e/run.mjs               all
//   node e2e/run.mjs secop_write   the files whose names contain it
import { readdirSync } from "node:fs";
import path from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";

const folder = path.dirname(fileURLToPath(import.meta.url));
const wanted = process.argv[2] ?? "";
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".test.mjs") && name.includes(wanted))
  .sort()
  .map((name) => path.join(folder, name));
if (files.length === 0) {
  console.error(`No test file in e2e/ has ${wanted} in its name.`);
  process.exit(1);
}

const counts = { passed: 0, failed: 0 };
const stream = run({ files, concurrency: false, timeout: 600_000 });
// A file is told as a test of its own; only what is in it counts, unless it failed as a whole.
const isFile = ({ name, details }) => details?.type === "suite" || files.some((file) => name.endsWith(path.basename(file)));
stream.on("test:pass", (test) => {
  if (!isFile(test)) counts.passed += 1;
});
stream.on("test:fail", (test) => {
  if (!isFile(test) || /exited|timed out|code/.test(String(test.details?.error?.message))) counts.failed += 1;
});
stream.on("end", () => {
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
});
stream.compose(spec).pipe(process.stdout);
