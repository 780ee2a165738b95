// Peers as child processes: on 127.0.0.1 only, on free ports, stopped by their pid.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const running = new Set();
// Where a file of tests fails before its first test, nobody stops them.
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** A port that nobody listens on at this moment. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a program; its output is kept and shown where something fails. */
export function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], ...options });
  child.output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      child.output = (child.output + chunk).slice(-20_000);
    });
  }
  child.stdin.on("error", () => {}); // The child may be gone: whoever waits for it finds out.
  child.gone = new Promise((resolve) => child.once("close", resolve));
  child.once("error", (error) => {
    child.output += error.message;
  });
  running.add(child);
  child.gone.then(() => running.delete(child));
  return child;
}

/** Resolves once a port accepts connections; rejects with the program's output if it ends before. */
export async function listening(child, port) {
  if (!(await comesTrue(child, () => accepts(port), 30_000))) throw new Error(`nothing listens on ${port}:\n${child.output}`);
}

/** Whether a condition comes true before the time is over, or the program has ended. */
export async function comesTrue(child, condition, limitMs) {
  const until = Date.now() + limitMs;
  while (Date.now() < until && child.exitCode === null && child.signalCode === null) {
    if (await condition()) return true;
    await sleep(50);
  }
  return false;
}

/** Stops a child by its pid and waits until it is gone. */
export async function stop(child, signal = "SIGTERM") {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGCONT"); // One that was stopped cannot end.
  child.kill(signal);
  const ended = await Promise.race([child.gone.then(() => true), sleep(5_000, false, { ref: false })]);
  if (!ended) {
    child.kill("SIGKILL");
    await child.gone;
  }
}

/** What a test may do to a peer; `signal` is how it is told to end. */
export function reins(child, signal) {
  return {
    freeze: () => child.kill("SIGSTOP"),
    thaw: () => child.kill("SIGCONT"),
    stop: () => stop(child, signal),
    kill: () => stop(child, "SIGKILL"),
  };
}

/** Starts a program in a folder of its own with one file in it; both are gone when it ends. `args` is told the folder. */
export async function startWithFile(name, text, program, args) {
  const folder = await mkdtemp(path.join(tmpdir(), "porthole-"));
  await writeFile(path.join(folder, name), text);
  const child = start(program, args(folder), { cwd: folder });
  child.gone.then(() => rm(folder, { recursive: true, force: true }));
  return child;
}

/** Stops whatever a failed test has left. */
export async function stopAll() {
  await Promise.all([...running].map((child) => stop(child)));
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
