// Text goes in as text alone: what strangers wrote can be no markup.
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 600;

function node(name, attributes = {}, ...inside) {
  const made = name in SHAPES ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside.map((each) => (each instanceof Node ? each : String(each))));
  return made;
}

const SHAPES = { svg: 1, rect: 1, text: 1, path: 1, line: 1 };
const number = (value) => Number(value).toLocaleString(speaks() === "zh" ? "zh-TW" : "en");
const picture = (height, label, ...shapes) =>
  node("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": label }, ...shapes);
const bar = (x, y, width, height, colour) =>
  node("rect", { x, y, width: Math.max(width, 0), height, rx: 3, fill: `var(--${colour})` });
const label = (x, y, text, more = {}) => node("text", { x, y, ...more }, text);

// A table of an answer, row by row under the names of its columns.
function rowsOf(facts) {
  return (facts.rows || []).map((row) => ({
    ...facts.every_row,
    ...Object.fromEntries(facts.columns.map((name, at) => [name, row[at]])),
  }));
}

function cut(text, most) {
  const whole = [...text];
  return whole.length > most ? `${whole.slice(0, most - 1).join("")}…` : text;
}
