// A real SEC node: frappy, with the modules of e2e/peers/frappy.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, listening, reins, start } from "./process.mjs";

const FOLDER = path.join(path.dirname(fileURLToPath(import.meta.url)), "../peers/frappy");

/** Starts a node; `config` names a file `<config>_cfg.py`. Give `port` to come back on the same one. */
export async function startFrappy({ config = "peer", port } = {}) {
  const chosen = port ?? (await freePort());
  const child = start(process.env.PORTHOLE_PYTHON ?? "python3", ["run_peer.py", config, `ws://${chosen}`], {
    cwd: FOLDER,
    env: { ...process.env, PYTHONPATH: FOLDER, PYTHONDONTWRITEBYTECODE: "1" },
  });
  await listening(child, chosen);
  return {
    port: chosen,
    url: `ws://127.0.0.1:${chosen}`,
    key: `127.0.0.1:${chosen}`,
    ...reins(child),
  };
}
