// A node whose every word is an attack: shown as text, never run, and the page stays usable.
import assert from "node:assert/strict";
import { openPage } from "./lib/page.mjs";
import { startScripted } from "./lib/scripted.mjs";
import { test } from "./lib/test.mjs";

const PAYLOADS = [
  `<img src=x onerror="window.attacked='img'">`,
  `<script>window.attacked='script'</script>`,
  `<svg onload="window.attacked='svg'"><a href="javascript:window.attacked='href'">`,
  `javascript:window.attacked='url'`,
  `"><iframe srcdoc="<script>parent.attacked='frame'</script>">`,
  `' onmouseover='window.attacked=1' style='position:fixed;inset:0`,
  `{{constructor.constructor('window.attacked=1')()}} \${window.attacked=1}`,
  `</style><style>*{display:none!important}</style>`,
  `\u202egnp.exe\u202c \u2066isolated\u2069 \u200b\u0000\u001b[31m`,
  `line\u2028separator\r\nand\tcontrol\u0007`,
  `=cmd|'/c calc'!A1`,
  `${"\u0301".repeat(500)}`,
];

/** A description with the payload in every field that takes text. */
function hostile(payload) {
  const accessible = (datainfo, more = {}) => ({ description: payload, datainfo, readonly: false, group: payload, ...more });
  return {
    equipment_id: payload,
    description: `${payload}\n\n${payload}`,
    firmware: payload,
    implementor: payload,
    timeout: payload,
    [payload]: payload,
    modules: {
      good: {
        description: payload,
        interface_classes: ["Drivable", payload],
        features: [payload],
        group: payload,
        implementation: payload,
        implementor: payload,
        visibility: payload,
        meaning: [payload, 20],
        accessibles: {
          value: accessible({ type: "double", unit: payload, fmtstr: payload }, { readonly: true }),
          status: accessible({ type: "tuple", members: [{ type: "enum", members: { IDLE: 100, [payload]: 300 } }, { type: "string" }] }),
          target: accessible({ type: "double", unit: payload, min: 0, max: 9 }),
          stop: { description: payload, datainfo: { type: "command" } },
          go: { description: payload, datainfo: { type: "command", argument: { type: "enum", members: { [payload]: 1 } } } },
          text: accessible({ type: "string", isUTF8: true }),
          choice: accessible({ type: "enum", members: { [payload]: 1 } }),
          record: accessible({ type: "struct", members: { [payload]: { type: "string" } }, optional: [payload] }),
          list: accessible({ type: "array", members: { type: "string" }, maxlen: 5 }),
          future: accessible({ type: payload, [payload]: payload }),
          constant: accessible({ type: "string" }, { constant: payload, readonly: true }),
          [payload]: accessible({ type: "string" }),
        },
      },
      [payload]: { description: payload, accessibles: { value: accessible({ type: "string" }) } },
    },
  };
}

function updatesOf(payload) {
  const text = JSON.stringify(payload);
  return [
    "update good:value [1.5,{}]",
    `update good:status [[300,${text}],{}]`,
    "update good:target [2,{}]",
    `update good:text [${text},{}]`,
    "update good:choice [1,{}]",
    `update good:record [{${text}:${text}},{}]`,
    `update good:list [[${text},${text}],{}]`,
    `update good:future [{${text}:${text}},{}]`,
    `error_update good:target [${text},${text},{}]`,
    `log good:${payload} ${text}`,
    `${payload}`,
    `update ${payload}:value [${text},{}]`,
  ];
}

const refuse = (payload) => {
  const text = JSON.stringify(payload);
  return {
    change: (line) => [`error_change ${line.split(" ")[1]} [${text},${text},{}]`],
    do: (line) => [`error_do ${line.split(" ")[1]} [${text},${text},{}]`],
    logging: (line) => [`error_logging ${line.split(" ")[1]} [${text},${text},{}]`],
  };
};

