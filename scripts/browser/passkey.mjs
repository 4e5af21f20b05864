// Registers passkeys and approves with them in Debian's Chromium, whose authenticators are virtual ones (WebAuthn
// over the DevTools protocol); what to do on stdin, what was seen as JSON on stdout.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const { browser: executablePath, origin, link, steps } = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext({ locale: "en" });
const page = await context.newPage();
const said = [];
page.on("console", (message) => message.type() === "error" && said.push(message.text()));
page.on("pageerror", (error) => said.push(String(error)));
const tools = await context.newCDPSession(page);
await tools.send("WebAuthn.enable");
const devices = {};
const add = async (name) => {
  const { authenticatorId } = await tools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: Object.keys(devices).length ? "usb" : "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: false,
    },
  });
  devices[name] = authenticatorId;
};
// The one that a person touches; the others lie there.
const touch = async (name) => {
  for (const [each, authenticatorId] of Object.entries(devices)) {
    await tools.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: each === name });
  }
};
let making;
await page.exposeFunction("touchTheRightOne", (what) => touch(what === "create" ? making.register : making.agree));
await page.addInitScript(() => {
  for (const what of ["get", "create"]) {
    const asked = navigator.credentials[what].bind(navigator.credentials);
    navigator.credentials[what] = async (options) => {
      if (location.pathname === "/passkeys") await window.touchTheRightOne(what);
      return asked(options);
    };
  }
});
const shown = () => page.evaluate(() => document.querySelector("main").innerText);
const pressed = async (button) => {
  const failed = page.waitForSelector("[data-failed]:not([hidden])").catch(() => null);
  const loaded = page.waitForEvent("load").catch(() => null);
  await page.click(button);
  await Promise.race([failed, loaded]);
  return shown();
};
await page.goto(origin + link);
await page.click("main button");
const seen = [];
for (const step of steps) {
  if (step.register) {
    making = step;
    await add(step.register);
    await page.goto(`${origin}/passkeys`);
    await page.fill("#label", step.register);
    seen.push(await pressed("form[data-register] button"));
  } else if (step.lose) {
    await tools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: devices[step.lose] });
    delete devices[step.lose];
  } else {
    const authenticatorId = devices[step.with];
    await tools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: step.verified !== false });
    await touch(step.with);
    await page.goto(`${origin}/approvals/${step.approve}`);
    seen.push(await pressed('button[name="answer"][value="approve"]'));
  }
}
await browser.close();
process.stdout.write(JSON.stringify({ seen, said }));
