// Simulated instruments on real sockets: porthole-lab, steered by lines on its standard input.
import { execFile } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { start, stop } from "./process.mjs";

let built;

/** The lab's program: PORTHOLE_LAB, else built once, which takes a while only where the native tests have not done so. */
function program() {
  built ??= process.env.PORTHOLE_LAB ?? promisify(execFile)("cargo", ["build", "--locked", "--quiet", "--package", "porthole-lab"]).then(() =>
    path.resolve(process.env.CARGO_TARGET_DIR ?? "target", "debug/porthole-lab"));
  return built;
}

/** Starts `porthole-lab <args>`: a node, a proxy or a load. */
export async function startLab(...args) {
  const child = start(await program(), args.map(String));
  const waiting = [];
  const lines = createInterface({ input: child.stdout });
  const next = () => new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  lines.on("line", (line) => waiting.shift()?.resolve(JSON.parse(line)));
  child.gone.then(() => {
    for (const { reject } of waiting) reject(new Error(`porthole-lab has ended:\n${child.output}`));
  });
  const { listening, url } = await next();
  return {
    port: listening,
    url,
    key: `127.0.0.1:${listening}`,
    /** Carries out one command; its answer. */
    async tell(cmd, members = {}) {
      const answer = next();
      child.stdin.write(`${JSON.stringify({ cmd, ...members })}\n`);
      const told = await answer;
      if (told.error) throw new Error(`${cmd}: ${told.error}`);
      return told;
    },
    stop: () => stop(child),
  };
}
