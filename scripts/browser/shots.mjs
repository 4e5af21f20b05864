// Takes pictures of the page for people in Debian's Chromium; what to do on stdin, nothing on stdout.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const { browser: executablePath, origin, link, pictures } = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const opening = await browser.newContext();
const first = await opening.newPage();
await first.goto(origin + link);
await first.click("main button");
const storageState = await opening.storageState();
for (const { path, follow, locale, file } of pictures) {
  const context = await browser.newContext({ viewport: { width: 880, height: 760 }, locale, storageState });
  const page = await context.newPage();
  await page.goto(origin + path);
  if (follow) await Promise.all([page.waitForEvent("load"), page.click(follow)]);
  await page.screenshot({ path: file });
  await context.close();
}
await browser.close();
