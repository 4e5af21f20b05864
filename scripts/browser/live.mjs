// What the page's scripts do in Debian's Chromium: an open page shows a change by itself, and a dropped file is sent;
// what to do on stdin, what was seen as JSON on stdout.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const { browser: executablePath, origin, link, refused, approved, dropped } = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext({ locale: "en" });
const open = await context.newPage();
const said = [];
open.on("pageerror", (error) => said.push(String(error)));
const waiting = () => open.locator("[data-action]").count();
await open.goto(origin + link);
await open.click("main button");
await open.goto(`${origin}/approvals`);
const before = await waiting();
// The page's own stream was opened before this one, and has heard where it stands as well.
await open.evaluate(() => new Promise((heard) => {
  window.loadedOnce = true;
  const events = new EventSource("/events");
  events.addEventListener("changed", () => { events.close(); heard(); });
}));
const other = await context.newPage();
await other.goto(`${origin}/approvals/${refused}`);
await Promise.all([other.waitForEvent("load"), other.click('button[value="refuse"]')]);
await open.waitForSelector(`[data-action="${refused}"]`, { state: "detached" });
const after = await waiting();
const loadedOnce = await open.evaluate(() => window.loadedOnce === true);
await open.goto(`${origin}/approvals/${approved}`);
// A slow server: the button is pressed again before the answer is there.
let posts = 0, first;
const under_way = new Promise((begun) => {
  open.route(`${origin}/approvals/*`, (route) => {
    if (route.request().method() !== "POST") return route.continue();
    posts += 1;
    if (posts > 1) return route.continue();
    first = route;
    return begun();
  });
});
await open.focus('button[value="approve"]');
await open.keyboard.press("Enter");
await under_way;
await open.keyboard.press("Enter");
const loaded = open.waitForEvent("load");
await first.continue().catch(() => said.push("the first press was given up"));
await loaded;
await open.unrouteAll();
const decided = [posts, await open.evaluate(() => document.querySelector("main").innerText)];
await open.evaluate(() => new Promise((heard) => {
  const events = new EventSource("/events");
  events.addEventListener("changed", () => { events.close(); heard(); });
}));
await other.goto(`${origin}/approvals/${approved}`);
await Promise.all([other.waitForEvent("load"), other.click('button[value="refuse"]')]);
await open.waitForFunction(() => document.querySelector('[data-line="state"]').innerText.startsWith("Refused"));
await open.goto(`${origin}/lists`);
const file = await open.evaluateHandle(([name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name, { type: "text/csv" }));
  return transfer;
}, dropped);
await open.dispatchEvent("#drop", "dragover", { dataTransfer: file });
await Promise.all([open.waitForURL(`${origin}/lists/list-*`), open.dispatchEvent("#drop", "drop", { dataTransfer: file })]);
const list = await open.evaluate(() => document.querySelector("main").innerText);
// Who signs out in one window leaves nothing to be read in another one.
await open.goto(`${origin}/approvals`);
await Promise.all([other.waitForEvent("load"), other.click("form[action='/leave'] button")]);
await open.waitForSelector(".message");
const over = await open.evaluate(() => document.querySelector("main").innerText);
await browser.close();
process.stdout.write(JSON.stringify({ before, after, decided, over, loadedOnce, list, said }));
