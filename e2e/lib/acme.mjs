// A real oneM2M CSE: ACME as it comes, without a screen, in a folder of its own and with nothing kept on disk.
import { comesTrue, freePort, reins, startWithFile } from "./process.mjs";

/** May do everything. */
export const ADMIN = "CAdmin";
/** What the CSEBase is called. */
export const BASE = "cse-in";

/** Starts a CSE, empty. Give both ports to come back on the same ones. */
export async function startAcme({ cors = true, port, wsPort } = {}) {
  // At the same time, so that they differ.
  const [http, ws] = await Promise.all([port ?? freePort(), wsPort ?? freePort()]);
  const child = await launch(text(settings(http, ws, cors)));
  return {
    httpPort: http,
    wsPort: ws,
    httpUrl: `http://127.0.0.1:${http}`,
    wsUrl: `ws://127.0.0.1:${ws}`,
    key: `127.0.0.1:${ws}`,
    ...reins(child, "SIGINT"),
  };
}

// A request by HTTP that comes while it starts ends it, with status 0, and a page that reconnects may send one.
async function launch(ini, attempts = 4) {
  const args = () => ["-m", "acmecse", "--headless", "-dir", ".", "--config", "acme.ini"];
  const child = await startWithFile("acme.ini", ini, process.env.PORTHOLE_PYTHON ?? "python3", args);
  // Its ports accept connections long before it serves any.
  if (await comesTrue(child, () => child.output.includes("CSE started"), 60_000)) return child;
  if (attempts > 1 && child.exitCode === 0) return launch(ini, attempts - 1);
  throw new Error(`the CSE does not start:\n${child.output}`);
}

function settings(http, ws, cors) {
  return {
    "basic.config": {
      cseType: "IN",
      cseID: "id-in",
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
}

function text(all) {
  const lines = (keys) => Object.entries(keys).map(([key, value]) => `${key}=${value}`);
  return Object.entries(all)
    .flatMap(([section, keys]) => [`[${section}]`, ...lines(keys), ""])
    .join("\n");
}
