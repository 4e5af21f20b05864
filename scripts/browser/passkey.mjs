// Registers a passkey and approves with it in Debian's Chromium, whose authenticator is a virtual one (WebAuthn
// over the DevTools protocol); what to do on stdin, what was seen as JSON on stdout.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const { browser: executablePath, origin, link, actions, verified } = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext({ locale: "en" });
const page = await context.newPage();
const said = [];
page.on("console", (message) => message.type() === "error" && said.push(message.text()));
page.on("pageerror", (error) => said.push(String(error)));
const tools = await context.newCDPSession(page);
await tools.send("WebAuthn.enable");
const { authenticatorId } = await tools.send("WebAuthn.addVirtualAuthenticator", {
  options: {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  },
});
const shown = () => page.evaluate(() => document.querySelector("main").innerText);
await page.goto(origin + link);
await page.click("main button");
await page.goto(`${origin}/passkeys`);
await page.fill("#label", "laptop");
await Promise.all([page.waitForEvent("load"), page.click("form[data-register] button")]);
const registered = await shown();
await tools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: verified });
const seen = [];
for (const action of actions) {
  await page.goto(`${origin}/approvals/${action}`);
  const failed = page.waitForSelector("[data-failed]:not([hidden])").catch(() => null);
  const loaded = page.waitForEvent("load").catch(() => null);
  await page.click('button[name="answer"][value="approve"]');
  await Promise.race([failed, loaded]);
  seen.push(await shown());
}
await browser.close();
process.stdout.write(JSON.stringify({ registered, seen, said }));
