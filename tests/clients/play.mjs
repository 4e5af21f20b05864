// Plays cases with the official TypeScript SDK over stdio. A plan comes on stdin, what the client heard goes to stdout.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(new URL("../../scripts/npm/", import.meta.url));
const { Client } = require("@modelcontextprotocol/sdk/client/index.js");
const { StdioClientTransport } = require("@modelcontextprotocol/sdk/client/stdio.js");
const { ElicitRequestSchema } = require("@modelcontextprotocol/sdk/types.js");

const { server, sandbox, cases } = JSON.parse(readFileSync(0, "utf8"));
const client = new Client({ name: "play", version: "0" }, { capabilities: { elicitation: {} } });
let person = "decline";
let asked = [];

client.setRequestHandler(ElicitRequestSchema, (request) => {
  asked.push(request.params.message);
  return person === "accept" ? { action: "accept", content: { approve: true } } : { action: person };
});

async function heard({ tool, args, says = "decline", fault = null }) {
  person = says;
  asked = [];
  if (fault !== null) {
    await fetch(`${sandbox}/_sandbox/faults`, { method: "POST", body: JSON.stringify(fault) });
  }
  try {
    const { isError = false, content, structuredContent = null } = await client.callTool({ name: tool, arguments: args });
    return { tool, asked, isError, structured: structuredContent, text: content[0].text };
  } catch (error) {
    return { tool, asked, thrown: String(error) };
  }
}

await client.connect(new StdioClientTransport({ ...server, stderr: "ignore" }));
// The SDK holds each structured answer against the schema of the listed tool.
const { tools } = await client.listTools();
const answers = [];
for (const each of cases) {
  answers.push(await heard(each));
}
await client.close();
process.stdout.write(JSON.stringify({ tools: tools.map((tool) => tool.name), answers }));
