// Clicks through the dashboard in Debian's Chromium: do sliders act, do uploads work, does a bad file leave everything
// as it was, do two users keep apart, does nothing connect to anywhere else? Screenshots go to build/browser.
//
//     node tests/browser/dashboard.mjs GYM_INVMGMT [CHROMIUM]
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { eventually, idle, pictures, served, visit } from "./serving.mjs";

async function settledVisit(browser) {
  const visitor = await visit(browser);
  await settled(visitor.page);
  return visitor;
}

/** Until the pictures are drawn and nothing runs any more. */
async function settled(page) {
  await page.locator(".st-key-get_report").waitFor({ timeout: 60000 });
  await idle(page);
  await page.locator(".js-plotly-plot").nth(6).waitFor();
}

/** The texts a picture shows at its nodes. */
const nodes = (page) =>
  page.locator(".st-key-network-0 .textpoint text, .st-key-network-0 .textpoint").allTextContents();
const label = (page, key) => page.locator(`.st-key-${key} input[type=range]`).inputValue();

async function press(page, key, ...keys) {
  const slider = page.locator(`.st-key-${key} input[type=range]`);
  await slider.focus();
  for (const one of keys) await slider.press(one);
  await settled(page);
}

async function upload(page, key, name, text) {
  await page.locator(`.st-key-${key} input[type=file]`).setInputFiles(
    { name, mimeType: "text/plain", buffer: Buffer.from(text) });
  await settled(page);
}

async function download(page, key) {
  const [file] = await Promise.all([
    page.waitForEvent("download", { timeout: 120000 }),
    page.locator(`.st-key-${key} button`).click(),
  ]);
  return readFileSync(await file.path(), "utf8");
}

async function clickThrough(browser) {
  const one = await settledVisit(browser);
  const other = await settledVisit(browser);
  const { page } = one;
  await page.screenshot({ path: `${pictures}/dashboard.png` });
  await press(page, "periods", "ArrowRight", "ArrowRight");
  await eventually(async () => assert.equal(await label(page, "periods"), "32"));
  await eventually(async () => assert.match(await download(page, "get_scenario"), /num_periods: 32/));
  const shop = "nodes: [{id: 0}, {id: 1, I0: 35, h: 0.1}, {id: 2}]\nedges:\n"
    + "  - {from: 1, to: 0, p: 3, b: 1, demand_dist: poisson, dist_param: {mu: 8}}\n"
    + "  - {from: 2, to: 1, L: 2, p: 1, g: 0}\n";
  const chain = await nodes(page);
  await upload(page, "network_upload", "shop.yaml", shop);
  await eventually(async () => assert.equal(await page.getByText("Base-stock level of node 2").count(), 0));
  assert.equal(await page.getByText("Base-stock level of node 1").count(), 1);
  const before = await eventually(async () => {
    const found = await nodes(page);
    assert.ok(found.length >= 3 && found.length < chain.length, "the uploaded network is shown");
    return found;
  });
  await upload(page, "network_upload", "broken.yaml", shop.replace("I0: 35", "I0: -3"));
  await page.locator(".stCode", { hasText: "broken.yaml:1: nodes[1] (1): I0: found -3" }).waitFor({ timeout: 30000 });
  await page.screenshot({ path: `${pictures}/dashboard_refused.png` });
  assert.deepEqual(await nodes(page), before, "nothing is lost");
  await upload(page, "sales_upload", "sales.csv", "day,units\n1,4\n2,7\n");
  await eventually(async () => assert.match(await download(page, "get_scenario"), /series: \[4.0, 7.0, 4.0/));
  await upload(page, "sales_upload", "large.csv", "1\n".repeat(3 * 1024 * 1024));
  await page.getByText("large.csv").waitFor({ timeout: 30000 });
  await settled(page);
  assert.match(await download(page, "get_scenario"), /series: \[4.0, 7.0, 4.0/, "the sales stay");
  const report = await download(page, "get_report");
  assert.match(report.toLowerCase(), /^\s*<!doctype html>/);
  await press(other.page, "noise", "ArrowRight");
  assert.equal(await label(other.page, "periods"), "30", "the other user has a page of their own");
  assert.equal(await other.page.getByText("Base-stock level of node 3").count(), 1);
  for (const { elsewhere, errors } of [one, other]) {
    assert.deepEqual(elsewhere, [], "nothing connects to anywhere else");
    assert.deepEqual(errors, [], "no error in the page");
  }
}

const said = await served(process.argv[2], process.argv[3], clickThrough);
assert.doesNotMatch(said, /Traceback|External URL|Network URL/);
console.log(`the dashboard is sound; screenshots in ${pictures}`);
