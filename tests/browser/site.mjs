// Opens every page of the site in Debian's Chromium, light, dark and narrow: does it fit the screen, can its text be
// read, are its pictures there, is the console clean, does search find, does nothing connect to anywhere else?
// Screenshots of some pages go to build/browser.
//
//     node tests/browser/site.mjs SITE [CHROMIUM]
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { extname, join, normalize, resolve } from "node:path";
import { chromium } from "playwright-core";

const site = resolve(process.argv[2]);
const pictures = resolve("build/browser");
const shown = ["index", "tutorial", "decision_process", "pictures", "comparison"];
const looks = [
  { name: "light", colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  { name: "narrow", colorScheme: "light", viewport: { width: 390, height: 800 } },
];
const kinds = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".json": "application/json",
  ".png": "image/png", ".svg": "image/svg+xml" };
mkdirSync(pictures, { recursive: true });

// Search fetches its index, which a page read from a file may not.
const server = createServer((request, response) => {
  const path = join(site, normalize(decodeURIComponent(new URL(request.url, "http://site").pathname)));
  try {
    response.writeHead(200, { "Content-Type": kinds[extname(path)] ?? "application/octet-stream" });
    response.end(readFileSync(path));
  } catch {
    response.end();
  }
});

/** What is wrong with a page as it stands: too wide, a picture missing, text too faint. */
const faults = () => {
  const found = [];
  const wider = document.documentElement.scrollWidth - innerWidth;
  if (wider > 0) found.push(`wider than the screen by ${wider}`);
  for (const image of document.images) if (!image.naturalWidth) found.push(`no picture: ${image.src}`);
  const channels = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => channels(colour).slice(0, 3).map((part) => part / 255)
    .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4))
    .reduce((sum, share, at) => sum + share * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((channels(colour)[3] ?? 1) === 1) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = ".md-content p, .md-content li, .md-content td, .md-content a[href]";
  for (const element of document.querySelectorAll(texts)) {
    const colour = getComputedStyle(element).color;
    // Text that is partly seen through stands on its ground's own shade; only solid colours are judged.
    if (!element.innerText || element.classList.contains("headerlink") || (channels(colour)[3] ?? 1) < 0.8) continue;
    const [dark, light] = [luminance(colour), luminance(ground(element))].sort((a, b) => a - b);
    if ((light + 0.05) / (dark + 0.05) < 3) found.push(`faint: ${element.innerText.slice(0, 40)}`);
  }
  return found;
};

async function look(browser, home, { name, ...options }) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) said.push(message.text()); });
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && !url.startsWith(home)) said.push(url);
  });
  const names = readdirSync(site).filter((file) => file.endsWith(".html")).map((file) => file.slice(0, -5));
  assert.ok(names.length > 25, "the site's pages");
  for (const one of names) {
    await page.goto(`${home}/${one}.html`);
    assert.deepEqual(await page.evaluate(faults), [], `${one}, ${name}`);
    if (shown.includes(one)) await page.screenshot({ path: `${pictures}/site_${one}_${name}.png`, fullPage: true });
  }
  await page.goto(`${home}/index.html`);
  if (name === "narrow") await page.locator("label.md-header__button[for=__search]").click();
  await page.locator(".md-search__input").click();
  await page.keyboard.type("goodwill", { delay: 50 });
  await page.locator(".md-search-result__link").first().waitFor({ timeout: 20000 });
  assert.deepEqual(said, [], `${name}: nothing is said, nothing is asked of others`);
  await context.close();
}

await new Promise((done) => server.listen(0, "127.0.0.1", done));
const browser = await chromium.launch({
  executablePath: process.argv[3] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
try {
  for (const one of looks) await look(browser, `http://127.0.0.1:${server.address().port}`, one);
  console.log(`the site is sound; screenshots in ${pictures}`);
} finally {
  await browser.close();
  server.close();
}
