// What pages of other origins can do to ours in Debian's Chromium; what to try on stdin, what came of it as JSON on stdout.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const { browser: executablePath, origin, link, others, path } = JSON.parse(readFileSync(0, "utf8"));
// Without the browser's own wall around this machine: not every browser has one, and ours is what is tried.
const args = ["--no-sandbox", "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"];
const browser = await chromium.launch({ executablePath, args });
const context = await browser.newContext();
const page = await context.newPage();
await page.goto(origin + link);
await Promise.all([page.waitForURL(`${origin}/`), page.click("main button")]);
await page.goto(origin + path);
// The very fields of the form that this browser was shown, as if its token had become known.
const inputs = await page.evaluate(() => {
  const button = document.querySelector("main form button");
  return [...button.form.querySelectorAll("input"), button].filter((each) => each.name)
    .map(({ name, value }) => `<input name="${name}" value="${value}">`).join("");
});
const html = `<!doctype html><iframe src="${origin}${path}"></iframe><script src="${origin}${path}"></script>
<form method="post" action="${origin}${path}">${inputs}<button>Win</button></form>`;
const seen = {};
for (const other of others) {
  const tab = await context.newPage();
  await tab.route(`${other}/**`, (route) => route.fulfill({ contentType: "text/html", body: html }));
  await tab.goto(`${other}/`);
  const framed = tab.frames()[1].url().startsWith(origin);
  const read = await tab.evaluate((url) =>
    fetch(url, { credentials: "include" }).then((answer) => answer.text()).catch(() => ""), origin + path);
  const [answer] = await Promise.all([tab.waitForResponse((each) => each.request().isNavigationRequest() && each.request().method() === "POST"), tab.click("button")]);
  seen[other] = { framed, read, status: answer.status() };
}
await browser.close();
process.stdout.write(JSON.stringify(seen));
