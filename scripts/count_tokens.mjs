// Counts o200k_base tokens: for each line, a JSON object of texts, it prints a line with an object of numbers.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("./npm/", import.meta.url));
const { getEncoding } = require("js-tiktoken");

const encoding = getEncoding("o200k_base");
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const counts = Object.entries(JSON.parse(line)).map(([name, text]) => [name, encoding.encode(text).length]);
  process.stdout.write(JSON.stringify(Object.fromEntries(counts)) + "\n");
}
