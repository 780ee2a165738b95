// What somebody would write by hand for one node: JSON.parse on each frame, the newest value of each module into its
// cell once an animation frame. No qualities, no ages, no history, no ledger, no check of what came.
const query = new URLSearchParams(location.search);
const shown = Number(query.get("cells"));
const newest = new Map();
const dirty = new Set();
const cells = new Map();
let decoded = 0;
let scheduled = false;

function draw() {
  scheduled = false;
  for (const name of dirty) {
    const cell = cells.get(name);
    if (cell) cell.textContent = String(newest.get(name));
  }
  dirty.clear();
}

const socket = new WebSocket(query.get("url"));
socket.onopen = () => socket.send("*IDN?");
socket.onmessage = ({ data }) => {
  const [action, specifier] = data.split(" ", 2);
  if (action === "update") {
    const [value] = JSON.parse(data.slice(action.length + specifier.length + 2));
    const name = specifier.slice(0, specifier.indexOf(":"));
    newest.set(name, value);
    dirty.add(name);
    decoded += 1;
    if (!scheduled) {
      scheduled = true;
      requestAnimationFrame(draw);
    }
  } else if (action === "describing") {
    const { modules } = JSON.parse(data.slice(action.length + specifier.length + 2));
    const table = document.getElementById("cells");
    for (const name of Object.keys(modules).slice(0, shown)) {
      const row = table.insertRow();
      row.insertCell().textContent = name;
      cells.set(name, row.insertCell());
    }
    socket.send("activate");
  } else if (data.startsWith("ISSE")) {
    socket.send("describe");
  }
};

window.decoded = () => decoded;
