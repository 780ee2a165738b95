// Runs the test steps in order and sums up what they counted. A step that fails does not hide the later ones.
//
//   node tools/test.mjs          everything
//   node tools/test.mjs lint     format and lints only
import { spawn, spawnSync } from "node:child_process";

const TARGET = "wasm32-unknown-unknown";
const BROWSER_TESTS_LIMIT_SECS = "240";

const lints = [
  step("format", "cargo", ["fmt", "--all", "--check"]),
  step("lints, native", "cargo", ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]),
  step("lints, browser", "cargo", clippyForWasm(), { env: { CLIPPY_CONF_DIR: "tools/clippy-wasm" }, wasm: true }),
];
const tests = [
  step("native tests", "cargo", nativeTests(), { count: nativeCount }),
  step("tests of the tools", "node", ["--test", "tools/split.test.mjs"], { count: nodeCount }),
  step("documentation tests", "cargo", ["test", "--locked", "--workspace", "--doc"]),
  step("tests in the browser", "cargo", ["test", "--locked", "--target", TARGET, "--test", "web"], {
    count: libtestCount,
    env: {
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: process.env.CHROMEDRIVER
        ? "wasm-bindgen-test-runner"
        : "node tools/web-test-runner.mjs",
      WASM_BINDGEN_TEST_TIMEOUT: BROWSER_TESTS_LIMIT_SECS,
    },
    wasm: true,
  }),
  step("release build and its size budget", "tools/build", []),
  step("end to end", "node", ["e2e/run.mjs"], { count: closingCount }),
];

const results = [];
for (const each of process.argv[2] === "lint" ? lints : [...lints, ...tests]) results.push(await run(each));
report(results);

// Without `count`, a step is one test: its exit status.
function step(name, command, args, { count, env = {}, wasm = false } = {}) {
  return { name, command, args, count, env, wasm };
}

function clippyForWasm() {
  return ["clippy", "--locked", "--target", TARGET, "--lib", "--bins", "--test", "web", "--", "-D", "warnings"];
}

function hasNextest() {
  return spawnSync("cargo", ["nextest", "--version"]).status === 0;
}

function nativeTests() {
  return hasNextest()
    ? ["nextest", "run", "--locked", "--workspace", "--no-fail-fast"]
    : ["test", "--locked", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"];
}

async function run({ name, command, args, count, env, wasm }) {
  console.log(`\n── ${name}: ${[command, ...args].join(" ")}`);
  const started = Date.now();
  const [program, ...rest] = wasm ? ["tools/with", command, ...args] : [command, ...args];
  const { status, output } = await stream(program, rest, env);
  const seconds = (Date.now() - started) / 1000;
  const result = { name, seconds, ...judge(status, count?.(output)) };
  console.log(`── ${name}: ${result.failed ? "FAILED" : "ok"} in ${seconds.toFixed(1)} s`);
  return result;
}

// The exit status has the last word: a failure that no count shows is one, and a success must have run something.
function judge(status, counted = status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }) {
  const silent = counted.failed === 0 && (status !== 0 || counted.passed === 0);
  return silent ? { ...counted, failed: 1 } : counted;
}

// Shows the output as it comes, and returns it.
function stream(program, args, env) {
  return new Promise((resolve) => {
    const chunks = [];
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from.on("data", (chunk) => {
        chunks.push(chunk);
        to.write(chunk);
      });
    }
    child.on("error", (error) => {
      console.error(error.message);
      resolve({ status: 1, output: "" });
    });
    child.on("close", (status) => resolve({ status: status ?? 1, output: plain(Buffer.concat(chunks).toString()) }));
  });
}

function plain(text) {
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}

function nativeCount(output) {
  // nextest: "Summary [ 1.2s] 10 tests run: 8 passed (1 slow), 1 failed, 1 timed out, 3 skipped"
  const summary = /Summary \[[^\]]*\]\s+(\d+)(?:\/\d+)? tests? run: (\d+) passed/.exec(output);
  if (!summary) return libtestCount(output);
  const [ran, passed] = [Number(summary[1]), Number(summary[2])];
  return { passed, failed: ran - passed };
}

// One line for each test binary: "test result: ok. 3 passed; 0 failed; 1 ignored; …"
function libtestCount(output) {
  return sum(output.matchAll(/^\s*test result: \w+\. (\d+) passed; (\d+) failed/gm));
}

// Node's own runner: "# pass 3", or "ℹ pass 3" from newer ones.
function nodeCount(output) {
  const number = (word) => Number(new RegExp(`^(?:#|ℹ) ${word} (\\d+)`, "m").exec(output)?.[1] ?? 0);
  return { passed: number("pass"), failed: number("fail") };
}

// The end-to-end runner closes with "N passed, N failed".
function closingCount(output) {
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed/gm)].pop();
  return sum(last ? [last] : []);
}

function sum(matches) {
  const total = { passed: 0, failed: 0 };
  for (const [, passed, failed] of matches) {
    total.passed += Number(passed);
    total.failed += Number(failed);
  }
  return total;
}

function report(all) {
  console.log();
  for (const { name, seconds, passed, failed } of all) {
    const counts = `${String(passed).padStart(6)} passed ${String(failed).padStart(5)} failed`;
    console.log(`${name.padEnd(36)} ${counts} ${seconds.toFixed(1).padStart(8)} s`);
  }
  const passed = all.reduce((total, result) => total + result.passed, 0);
  const failed = all.reduce((total, result) => total + result.failed, 0);
  process.exitCode = failed === 0 ? 0 : 1;
  console.log(`${passed} passed, ${failed} failed`);
}
