const STATES = {
  delivered: { en: "arrived", zh: "已送達" },
  pending: { en: "under way", zh: "等待中" },
  scheduled: { en: "booked", zh: "已預約" },
  cancelled: { en: "taken back", zh: "已取消" },
  failed_retryable: { en: "failed, worth another send", zh: "失敗，可重送" },
  failed_permanent: { en: "failed for good", zh: "失敗，勿重送" },
  unknown: { en: "unknown", zh: "不明" },
};
const CAUSES = {
  101: "手機關機、收不到訊號或簡訊功能異常", 102: "電信網路異常", 103: "空號或停話", 104: "電信業者黑名單",
  105: "手機設備異常", 106: "系統發送異常", 107: "手機關機、收不到訊號或簡訊功能異常", 301: "點數不足",
  500: "未開放國際簡訊", "-1": "參數錯誤", "-2": "帳號或密碼錯誤", "-3": "號碼錯誤或拒收", "-4": "預約時間已過 24 小時",
  "-5": "簡訊過長", "-6": "預約時間格式錯誤", "-8": "簡訊格式錯誤", "-10": "手機不支援多媒體簡訊",
};
const SHARES = [10, 25, 50, 75, 90, 95, 100];

const of = (counts) => Object.values(counts).reduce((sum, many) => sum + many, 0);

function draw(facts) {
  const all = of(facts.counts);
  const arrived = facts.counts.delivered || 0;
  const share = all ? Math.floor((100 * arrived) / all) : 0;
  return [
    node("h1", {}, say({
      en: `${number(arrived)} of ${number(all)} arrived (${share}%)`,
      zh: `${number(all)} 則中 ${number(arrived)} 則已送達（${share}%）`,
    })),
    node("p", {}, [facts.batch_id, facts.sent_at, spent(facts)].filter(Boolean).join(" · ")),
    ...states(facts.counts, all),
    ...curve(facts),
    ...causes(facts),
  ];
}

function spent(facts) {
  const lost = facts.points_for_nothing;
  return say({
    en: `${number(facts.points)} points${lost ? `, ${number(lost)} of them for nothing` : ""}`,
    zh: `${number(facts.points)} 點${lost ? `，其中 ${number(lost)} 點未送達` : ""}`,
  });
}

function states(counts, all) {
  const there = Object.keys(STATES).filter((state) => counts[state]);
  let x = 0;
  const bars = there.map((state) => {
    const width = (WIDTH * counts[state]) / all;
    const drawn = bar(x, 0, width - 2, 26, state);
    x += width;
    return drawn;
  });
  const told = there.map((state) =>
    node("li", {}, node("i", { style: `background:var(--${state})` }), `${say(STATES[state])} ${number(counts[state])}`));
  return [
    node("h2", {}, say({ en: "By state", zh: "各狀態" })),
    picture(26, told.map((each) => each.textContent).join(", "), ...bars),
    node("ul", {}, ...told),
  ];
}

function curve(facts) {
  const times = facts.arrived_within_s;
  if (!times || !times.length) return [];
  const [left, top, width, height] = [34, 6, WIDTH - 44, 110];
  const last = times[times.length - 1] || 1;
  const at = (time, share) => [left + (width * time) / last, top + height - (height * share) / 100];
  const points = [at(0, 0), ...times.map((time, index) => at(time, SHARES[index]))];
  const line = points.map(([x, y], index) => `${index ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
  const grid = [0, 50, 100].flatMap((share) => {
    const y = at(0, share)[1];
    return [
      node("line", { x1: left, x2: left + width, y1: y, y2: y, stroke: "var(--line)" }),
      label(left - 6, y + 4, `${share}%`, { "text-anchor": "end", class: "soft" }),
    ];
  });
  const [half, most] = [facts.median_s, facts.p95_s];
  const told = say({
    en: `half within ${lasting(half)}, 95% within ${lasting(most)}`,
    zh: `半數在 ${lasting(half)}內，95% 在 ${lasting(most)}內`,
  });
  return [
    node("h2", {}, say({ en: "Arrival over time", zh: "送達時間" })),
    picture(142, told, ...grid,
      node("path", { d: line, fill: "none", stroke: "var(--delivered)", "stroke-width": 2.5 }),
      label(left, top + height + 18, "0", { class: "soft" }),
      label(left + width, top + height + 18, lasting(last), { "text-anchor": "end", class: "soft" })),
    node("p", {}, told),
  ];
}

function lasting(seconds) {
  const [many, en, zh] = seconds < 120 ? [seconds, "s", "秒"]
    : seconds < 7200 ? [Math.round(seconds / 60), "min", "分鐘"] : [Math.round(seconds / 3600), "h", "小時"];
  return say({ en: `${number(many)} ${en}`, zh: `${number(many)} ${zh}` });
}

function causes(facts) {
  const failed = rowsOf(facts).filter((row) => String(row.state).startsWith("failed"));
  if (!failed.length) return [];
  const most = Math.max(...failed.map((row) => row.count));
  const shapes = failed.flatMap((row, index) => {
    const y = index * 40;
    const cause = speaks() === "zh" && CAUSES[row.code] ? CAUSES[row.code] : row.meaning;
    return [
      label(0, y + 12, cut(`${cause} (${row.code ?? "–"})`, 80)),
      bar(0, y + 18, ((WIDTH - 70) * row.count) / most, 14, row.state),
      label(WIDTH, y + 30, number(row.count), { "text-anchor": "end" }),
    ];
  });
  return [
    node("h2", {}, say({ en: "Failures by cause", zh: "失敗原因" })),
    picture(failed.length * 40, failed.map((row) => `${row.meaning}: ${row.count}`).join(", "), ...shapes),
  ];
}
