// A real oneM2M CSE: ACME as it comes, without a screen, in a folder of its own and with nothing kept on disk.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, start, stop } from "./process.mjs";

/** May do everything. */
export const ADMIN = "CAdmin";
/** What the CSEBase is called, and the id of the CSE. */
export const BASE = "cse-in";
export const CSE = "/id-in";

/** Starts a CSE, empty. Give both ports to come back on the same ones; `ini` overrides settings: `{ section: { key: value } }`. */
export async function startAcme({ cors = true, port, wsPort, ini = {} } = {}) {
  // At the same time, so that they differ.
  const [http, ws] = await Promise.all([port ?? freePort(), wsPort ?? freePort()]);
  const child = await launch(text(settings(http, ws, cors, ini)));
  return {
    httpPort: http,
    wsPort: ws,
    httpUrl: `http://127.0.0.1:${http}`,
    wsUrl: `ws://127.0.0.1:${ws}`,
    httpKey: `127.0.0.1:${http}`,
    key: `127.0.0.1:${ws}`,
    freeze: () => child.kill("SIGSTOP"),
    thaw: () => child.kill("SIGCONT"),
    stop: () => stop(child, "SIGINT"),
    kill: () => stop(child, "SIGKILL"),
    output: () => child.output,
  };
}

// A request by HTTP that comes while it starts ends it, with status 0, and a page that reconnects may send one.
async function launch(ini, attempts = 4) {
  const folder = await mkdtemp(path.join(tmpdir(), "porthole-acme-"));
  await writeFile(path.join(folder, "acme.ini"), ini);
  const args = ["-m", "acmecse", "--headless", "-dir", ".", "--config", "acme.ini"];
  const child = start(process.env.PORTHOLE_PYTHON ?? "python3", args, { cwd: folder });
  child.gone.then(() => rm(folder, { recursive: true, force: true }));
  if (await said(child, "CSE started")) return child;
  if (attempts > 1 && child.exitCode === 0) return launch(ini, attempts - 1);
  throw new Error(`the CSE does not start:\n${child.output}`);
}

function settings(http, ws, cors, ini) {
  const all = {
    "basic.config": {
      cseType: "IN",
      cseID: CSE.slice(1),
      cseName: BASE,
      adminID: ADMIN,
      networkInterface: "127.0.0.1",
      cseHost: "127.0.0.1",
      httpPort: http,
      databaseType: "memory",
      // Its log would make it slow, and CBOR fails with it.
      logLevel: "off",
      consoleTheme: "dark",
      secret: "test-only",
    },
    websocket: { enable: true, port: ws, listenIF: "127.0.0.1" },
    "http.cors": { enable: cors },
  };
  for (const [section, keys] of Object.entries(ini)) all[section] = { ...all[section], ...keys };
  return all;
}

function text(all) {
  const lines = (keys) => Object.entries(keys).map(([key, value]) => `${key}=${value}`);
  return Object.entries(all)
    .flatMap(([section, keys]) => [`[${section}]`, ...lines(keys), ""])
    .join("\n");
}

// Its ports accept connections long before it serves any.
async function said(child, line, limitMs = 60_000) {
  const until = Date.now() + limitMs;
  while (!child.output.includes(line)) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > until) return false;
    await sleep(50);
  }
  return true;
}