for (const payload of PAYLOADS) {
  test(`text as text: ${JSON.stringify(payload.slice(0, 40))}`, async () => {
    const node = await startScripted({ description: hostile(payload), updates: updatesOf(payload), answers: refuse(payload) });
    const porthole = await openPage();
    await porthole.connect(node.url);
    await porthole.untilText(`${node.key}/good/value`, /^1\.5/);
    await tour(porthole, node);
    assert.equal(await porthole.page.evaluate(() => window.attacked), undefined, "a script ran");
    const made = await porthole.page.evaluate(() =>
      document.querySelectorAll("img, iframe, object, embed, a[href^='javascript'], svg a, [onerror], [onload], [onmouseover]").length);
    assert.equal(made, 0, "elements were made of text");
    node.send("update good:value [2.5,{}]");
    await porthole.view("Dashboard");
    await porthole.untilText(`${node.key}/good/value`, /^2\.5/);
    await porthole.close();
    await node.stop();
  });
}

/** Looks at everything that shows the node's words. */
async function tour(porthole, node) {
  const { page } = porthole;
  const closed = () => page.getByRole("dialog").waitFor({ state: "detached" });
  const look = async (button) => {
    await button.click();
    await porthole.dialog();
    await page.keyboard.press("Escape");
    await closed();
  };
  const card = porthole.card(node.key, "good");
  await porthole.unfold(node.key, "good");
  const direction = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(direction <= 0, `the page is ${direction} px too wide`);
  for (const button of await card.getByRole("button", { name: /^(Write|Set) / }).all()) await look(button);
  for (const button of await card.getByRole("group", { name: "Commands" }).getByRole("button").all()) await look(button);
  await porthole.arm();
  const dialog = await porthole.openWrite(`${node.key}/good/text`);
  await dialog.getByRole("button", { name: /^Set/ }).click();
  await porthole.until("the refusal is shown", async () => (await dialog.locator(".problem").count()) > 0);
  await porthole.closeDialog();
  await look(page.locator("main header").getByRole("button", { name: "Details" }).first());
  await look(card.locator("button.quality").first());
  await porthole.view("Subscriptions");
  await page.getByRole("grid", { name: "Subscriptions" }).waitFor();
  await porthole.view("Frames");
  const frames = page.getByRole("log", { name: "Raw frames" }).locator(".frame-row");
  await frames.first().click();
  await page.getByRole("complementary", { name: "Frame" }).waitFor();
}

test("names of a megabyte leave the page usable", async () => {
  const long = "x".repeat(1_000_000);
  const description = hostile("short");
  description.equipment_id = long;
  description.description = long;
  description.modules.good.description = long;
  description.modules.good.group = long;
  description.modules.good.accessibles.text.description = long;
  description.modules.good.accessibles.value.datainfo.unit = long;
  description.modules[long] = { description: long, accessibles: { value: { description: long, datainfo: { type: "string" }, readonly: true } } };
  const node = await startScripted({
    description,
    updates: ["update good:value [1.5,{}]", `update good:text [${JSON.stringify(long)},{}]`, `error_update good:target ["${long}","${long}",{}]`],
  });
  const porthole = await openPage();
  await porthole.connect(node.url);
  await porthole.untilText(`${node.key}/good/value`, /^1\.5/, 20_000);
  const length = await porthole.page.evaluate(() => document.body.textContent.length);
  assert.ok(length < 200_000, `the page holds ${length} characters`);
  const over = await porthole.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `the page is ${over} px too wide`);
  node.send("update good:value [2.5,{}]");
  await porthole.untilText(`${node.key}/good/value`, /^2\.5/);
  await porthole.close();
  await node.stop();
});

test("names in which the direction of writing turns are shown with the turn spelt out", async () => {
  const node = await startScripted({
    description: {
      equipment_id: "abc\u202etxt.exe",
      description: "abc\u202etxt.exe",
      modules: { m: { description: "pump\u202eFFO", accessibles: { value: { description: "", datainfo: { type: "string" }, readonly: true } } } },
    },
    updates: ['update m:value ["on\\u202effo",{}]'],
  });
  const porthole = await openPage();
  await porthole.connect(node.url);
  await porthole.untilText(`${node.key}/m/value`, /^on/);
  const raw = await porthole.page.evaluate(() => /[\u202a-\u202e\u2066-\u2069]/.test(document.body.textContent));
  assert.equal(raw, false, "a control character of the direction reached the page");
  await porthole.close();
  await node.stop();
});
