const COURSES = {
  planned: { en: "planned, nothing sent", zh: "已規劃，尚未發送" },
  running: { en: "being sent", zh: "發送中" },
  holding: { en: "holding after its trial", zh: "試發後等候放行" },
  paused: { en: "paused", zh: "已暫停" },
  booked: { en: "booked at the vendor", zh: "已在廠商預約" },
  done: { en: "done", zh: "已完成" },
  cancelled: { en: "cancelled", zh: "已取消" },
};
const PARTS = [
  ["delivered", "delivered", { en: "arrived", zh: "已送達" }],
  ["on_the_way", "pending", { en: "with the vendor", zh: "已交給廠商" }],
  ["not_delivered", "failed_retryable", { en: "did not arrive", zh: "未送達" }],
  ["sending", "scheduled", { en: "being handed over", zh: "交付中" }],
  ["unknown", "unknown", { en: "outcome unknown", zh: "結果不明" }],
  ["failed", "failed_permanent", { en: "certainly not sent", zh: "確定未發送" }],
  ["left_out", "cancelled", { en: "left out", zh: "略過" }],
  ["waiting", "line", { en: "waiting", zh: "待發送" }],
];
const EVERY_MS = 5000;
let next = 0;
let refused = "";

function draw(facts) {
  clearTimeout(next);
  if (facts.state === "running" && !refused) next = setTimeout(() => look(facts), EVERY_MS);
  const out = facts.sent + facts.unknown;
  return [
    node("h1", {}, `${facts.name}: ${say(COURSES[facts.state] || { en: facts.state, zh: facts.state })}`),
    node("p", {}, say({
      en: `${number(out)} of ${number(facts.recipients)} are out · ${number(facts.points)} points · ${facts.campaign_id}`,
      zh: `${number(facts.recipients)} 則中已發出 ${number(out)} 則 · ${number(facts.points)} 點 · ${facts.campaign_id}`,
    })),
    ...progress(facts),
    ...(facts.state === "running" ? [pause(facts)] : []),
    ...(refused ? [node("p", { role: "alert" }, refused)] : []),
  ];
}

function progress(facts) {
  const counts = { ...facts, on_the_way: Math.max(facts.sent - facts.delivered - facts.not_delivered, 0) };
  const there = PARTS.filter(([name]) => counts[name]);
  const all = there.reduce((sum, [name]) => sum + counts[name], 0) || 1;
  let x = 0;
  const bars = there.map(([name, colour]) => {
    const width = (WIDTH * counts[name]) / all;
    const drawn = bar(x, 0, width - 2, 26, colour);
    x += width;
    return drawn;
  });
  const told = there.map(([name, colour, words]) =>
    node("li", {}, node("i", { style: `background:var(--${colour})` }), `${say(words)} ${number(counts[name])}`));
  return [
    node("h2", {}, say({ en: "How far it is", zh: "進度" })),
    picture(26, told.map((each) => each.textContent).join(", "), ...bars),
    node("ul", {}, ...told),
  ];
}

function pause(facts) {
  const button = node("button", { type: "button" }, say({ en: "Pause it", zh: "暫停" }));
  button.addEventListener("click", async () => {
    button.disabled = true;
    await asked("pause_campaign", facts);
    await look(facts);
  });
  return button;
}

async function look(facts) {
  const found = await asked("get_campaign", facts);
  if (found) host.facts = found;
  redraw();
}

// A host need not let a view call tools: then the last answer stands.
async function asked(name, facts) {
  try {
    const result = await request("tools/call", { name, arguments: { campaign_id: facts.campaign_id } });
    if (!result.isError) return factsOf(result);
  } catch {
    // Told below.
  }
  refused = say({ en: "It could not be asked from here: ask in the chat.", zh: "無法從此處執行，請在對話中提出。" });
  return null;
}
