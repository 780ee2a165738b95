// The first screen: both ways in as equals, the policy that guards the page, and what it refuses before it dials.
import assert from "node:assert/strict";
import { openPage, siteUrl } from "./lib/page.mjs";
import { test } from "./lib/test.mjs";

test("the demo and a device are offered as equals", async () => {
  const porthole = await openPage();
  const { page } = porthole;
  await page.getByRole("heading", { name: "Connect to a device" }).waitFor();
  await page.getByRole("heading", { name: "Explore the demo" }).waitFor();
  const boxes = await Promise.all(
    ["Connect to a device", "Explore the demo"].map((name) => page.getByRole("region", { name }).boundingBox()),
  );
  assert.ok(Math.abs(boxes[0].width - boxes[1].width) < 2, "one is wider");
  assert.ok(Math.abs(boxes[0].y - boxes[1].y) < 2, "one stands lower");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "INPUT", "one can type at once");
  await page.getByRole("button", { name: "Explore the demo" }).click();
  await page.getByText("DEMO · simulated data").waitFor();
  await porthole.close();
});

test("the content security policy is in force, in the page and in the header", async () => {
  const porthole = await openPage();
  const response = await fetch(await siteUrl());
  const header = response.headers.get("content-security-policy");
  const meta = await porthole.page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
  for (const policy of [header, meta]) {
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self'/);
    // Instruments may be anywhere; nothing else comes from elsewhere.
    assert.match(policy, /connect-src 'self' ws: wss: http: https:;/);
    assert.doesNotMatch(policy.replace(/connect-src [^;]*/, ""), /unsafe-inline|'unsafe-eval'|https?:|\*/);
  }
  assert.match(header, /frame-ancestors 'none'/);
  const ran = await porthole.page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    return Boolean(window.ran);
  });
  assert.equal(ran, false, "an inline script ran");
  await porthole.profile.close();
  assert.deepEqual(porthole.foreign, []);
});

test("nothing is dialled while an address is typed, and none that is no address", async () => {
  const porthole = await openPage();
  const { page } = porthole;
  const field = page.getByLabel("Paste its address");
  for (const [text, words] of [
    ["ftp://host:21", /ftp/i],
    ["ws://", /address|host/i],
    ["two words", /address|blank|space|host/i],
  ]) {
    await field.fill(text);
    await field.press("Enter");
    await porthole.until(`${text} is refused in words`, async () =>
      words.test(await page.locator("main .problem").first().textContent({ timeout: 500 })));
    assert.equal(await field.getAttribute("aria-invalid"), "true");
  }
  await field.fill("ws://127.0.0.1:1/");
  await field.blur();
  assert.deepEqual((await porthole.stats()).connections, []);
  await porthole.close();
});

test("what is pasted names the node in any of its forms", async () => {
  const porthole = await openPage();
  const { page } = porthole;
  const field = page.getByLabel("Paste its address");
  for (const text of ["127.0.0.1:9", "http://127.0.0.1:9/", "  ws://127.0.0.1:9  ", "127.0.0.1:9/path?x=1"]) {
    await field.fill(text);
    assert.equal(await page.locator("main .problem").count(), 0, text);
    assert.ok(await page.getByRole("main").getByRole("button", { name: "Connect", exact: true }).isEnabled());
  }
  await porthole.close();
});

test("a file that is damaged is refused in words, and nothing changes", async () => {
  const porthole = await openPage();
  const { page } = porthole;
  const files = page.locator('input[type="file"]');
  await files.setInputFiles({ name: "broken.json", mimeType: "application/json", buffer: Buffer.from('{"porthole": 1, "workspace":') });
  await porthole.until("it is told", async () => /broken\.json could not be opened/.test(await page.locator("main").textContent()));
  assert.deepEqual((await porthole.stats()).connections, []);
  await page.getByRole("heading", { name: "Connect to a device" }).waitFor();
  await porthole.close();
});

test("a damaged store is put aside and told, and the page starts", async () => {
  const first = await openPage();
  await first.page.evaluate(() => localStorage.setItem("porthole.workspace", '{"porthole": 1, "connections": 5}'));
  const second = await openPage({ profile: first.profile });
  await second.until("it is told", async () => /could not be opened/.test(await second.page.locator("main").textContent()));
  const aside = await second.page.evaluate(() => localStorage.getItem("porthole.workspace.damaged"));
  assert.equal(aside, '{"porthole": 1, "connections": 5}');
  await second.close();
});

test("when the program stops, no value is left that looks alive", async () => {
  const porthole = await openPage();
  const { page } = porthole;
  await page.getByRole("button", { name: "Explore the demo" }).click();
  await porthole.untilQuality("cryo-3/T_sample/value", "live");
  // An error of a script is none of the program.
  await page.evaluate(() => void setTimeout(() => { throw new Error("of an extension"); }));
  await page.waitForTimeout(200);
  assert.equal(await page.locator("[data-quality]").count() > 0, true, "the page went for somebody else's error");
  await page.evaluate(() => void setTimeout(() => { throw new WebAssembly.RuntimeError("unreachable"); }));
  const notice = page.getByRole("alert").filter({ hasText: "Porthole has stopped" });
  await notice.waitFor();
  assert.equal(await page.locator("[data-quality]").count(), 0, "values are left");
  assert.match(await notice.locator("pre").textContent(), /unreachable/);
  await notice.getByRole("button", { name: "Reload" }).click();
  await page.getByRole("heading", { name: "Explore the demo" }).or(page.getByText("DEMO")).first().waitFor();
  await porthole.profile.close();
});
