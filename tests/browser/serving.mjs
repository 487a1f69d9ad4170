// The dashboard's server on a port of its own, and browsers that look at it: what both tests of it need.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { chromium } from "playwright-core";

/** A port that nobody uses. */
const port = await new Promise((done) => {
  const asked = createServer().listen(0, "127.0.0.1", () => {
    const { port: free } = asked.address();
    asked.close(() => done(free));
  });
});
export const home = `http://127.0.0.1:${port}`;
export const pictures = resolve("build/browser");
mkdirSync(pictures, { recursive: true });

async function listening(said) {
  for (let tries = 0; tries < 240; tries += 1) {
    if (await fetch(`${home}/_stcore/health`).then((answer) => answer.ok, () => false)) return;
    await new Promise((done) => setTimeout(done, 250));
  }
  throw new Error(`no server on ${home}: ${said.join("")}`);
}

/** Runs a check on a browser while a command serves the dashboard; returns what the server said. */
export async function served(command, executablePath, check) {
  const server = spawn(resolve(command), ["dashboard", "--port", String(port)], { stdio: ["ignore", "pipe", "pipe"] });
  const said = [];
  server.stdout.on("data", (text) => said.push(String(text)));
  server.stderr.on("data", (text) => said.push(String(text)));
  let browser;
  try {
    await listening(said);
    browser = await chromium.launch({
      executablePath: executablePath ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"],
    });
    await check(browser);
    return said.join("");
  } finally {
    await browser?.close();
    // A server that ended by itself is told by what failed above.
    if (server.exitCode === null) server.kill("SIGTERM");
  }
}

/** A visitor of the dashboard, with what the page connected to elsewhere and its errors. */
export async function visit(browser) {
  const context = await browser.newContext({ viewport: { width: 1500, height: 1050 }, acceptDownloads: true });
  const page = await context.newPage();
  const [elsewhere, errors] = [[], []];
  const own = (url) => url.startsWith(home) || url.startsWith(`ws://127.0.0.1:${port}`) || /^(data|blob):/.test(url);
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => { if (!own(request.url())) elsewhere.push(request.url()); });
  page.on("websocket", (socket) => { if (!own(socket.url())) elsewhere.push(socket.url()); });
  await page.goto(home);
  return { page, elsewhere, errors };
}

/** Until a check holds: on a busy machine the page follows a moment after what was done to it. */
export async function eventually(check) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await check();
    } catch (error) {
      if (tries === 120) throw error;
      await new Promise((done) => setTimeout(done, 500));
    }
  }
}

/** Until the page's script has rested for half a second, and what it replaced is gone. */
export async function idle(page) {
  const app = page.getByTestId("stApp");
  const busy = page.locator("[data-testid=stSpinner], [data-stale=true]");
  let rested = 0;
  await eventually(async () => {
    const rests = await app.getAttribute("data-test-script-state") === "notRunning" && await busy.count() === 0;
    rested = rests ? rested + 1 : 0;
    assert.ok(rested > 1, "the page still runs");
  });
}
