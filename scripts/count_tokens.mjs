// Counts the o200k_base tokens of each value of a JSON object of texts on stdin; prints an object of numbers.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(new URL("./npm/", import.meta.url));
const { getEncoding } = require("js-tiktoken");

const encoding = getEncoding("o200k_base");
const texts = JSON.parse(readFileSync(0, "utf8"));
const counts = Object.entries(texts).map(([name, text]) => [name, encoding.encode(text).length]);
process.stdout.write(JSON.stringify(Object.fromEntries(counts)));
