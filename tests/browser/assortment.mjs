// Plans a small assortment in Debian's Chromium: both tables uploaded, classes seen, an item clicked, the target and a
// budget moved, files downloaded, a bad file survived, two users kept apart, nothing that connects to anywhere else.
// Screenshots of the page and of the report it hands out go to build/browser.
//
//     node tests/browser/assortment.mjs GYM_INVMGMT [CHROMIUM]
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { eventually, idle, pictures, served, visit } from "./serving.mjs";

const days = Array.from({ length: 200 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10));
/** Counts that look random and are the same every time. */
const units = (day, item, most) => (day * 7919 + item * 104729 + day * day * 31) % (most + 1);
const articles = ["tea", "jam", "salt", "soap"];
const sales = ["date,item,place,units", ...days.flatMap((date, day) =>
  articles.flatMap((item, which) => ["north", "south"].map((place, at) =>
    `${date},${item},${place},${units(day, 2 * which + at, 2 + 3 * which)}`)))].join("\n");
const items = ["item,place,lead_time,cost,multiple,stock,supplier", ...articles.flatMap((item, which) =>
  ["north", "south"].map((place) => {
    const supplier = which < 2 ? "Leaf & Co" : "Berry Ltd";
    return `${item},${place},${1 + which},${2.5 * (which + 1)},6,4,${supplier}`;
  }))]
  .join("\n");

/** A visitor in front of the plan. */
async function planner(browser) {
  const visitor = await visit(browser);
  visitor.page.setDefaultTimeout(90000);
  await visitor.page.locator(".st-key-view").getByText("Assortment", { exact: true }).click();
  await visitor.page.locator(".st-key-plan_sales").waitFor();
  return visitor;
}

async function upload(page, key, name, text) {
  const file = { name, mimeType: "text/csv", buffer: Buffer.from(text) };
  await page.locator(`.st-key-${key} input[type=file]`).setInputFiles(file);
  await idle(page);
}

const metric = (page, label) =>
  page.getByTestId("stMetric").filter({ hasText: label }).getByTestId("stMetricValue").innerText();
const number = (text) => Number(text.replaceAll(",", "").replace(" %", ""));

async function download(page, name) {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name, exact: true }).click(),
  ]);
  return readFileSync(await file.path());
}

async function plan(browser) {
  const one = await planner(browser);
  const other = await planner(browser);
  const { page } = one;
  await upload(page, "plan_sales", "sales.csv", sales);
  await upload(page, "plan_items", "items.csv", items);
  await eventually(async () => assert.equal(await metric(page, "Items and places"), "8"));
  const before = number(await metric(page, "Mean stock"));
  await page.screenshot({ path: `${pictures}/assortment.png`, fullPage: true });
  assert.equal(await other.page.getByTestId("stMetric").count(), 0, "who uploads nothing sees nothing");

  // A higher target takes more stock. The page may plan for targets on the way there: all is read until it fits.
  const slider = page.locator(".st-key-plan_target input[type=range], .st-key-plan_target [role=slider]").first();
  await slider.focus();
  for (let step = 0; step < 40; step += 1) await slider.press("ArrowRight");
  await idle(page);
  await eventually(async () => {
    assert.ok(number(await metric(page, "Mean stock")) > before);
    assert.ok(number(await metric(page, "Demand met at once")) >= 98.5);
  });

  // Half of what that costs pays for less.
  await page.locator(".st-key-plan_by_budget label").click();
  await idle(page);
  const budget = page.locator(".st-key-plan_budget input[type=range], .st-key-plan_budget [role=slider]").first();
  await budget.waitFor();
  await budget.focus();
  await budget.press("Home");
  await idle(page);
  await eventually(async () => assert.ok(number(await metric(page, "Mean stock")) < before));
  await page.locator(".st-key-plan_by_budget label").click();
  await idle(page);

  // A row that is clicked is shown below.
  const rows = page.locator(".st-key-plan_rows .dvn-scroller").first();
  await rows.click({ position: { x: 16, y: 35 + 35 * 2 + 17 } });
  await eventually(async () => assert.equal(await page.getByText("Levels [units]").count(), 1));
  await idle(page);
  await page.screenshot({ path: `${pictures}/assortment_item.png`, fullPage: true });

  // What cannot be used is said, and the last plan stays.
  await upload(page, "plan_items", "items.csv", items.replace("tea,north,1", "tea,north,soon"));
  const refused = page.getByText("This cannot be used; everything else is as it was.");
  await eventually(async () => assert.equal(await refused.count(), 1));
  await page.getByText("lead_time").first().waitFor();
  assert.equal(await metric(page, "Items and places"), "8");
  await page.screenshot({ path: `${pictures}/assortment_refused.png`, fullPage: true });
  await upload(page, "plan_items", "items.csv", items);
  await eventually(async () => assert.equal(await refused.count(), 0));
  await idle(page);

  const orders = (await download(page, "orders.csv")).toString("utf8").trim().split("\n");
  assert.match(orders[0], /^supplier,item,place,units,packs/);
  const named = orders.slice(1).every((line) => /^(Leaf & Co|Berry Ltd),/.test(line));
  assert.ok(orders.length > 1 && named, orders.join("\n"));
  assert.equal((await download(page, "plan.xlsx")).subarray(0, 2).toString(), "PK");
  const report = (await download(page, "report.html")).toString("utf8");

  const paper = await browser.newContext({ viewport: { width: 1300, height: 1000 }, offline: true });
  const sheet = await paper.newPage();
  const complaints = [];
  sheet.on("pageerror", (error) => complaints.push(String(error)));
  sheet.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
  await sheet.setContent(report);
  await sheet.waitForTimeout(500);
  await sheet.screenshot({ path: `${pictures}/assortment_report.png`, fullPage: true });
  const worst = sheet.locator("section").filter({ hasText: "Rows whose service is least sure" });
  await worst.getByRole("button", { name: "cost per year" }).click();
  const costs = (await worst.locator("tbody tr td:nth-child(8)").allTextContents()).map(Number);
  assert.deepEqual(costs, costs.toSorted((one, two) => one - two), "a click on a heading sorts");
  assert.equal(await sheet.getByText("-0", { exact: true }).count(), 0, "nothing is minus nothing");
  assert.deepEqual(complaints, [], "the report opens without a connection and without an error");

  for (const visitor of [one, other]) {
    assert.deepEqual(visitor.elsewhere, [], "nothing connects to anywhere else");
    assert.deepEqual(visitor.errors, [], "no error in the page");
  }
}

const said = await served(process.argv[2], process.argv[3], plan);
assert.doesNotMatch(said, /Traceback/);
console.log(`the assortment is sound; screenshots in ${pictures}`);
