"use strict";
// The view's half of MCP Apps: JSON-RPC with the host, over messages to the parent.
const host = { locale: "en", facts: null };
const waiting = new Map();
let lastId = 0;

const post = (message) => parent.postMessage({ jsonrpc: "2.0", ...message }, "*");

function request(method, params) {
  const id = ++lastId;
  post({ id, method, params });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

function adopt(context) {
  if (context.locale) host.locale = context.locale;
  if (context.theme) document.documentElement.dataset.theme = context.theme;
  document.documentElement.lang = speaks() === "zh" ? "zh-TW" : "en";
  redraw();
}

const speaks = () => (/^zh\b/i.test(host.locale) ? "zh" : "en");
const say = (words) => words[speaks()];

function redraw() {
  const page = document.getElementById("view");
  page.replaceChildren(...(host.facts ? draw(host.facts) : []));
  const { width, height } = document.documentElement.getBoundingClientRect();
  post({ method: "ui/notifications/size-changed", params: { width: Math.ceil(width), height: Math.ceil(height) } });
}

function factsOf(result) {
  if (result.structuredContent) return result.structuredContent;
  const text = (result.content || []).find((part) => part.type === "text");
  return text ? JSON.parse(text.text) : null;
}

addEventListener("message", (event) => {
  if (event.source !== parent || !event.data || event.data.jsonrpc !== "2.0") return;
  const { id, method, params, result, error } = event.data;
  if (method === undefined) {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (asked) error ? asked.reject(error) : asked.resolve(result);
  } else if (method === "ui/notifications/tool-result" && !params.isError) {
    host.facts = factsOf(params);
    redraw();
  } else if (method === "ui/notifications/host-context-changed") {
    adopt(params);
  } else if (id !== undefined) {
    post(method === "ui/resource-teardown" || method === "ping" ? { id, result: {} }
      : { id, error: { code: -32601, message: "unknown method" } });
  }
});

const about = { appInfo: { name: document.title, version: "1" }, appCapabilities: {}, protocolVersion: "2026-01-26" };
request("ui/initialize", about).then((started) => {
  adopt(started.hostContext || {});
  post({ method: "ui/notifications/initialized" });
});
