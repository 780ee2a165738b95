// The other parties of a CSE, over its HTTP binding: whoever owns what the page looks at, or meddles with it.
import { ADMIN, BASE } from "./acme.mjs";

/** Types of resources. */
export const TY = { acp: 1, ae: 2, cnt: 3, cin: 4, grp: 9, sub: 23, fcnt: 28, ts: 29, tsi: 30 };
/** What a policy permits, as bits: their sum is `acop`. */
const ACOP = { create: 1, retrieve: 2, update: 4, delete: 8, notify: 16, discover: 32 };

// A subscription below somebody else's container is a child like any other: it needs no more than to create.
const OPEN = ACOP.create + ACOP.retrieve + ACOP.update + ACOP.discover;
const ALL = OPEN + ACOP.delete + ACOP.notify;

/** A refusal, with HTTP's `status`. */
class Refusal extends Error {
  constructor(what, status, rsc, text) {
    super(`${what}: HTTP ${status}, ${rsc}, ${text}`);
    this.status = status;
  }
}

/** One originator. What comes back has no longer the name of its kind around it. */
export class Owner {
  #asked = 0;

  constructor(acme, originator = ADMIN) {
    Object.assign(this, { acme, originator });
  }

  /** Makes a child of `to`; `pc` names its kind: `{ "m2m:cnt": { rn: "temp" } }`. */
  create(to, ty, pc) {
    return this.#ask("POST", to, { ty, pc });
  }

  /** `query` is what stands in the address: `{ rcn: 4, ty: [3, 29] }`. */
  retrieve(to, query = {}) {
    return this.#ask("GET", to, { query });
  }

  /** Changes what `pc` names: `{ "cod:binSh": { state: true } }`. */
  update(to, pc) {
    return this.#ask("PUT", to, { pc });
  }

  delete(to) {
    return this.#ask("DELETE", to);
  }

  /** Ids of what is below `to` and fits. */
  discover(to, query = {}) {
    return this.retrieve(to, { fu: 1, ...query });
  }

  /** An application of this originator, right below the CSEBase; its path. */
  async ae(rn, more = {}) {
    const { api = "Nporthole.e2e", rr = true, srv = ["4"], ...rest } = more;
    await this.create(BASE, TY.ae, { "m2m:ae": { rn, api, rr, srv, ...rest } });
    return `${BASE}/${rn}`;
  }

  /** A policy that lets `others` do what `acop` says; its owner keeps all rights. Its id, for `acpi`. */
  async policy(to, rn, others = ["all"], acop = OPEN) {
    const own = { acor: [this.originator], acop: ALL };
    const pv = { acr: [own, { acor: others, acop }] };
    return (await this.create(to, TY.acp, { "m2m:acp": { rn, pv, pvs: { acr: [own] } } })).ri;
  }

  /** A container; its path. */
  async container(to, rn, more = {}) {
    await this.create(to, TY.cnt, { "m2m:cnt": { rn, ...more } });
    return `${to}/${rn}`;
  }

  /** Adds a value to a container: text, a number, an object. */
  instance(to, con, more = {}) {
    return this.create(to, TY.cin, { "m2m:cin": { con, ...more } });
  }

  /** A flexContainer of a kind that the CSE knows: `cod:tempe`, `temperature`. */
  async flex(to, kind, name, more) {
    await this.create(to, TY.fcnt, { [kind]: { cnd: `org.onem2m.common.moduleclass.${name}`, ...more } });
    return `${to}/${more.rn}`;
  }

  /** A time series that finds out what is missing: one value each `pei` milliseconds, at most `mdt` late. */
  async series(to, rn, { pei = 1000, mdt = 900, ...more } = {}) {
    await this.create(to, TY.ts, { "m2m:ts": { rn, pei, mdd: true, mdt, mdn: 20, ...more } });
    return `${to}/${rn}`;
  }

  /** Adds a value to a time series; `at` is when it was measured, and no two may be alike. */
  reading(to, con, at = new Date()) {
    return this.create(to, TY.tsi, { "m2m:tsi": { dgt: stamp(at), con: String(con) } });
  }

  async #ask(method, to, { ty, query = {}, pc } = {}) {
    const headers = { "X-M2M-Origin": this.originator, "X-M2M-RI": `e2e${++this.#asked}`, "X-M2M-RVI": "4" };
    if (pc) headers["Content-Type"] = `application/json${ty ? `;ty=${ty}` : ""}`;
    const body = pc && JSON.stringify(pc);
    const answer = await fetch(address(this.acme, to, query), { method, headers, body });
    const text = await answer.text();
    const what = `${method} ${to} by ${this.originator}`;
    if (!answer.ok) throw new Refusal(what, answer.status, answer.headers.get("X-M2M-RSC"), text);
    return text ? Object.values(JSON.parse(text))[0] : undefined;
  }
}

/** A time as oneM2M writes it: in UTC and without saying so. */
function stamp(at) {
  return at.toISOString().replace(/[-:Z]/g, "").replace(".", ",");
}

// What begins with one slash or two needs a mark in an address: /id-in/x, //sp/id-in/x.
function address(acme, to, query) {
  const place = to.startsWith("//") ? `/_${to.slice(1)}` : to.startsWith("/") ? `/~${to}` : `/${to}`;
  const given = Object.entries(query).flatMap(([key, value]) => [value].flat().map((each) => [key, each]));
  return `${acme.httpUrl}${place}${given.length ? `?${new URLSearchParams(given)}` : ""}`;
}

/** A greenhouse of the application `Cgreenhouse`. Where it is `open`, the `others` may do what `acop` says, else only its owner. */
export async function greenhouse(acme, { open = true, others = ["all"], acop = OPEN, rn = "greenhouse" } = {}) {
  const owner = new Owner(acme, `C${rn}`);
  const root = await owner.ae(rn);
  const rights = open ? { acpi: [await owner.policy(root, "policy", others, acop)] } : {};
  if (open) await owner.update(root, { "m2m:ae": rights });
  const house = { owner, root };
  const container = (to, name, more) => owner.container(to, name, { mni: 100, ...rights, ...more });
  house.temp = await container(root, "temp", { lbl: ["unit:K", "greenhouse"] });
  house.humidity = await container(root, "humidity", { lbl: ["unit:%"] });
  house.log = await container(root, "log");
  house.door = await container(root, "door");
  house.bench = await container(root, "bench");
  house.leaf = await container(house.bench, "leaf", { lbl: ["unit:K"] });
  await devices(house, rights);
  await values(house);
  return house;
}

async function devices(house, rights) {
  const { owner, root } = house;
  const degrees = { curT0: 21.5, tarTe: 22, unit: 1, minVe: 0, maxVe: 40, steVe: 0.5 };
  house.thermostat = await owner.flex(root, "cod:tempe", "temperature", { rn: "thermostat", ...degrees, ...rights });
  house.valve = await owner.flex(root, "cod:binSh", "binarySwitch", { rn: "valve", state: false, ...rights });
  house.soil = await owner.series(root, "soil", { lbl: ["unit:%"], cnf: "text/plain:0", ...rights });
}

async function values({ owner, temp, humidity, log, door, leaf }) {
  await owner.instance(temp, "294.5", { cnf: "text/plain:0" });
  await owner.instance(humidity, 61.5);
  await owner.instance(log, { watered: true, litres: 2.5, by: "timer" });
  await owner.instance(door, "closed");
  await owner.instance(leaf, "293.25");
}
