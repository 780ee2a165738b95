// The stand-in peers of e2e/peers: programs in Python that obey lines on their standard input.
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort, listening, reins, start } from "./process.mjs";

const FOLDER = path.join(path.dirname(fileURLToPath(import.meta.url)), "../peers");

/** Starts any program of e2e/peers. */
export function startPython(script, args) {
  return start(process.env.PORTHOLE_PYTHON ?? "python3", [path.join(FOLDER, script), ...args.map(String)], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1" },
  });
}

/** Starts a peer; `switches` are the words of its command line. Give `port` to come back on the same one. */
export async function startPeer(script, { switches = [], port } = {}) {
  const chosen = port ?? (await freePort());
  const child = startPython(script, ["--port", chosen, "--print", ...switches]);
  const ended = () => new Error(`${script} has ended:\n${child.output}`);
  const waiting = [];
  const frames = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("= ")) waiting.shift()?.resolve(line.slice(2));
    if (line.startsWith("< ")) frames.push(line.slice(2));
  });
  child.gone.then(() => {
    for (const { reject } of waiting) reject(ended());
  });
  await listening(child, chosen);
  const ask = async (line) => {
    if (child.exitCode !== null || child.signalCode !== null) throw ended();
    const answer = new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    child.stdin.write(`${line}\n`);
    const told = await answer;
    if (!/^ok( |$)/.test(told)) throw new Error(told);
    return told.slice("ok ".length);
  };
  return {
    port: chosen,
    url: `ws://127.0.0.1:${chosen}`,
    key: `127.0.0.1:${chosen}`,
    /** Gives one command, as the peer's first lines list them; resolves once it is carried out. */
    async tell(line) {
      await ask(line);
    },
    /** The same for a command that asks for something; resolves to what the peer says. */
    ask,
    /** Everything that it has printed, as far as that is kept. */
    output: () => child.output,
    /** All text frames that came; what is binary stands there as `binary <hex>`. */
    frames,
    /** Resolves to its exit code, once it has ended. */
    gone: child.gone,
    ...reins(child),
  };
}
