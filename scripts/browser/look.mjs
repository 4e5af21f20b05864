// Looks at pages in Debian's Chromium as a reader has them; what to look at on stdin, what was found as JSON on stdout.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const { browser: executablePath, origin, link, paths, reader } = JSON.parse(readFileSync(0, "utf8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const PRESSED = 120_000;
const seen = [];
const context = await browser.newContext(reader);
const page = await context.newPage();
const said = [];
page.on("console", (message) => message.type() === "error" && !/status of 4/.test(message.text()) && said.push(message.text()));
page.on("pageerror", (error) => said.push(String(error)));
page.on("request", (request) => request.url().startsWith(origin) || said.push(`asked for ${request.url()}`));
// What a person comes to see by no address.
const otherwise = {
  forged: async () => {
    await page.goto(`${origin}/`);
    await page.evaluate(() => document.querySelectorAll("[name=form_token]").forEach((each) => { each.value = "x"; }));
    const [answer] = await Promise.all([page.waitForNavigation(), page.click("form[action='/leave'] button")]);
    return answer;
  },
  "signed out": async () => {
    await context.clearCookies();
    return page.goto(`${origin}/`);
  },
  "too many": async () => {
    await page.evaluate(async () => { while ((await fetch("/static/icon.svg", { cache: "no-store" })).status !== 429); });
    return page.goto(`${origin}/`);
  },
};
// `/campaigns/… rehearse`: what the button of that step shows.
const shown = async (path) => {
  const [address, step] = path.split(" ");
  const answer = await page.goto(origin + address);
  if (!step) return answer;
  const button = page.locator(`form:has([name=step][value=${step}]) button`);
  const [pressed] = await Promise.all([page.waitForNavigation({ timeout: PRESSED }), button.click({ noWaitAfter: true })]);
  return pressed;
};
for (const path of [link, ...paths]) {
  const answer = await (otherwise[path] ?? (() => shown(path)))();
  const [wide, below, bytes] = await page.evaluate(() => [
    document.documentElement.scrollWidth - document.documentElement.clientWidth,
    document.querySelector("h1").getBoundingClientRect().top,
    performance.getEntries().reduce((sum, each) => sum + (each.decodedBodySize ?? 0), 0),
  ]);
  await page.evaluate(axe);
  const found = await page.evaluate(async () =>
    (await axe.run({ resultTypes: ["violations"] })).violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html} ${any.map((each) => each.message)}`)));
  seen.push({ path, title: await page.title(), status: answer.status(), wide, below, bytes, found, said: said.splice(0) });
  if (path === link) await Promise.all([page.waitForURL(`${origin}/`), page.click("main button")]);
}
await browser.close();
process.stdout.write(JSON.stringify(seen));
