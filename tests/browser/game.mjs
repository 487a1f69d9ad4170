// Plays the beer game in Debian's Chromium, two seats at once in two windows: a code to join, goods that move, a reload
// in the middle, the known cost in the end, nothing that connects to anywhere else. Screenshots go to build/browser.
//
//     node tests/browser/game.mjs GYM_INVMGMT [CHROMIUM]
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { pictures, served, visit } from "./serving.mjs";

/** A visitor in front of the game. */
async function player(browser) {
  const visitor = await visit(browser);
  visitor.page.setDefaultTimeout(90000);
  await visitor.page.locator(".st-key-view").getByText("Game", { exact: true }).click();
  return visitor;
}

/** Sits down at the stages that are free, but for some. */
async function sit(page, others) {
  for (const stage of others) await page.locator(`.st-key-sit_at-${stage} label`).click();
  await page.locator(".st-key-sit button").click();
  await page.locator(".st-key-order button").waitFor();
}

/** Types the orders of a period and sends them. */
async function order(page, period, stages, units) {
  await page.getByText(`Period ${period + 1} of 36`, { exact: true }).first().waitFor();
  for (const stage of stages) {
    const field = page.locator(`[class*="st-key-order-${stage}-0-${period}"] input`);
    await field.waitFor();
    await field.fill(String(units));
    await field.press("Tab");
  }
  await page.locator(".st-key-order button").click();
  const next = new RegExp(`^You have ordered|^Period ${period + 2} of 36$|^The game is over`);
  await page.getByText(next).first().waitFor();
}

async function play(browser) {
  const one = await player(browser);
  await one.page.locator(".st-key-begin button").click();
  await one.page.getByText(/: game [A-Z0-9]{5}$/).first().waitFor();
  const code = new URL(one.page.url()).searchParams.get("game");
  const two = await player(browser);
  await two.page.locator(".st-key-code input").fill(code.toLowerCase());
  await two.page.locator(".st-key-code input").press("Tab");
  await two.page.locator(".st-key-join button").click();
  await two.page.getByText(`game ${code}`).first().waitFor();
  await sit(one.page, [2, 3]);
  await sit(two.page, []);
  assert.equal(await one.page.getByText("factory orders from brewery").count(), 0, "only the own stages");
  assert.equal(await two.page.getByText("retailer orders from wholesaler").count(), 0, "only the own stages");
  for (let period = 0; period < 36; period += 1) {
    const units = period === 0 ? 4 : 8;
    await order(one.page, period, [0, 1], units);
    if (period === 3) {
      await one.page.getByText("You have ordered. Waiting for: distributor, factory.").first().waitFor();
      await one.page.screenshot({ path: `${pictures}/game.png` });
      await two.page.reload();
    }
    await order(two.page, period, [2, 3], units);
  }
  for (const { page, elsewhere, errors } of [one, two]) {
    await page.getByText("All stages together cost 528.00").first().waitFor();
    await page.getByText("Who cannot play this, and why").first().waitFor();
    await page.locator(".st-key-order").waitFor({ state: "detached" });
    assert.deepEqual(elsewhere, [], "nothing connects to anywhere else");
    assert.deepEqual(errors, [], "no error in the page");
  }
  await one.page.screenshot({ path: `${pictures}/game_over.png`, fullPage: true });
  const [file] = await Promise.all([
    one.page.waitForEvent("download"),
    one.page.locator(".st-key-get_game button").click(),
  ]);
  const rows = readFileSync(await file.path(), "utf8").trim().split("\n");
  assert.equal(rows.length, 1 + 36 * 4);
}

const said = await served(process.argv[2], process.argv[3], play);
assert.doesNotMatch(said, /Traceback|External URL|Network URL/);
console.log(`the game is sound; screenshots in ${pictures}`);
