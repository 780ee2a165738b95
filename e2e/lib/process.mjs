// Peers as child processes: on 127.0.0.1 only, on free ports, stopped by their pid.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
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
export async function listening(child, port, limitMs = 30_000) {
  const until = Date.now() + limitMs;
  while (Date.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    if (await accepts(port)) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on ${port}:\n${child.output}`);
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
