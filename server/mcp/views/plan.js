const FIGURES = [
  ["recipients", { en: "recipients", zh: "收件人數" }],
  ["points", { en: "points", zh: "點數" }],
  ["points_left", { en: "points left after it", zh: "之後剩餘點數" }],
];

function draw(facts) {
  return [
    node("h1", {}, say({ en: "A plan: nothing was sent", zh: "計畫：尚未發送" })),
    node("p", {}, facts.campaign_id),
    ...(facts.warnings || []).map((each) => node("p", { role: "alert" }, each)),
    table([
      ...FIGURES.filter(([name]) => facts[name] !== undefined).map(([name, words]) => [say(words), number(facts[name])]),
      ...(facts.ends_at ? [[say({ en: "the last one goes out", zh: "最後一則發出" }), facts.ends_at.slice(0, 16).replace("T", " ")]] : []),
      ...rowsOf(facts).map((each) => [
        say({ en: `of ${number(each.parts)} parts each`, zh: `每人 ${number(each.parts)} 則` }),
        say({ en: `${number(each.recipients)} recipients`, zh: `${number(each.recipients)} 人` }),
      ]),
    ]),
    ...excluded(Object.entries(facts.excluded || {}).filter(([, count]) => count)),
    ...texts({ en: "The longest texts, values masked", zh: "最長的簡訊（內容已遮罩）" }, facts.longest || []),
    ...texts({ en: "Costs the longest a part less", zh: "可少一則費用的寫法" }, facts.cheaper ? [facts.cheaper] : []),
    node("p", {}, say({
      en: "To start it, ask in the chat: a person then sees all of it and agrees, or not.",
      zh: "要開始發送，請在對話中提出：之後會由人看過全部內容再決定。",
    })),
  ];
}

const table = (rows) =>
  node("table", {}, ...rows.map(([name, value]) => node("tr", {}, node("th", {}, name), node("td", { class: "n" }, value))));

function excluded(reasons) {
  if (!reasons.length) return [];
  return [
    node("h2", {}, say({ en: "Who gets no text", zh: "不會發送的人" })),
    table(reasons.map(([reason, count]) => [reason.replaceAll("_", " "), number(count)])),
  ];
}

const texts = (title, all) =>
  all.length ? [node("h2", {}, say(title)), ...all.map((each) => node("pre", {}, each))] : [];
