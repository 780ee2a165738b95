// Runs the tests that need a browser where there is no chromedriver: wasm-bindgen's own runner serves the page,
// Playwright opens it. Cargo calls it as the runner of a test binary.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { launch } from "./browser.mjs";

const LIMIT_MS = 300_000;

const server = spawn("wasm-bindgen-test-runner", process.argv.slice(2), {
  env: { ...process.env, NO_HEADLESS: "1", WASM_BINDGEN_TEST_ADDRESS: "127.0.0.1:0" },
  stdio: ["ignore", "pipe", "inherit"],
});
process.exitCode = 1;
try {
  const address = await serverAddress();
  // Without an address there was nothing to serve: a binary with no tests.
  process.exitCode = address ? await runPage(address) : (server.exitCode ?? 1);
} finally {
  server.kill();
}

async function serverAddress() {
  for await (const line of createInterface({ input: server.stdout })) {
    const address = /available at (http:\S+)/.exec(line);
    if (address) return address[1];
    console.log(line);
  }
  return undefined;
}

async function runPage(address) {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(address);
    const output = page.locator("#output");
    await output.filter({ hasText: /test result: / }).waitFor({ timeout: LIMIT_MS });
    const text = await output.innerText();
    console.log(text);
    return /test result: ok/.test(text) ? 0 : 1;
  } finally {
    await browser.close();
  }
}
