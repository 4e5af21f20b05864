// Renders views in Debian's Chromium inside the official host; cases on stdin, what was seen as JSON on stdout.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const { cases, folder, browser: executablePath } = JSON.parse(readFileSync(0, "utf8"));
const bundle = await build({
  entryPoints: [join(here, "host.mjs")], bundle: true, format: "iife", write: false, platform: "browser",
});
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const seen = {};
for (const { name, html, result, context, then, click } of cases) {
  const page = await browser.newPage({ viewport: { width: 660, height: 900 } });
  const said = [];
  page.on("console", (message) => message.type() === "error" && said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => !request.url().startsWith("about:") && said.push(`asked for ${request.url()}`));
  await page.setContent("<!doctype html><body style='margin:0'></body>");
  await page.addScriptTag({ content: bundle.outputFiles[0].text });
  const height = await page.evaluate((given) => window.show(given), { html, result, context });
  if (then) await page.evaluate((given) => window.change(given), then);
  const view = page.frames()[1];
  await view.waitForFunction((lang) => document.documentElement.lang === lang, /^zh/.test((then ?? context).locale) ? "zh-TW" : "en");
  if (click) {
    await view.click(click);
    await page.waitForFunction(() => window.asked.length > 0);
  }
  const asked = await page.evaluate(() => window.asked);
  const [text, wide, markup, paper] = await view.evaluate(() => [
    document.body.innerText, document.documentElement.scrollWidth > document.documentElement.clientWidth,
    document.querySelectorAll("main b, main script, main img").length, getComputedStyle(document.body).backgroundColor,
  ]);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.evaluate(() => window.end());
  seen[name] = { text, wide, markup, paper, height, said, asked };
  await page.close();
}
await browser.close();
process.stdout.write(JSON.stringify(seen));
