// A sensor of a real node fails and recovers: its error stands at the value, the last good one stays.
import assert from "node:assert/strict";
import { startFrappy } from "./lib/frappy.mjs";
import { openPage } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

const node = await startFrappy();

test("an error of the source marks the value, and recovery clears it", async () => {
  const porthole = await openPage();
  const value = `${node.key}/flaky/value`;
  await porthole.connect(node.url);
  await porthole.untilText(value, "1.5");
  await porthole.untilQuality(value, "live");
  await porthole.arm();
  const card = porthole.card(node.key, "flaky");
  // This node breaks before it can say that it took the switch.
  await setBroken(porthole, "true", /HardwareError: .*sensor disconnected/);
  await porthole.untilQuality(value, "invalid");
  assert.equal(await porthole.text(value), "1.5", "the last value stays");
  await porthole.untilSays(card, /HardwareError: .*sensor disconnected/);
  await porthole.untilText(`${node.key}/flaky/status`, /no sensor/);
  await porthole.until("the state is an alarm", async () =>
    (await porthole.channel(`${node.key}/flaky/status`).getAttribute("data-severity")) === "alarm");
  assert.equal(await porthole.state(node.key), "live", "the link is fine");
  await setBroken(porthole, "false", /read back: false/);
  await porthole.untilQuality(value, "live");
  await porthole.untilText(value, "1.5");
  assert.doesNotMatch(await card.textContent(), /HardwareError/);
  await porthole.close();
});

async function setBroken(porthole, state, outcome) {
  const dialog = await porthole.openWrite(`${node.key}/flaky/_broken`);
  await dialog.getByRole("radio", { name: state }).check();
  await porthole.set(dialog, outcome);
  await porthole.closeDialog();
}
