function draw(facts) {
  const days = rowsOf(facts).sort((one, other) => one.day - other.day);
  return [
    node("h1", {}, say({
      en: `${facts.month}: ${number(facts.points)} points, ${number(facts.sends)} send${facts.sends === 1 ? "" : "s"}`,
      zh: `${facts.month}：${number(facts.points)} 點，${number(facts.sends)} 次發送`,
    })),
    node("p", {}, comparison(facts)),
    ...(days.length ? byDay(days) : []),
    ...bySender(facts.senders || []),
  ];
}

function comparison(facts) {
  const apart = facts.charged - facts.told;
  const left = facts.credit_after ?? null;
  const parts = [
    say({
      en: `the vendor charged ${number(facts.charged)} for what we have as ${number(facts.told)}`
        + (apart ? ` (${apart > 0 ? "+" : ""}${number(apart)})` : ": the same"),
      zh: `廠商計 ${number(facts.charged)} 點，本機計 ${number(facts.told)} 點`
        + (apart ? `（差 ${apart > 0 ? "+" : ""}${number(apart)}）` : "，相符"),
    }),
    facts.returned ? say({ en: `${number(facts.returned)} came back`, zh: `退回 ${number(facts.returned)} 點` }) : "",
    facts.open ? say({ en: `${number(facts.open)} reserved, outcome unknown`, zh: `${number(facts.open)} 點保留中（結果不明）` }) : "",
    left === null ? "" : say({ en: `${number(left)} left`, zh: `剩 ${number(left)} 點` }),
  ];
  return parts.filter(Boolean).join(" · ");
}

function byDay(days) {
  const [left, top, width, height] = [40, 8, WIDTH - 44, 120];
  const most = Math.max(1, ...days.map((day) => Math.max(day.points, day.charged)));
  const step = width / 31;
  const tall = (value) => (height * value) / most;
  const shapes = days.flatMap((day) => {
    const x = left + (day.day - 1) * step;
    return [
      bar(x, top + height - tall(day.points), step * 0.42, tall(day.points), "scheduled"),
      bar(x + step * 0.45, top + height - tall(day.charged), step * 0.42, tall(day.charged), "delivered"),
    ];
  });
  const marks = [1, 10, 20, 31].map((day) =>
    label(left + (day - 0.5) * step, top + height + 16, day, { "text-anchor": "middle", class: "soft" }));
  const legend = [["scheduled", { en: "our ledger", zh: "本機帳" }], ["delivered", { en: "charged by the vendor", zh: "廠商計費" }]];
  return [
    node("h2", {}, say({ en: "Points by day", zh: "每日點數" })),
    picture(152, days.map((day) => `${day.day}: ${day.points} / ${day.charged}`).join(", "),
      node("line", { x1: left, x2: left + width, y1: top + height, y2: top + height, stroke: "var(--line)" }),
      label(left - 6, top + 8, number(most), { "text-anchor": "end", class: "soft" }), ...shapes, ...marks),
    node("ul", {}, ...legend.map(([colour, words]) =>
      node("li", {}, node("i", { style: `background:var(--${colour})` }), say(words)))),
  ];
}

function bySender(senders) {
  if (!senders.length) return [];
  const heads = [say({ en: "Sender", zh: "發送者" }), say({ en: "sends", zh: "次數" }), say({ en: "points", zh: "點數" }),
    say({ en: "charged", zh: "廠商計費" })];
  const row = (cells, name) => node("tr", {}, ...cells.map((cell, at) => node(name, at ? { class: "n" } : {}, cell)));
  return [
    node("h2", {}, say({ en: "By sender", zh: "依發送者" })),
    node("table", {}, row(heads, "th"),
      ...senders.map((each) => row([each.sender, ...[each.sends, each.points, each.charged].map(number)], "td"))),
  ];
}
