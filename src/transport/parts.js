// Loads parts of the program. The page names their files in links; one that was built in one piece has no such links.

// A page server that has not answered by then is told as the reason, before the connection's own time-out is.
const LIMIT_MS = 7_000;

const loads = new Map();

/** Loads a part once; `program` holds the exports of the program, which the part imports. */
export function loadPart(name, program) {
  if (!loads.has(name)) {
    const loading = load(name, program);
    // The next attempt asks the server again.
    loading.catch(() => loads.delete(name));
    loads.set(name, loading);
  }
  return loads.get(name);
}

async function load(name, program) {
  const link = document.querySelector(`link[data-part="${name}"]`);
  if (!link) return;
  const response = await fetch(link.href, { signal: AbortSignal.timeout(LIMIT_MS) });
  if (!response.ok) throw new Error(`${link.href}: HTTP ${response.status}`);
  await WebAssembly.instantiate(await response.arrayBuffer(), { p: program });
}
