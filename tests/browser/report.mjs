// Opens the report of a benchmark in Debian's Chromium: are the charts there, does sorting work, is the console clean,
// does nothing connect to anywhere? Screenshots, light and dark, go to build/browser.
//
//     node tests/browser/report.mjs REPORT.html [CHROMIUM]
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const report = pathToFileURL(resolve(process.argv[2])).href;
const pictures = resolve("build/browser");
mkdirSync(pictures, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.argv[3] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

async function open(colorScheme, options = {}) {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const said = [];
  const asked = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("dialog", (dialog) => { said.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => asked.push(request.url()));
  await context.route(/^(?!file:)/, (route) => route.abort());
  await page.goto(report);
  return { page, said, asked };
}

/** Texts of a column, from top to bottom. */
const column = (table, index) => table.locator(`tbody tr td:nth-child(${index})`).allTextContents();
const numbers = (texts) => texts.filter((text) => text !== "–").map((text) => Number(text.replace("−", "-")));
const ascending = (values) => values.every((value, at) => at === 0 || values[at - 1] <= value);

async function checkCharts(page) {
  const visible = (selector) => page.locator(`${selector} >> visible=true`).count();
  assert.equal(await visible("#gaps svg.dots"), 1, "the chart of gaps");
  assert.ok(await page.locator("#gaps svg .dot").count() >= 22, "a dot per problem");
  assert.equal(await visible("#distributions svg.dots"), 1, "the profits of the problem chosen");
  assert.ok(await visible("#episodes svg.chart") >= 4, "stock and pipeline of the episode chosen");
  assert.ok(await visible("#networks svg.network") >= 1, "the networks");
  for (const box of await page.locator("svg.chart >> visible=true").evaluateAll(
    (charts) => charts.map((chart) => chart.getBoundingClientRect().toJSON()))) {
    assert.ok(box.width > 200 && box.height > 80, `a chart of ${box.width} x ${box.height}`);
  }
  assert.equal(await page.locator("svg").filter({ hasText: "NaN" }).count(), 0, "no chart says NaN");
}

async function checkSorting(page) {
  const summary = page.locator("table.sortable").nth(2);
  const profit = summary.locator("thead button").nth(2);
  await profit.click();
  assert.ok(ascending(numbers(await column(summary, 3))), "profit, ascending");
  await profit.click();
  assert.ok(ascending(numbers(await column(summary, 3)).reverse()), "profit, descending");
  assert.equal(await summary.locator("th[aria-sort]").count(), 1);
  await summary.locator("thead button").first().focus();
  await page.keyboard.press("Enter");
  const problems = await column(summary, 1);
  assert.ok(ascending(problems) && problems[0] === "ALL" && problems.length > 1, "problems, by keyboard");
}

async function checkChoosing(page) {
  const choice = page.locator("select[data-panels=episode-panels]");
  await choice.selectOption({ index: 1 });
  const shown = await page.locator("#episode-panels h3 >> visible=true").allTextContents();
  assert.equal(shown.length, 1);
  assert.equal(shown[0], await choice.locator("option").nth(1).textContent());
  const policies = page.locator("select[data-highlight]");
  const faded = () => page.locator("#episode-panels .faded").count();
  assert.equal(await faded(), 0);
  await policies.selectOption("1");
  assert.equal(await page.locator("#episode-panels [data-line='1'].faded").count(), 0, "the policy chosen stands out");
  assert.ok(await faded() > 0, "the others fade");
  await policies.selectOption("");
  assert.equal(await faded(), 0, "all policies alike again");
}

for (const scheme of ["light", "dark"]) {
  const { page, said, asked } = await open(scheme);
  await checkCharts(page);
  await page.screenshot({ path: `${pictures}/${scheme}.png`, fullPage: true });
  await checkSorting(page);
  await checkChoosing(page);
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const brightness = paper.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
  assert.ok(scheme === "light" ? brightness > 700 : brightness < 150, `paper ${paper} in a ${scheme} setting`);
  assert.deepEqual(said, [], "the console is clean");
  assert.deepEqual(asked, [report], "nothing is fetched");
}
// On a telephone nothing but the wide tables and pictures scrolls sideways.
const phone = await open("light", { viewport: { width: 390, height: 800 } });
assert.ok(await phone.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the page fits");
await phone.page.screenshot({ path: `${pictures}/phone.png` });
// Without scripts everything shows.
const still = await open("light", { javaScriptEnabled: false });
assert.ok(await still.page.locator("#distribution-panels figure >> visible=true").count() >= 20, "all panels show");
await browser.close();
console.log(`the report is sound; screenshots in ${pictures}`);
