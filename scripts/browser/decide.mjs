// Decides on actions in Debian's Chromium, by the keyboard alone; what to do on stdin, what was seen as JSON on stdout.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const { browser: executablePath, origin, link, visits, locale } = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 360, height: 640 }, locale });
const page = await context.newPage();
const said = [];
let posts = 0;
page.on("console", (message) => message.type() === "error" && said.push(message.text()));
page.on("pageerror", (error) => said.push(String(error)));
page.on("dialog", (dialog) => { said.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
page.on("request", (request) => {
  if (!request.url().startsWith(origin)) said.push(`asked for ${request.url()}`);
  if (request.method() === "POST") posts += 1;
});
await page.goto(origin + link);
await page.click("main button");
const seen = [];
for (const { path, harmless, keys } of visits) {
  await page.goto(origin + path);
  posts = 0;
  const [focus, top] = await page.evaluate(() => [document.activeElement.tagName.toLowerCase(), scrollY]);
  for (const key of harmless) await page.keyboard.press(key);
  const early = posts;
  await page.goto(origin + path);
  const [wide, markup] = await page.evaluate(() => [
    document.documentElement.scrollWidth > document.documentElement.clientWidth,
    document.querySelectorAll("main img, main script, main b, main iframe, main a[href^='http']").length,
  ]);
  const there = page.url();
  for (const key of keys) {
    const last = key === keys.at(-1);
    const answered = last ? page.waitForEvent("load") : null;
    await page.keyboard.press(key);
    await answered;
  }
  const text = await page.evaluate(() => document.querySelector("main").innerText);
  seen.push({ focus, top, early, wide, markup, same: page.url() === there, posts: posts - early, text });
}
await browser.close();
process.stdout.write(JSON.stringify({ seen, said }));
