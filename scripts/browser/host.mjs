// The official host half of MCP Apps, in a page: shows one view in a frame and hands it a tool's result.
import { AppBridge, PostMessageTransport } from "@modelcontextprotocol/ext-apps/app-bridge";

const RULES = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

window.show = async ({ html, result, context }) => {
  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts";
  frame.style = "border:0;width:640px;height:200px";
  document.body.replaceChildren(frame);
  const bridge = new AppBridge(null, { name: "Host", version: "1" }, { openLinks: {} }, { hostContext: context });
  window.asked = [];
  bridge.onopenlink = async ({ url }) => {
    window.asked.push({ method: "ui/open-link", params: { url } });
    return {};
  };
  const sized = new Promise((resolve) => {
    bridge.onsizechange = ({ height }) => {
      frame.style.height = `${height}px`;
      if (window.handed) resolve(height);
    };
  });
  const ready = new Promise((resolve) => (bridge.oninitialized = resolve));
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
  frame.srcdoc = html.replace("<head>", `<head><meta http-equiv="Content-Security-Policy" content="${RULES}">`);
  await ready;
  window.handed = true;
  window.bridge = bridge;
  await bridge.sendToolResult(result);
  return sized;
};

window.change = (context) => window.bridge.setHostContext(context);
window.end = () => window.bridge.teardownResource({});
