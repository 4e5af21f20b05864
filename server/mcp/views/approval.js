// Shows what waits for a person, and where they decide. Nothing here decides: a host may call any tool.
const OUTCOMES = {
  approval_required: { en: "A person has to agree first", zh: "需先由人核准" },
  dry_run: { en: "Only a preview, nothing was done", zh: "僅為預覽，尚未執行" },
  done: { en: "Done", zh: "已完成" },
  in_progress: { en: "It is being carried out", zh: "執行中" },
  unknown: { en: "Nobody knows yet whether it was done", zh: "結果不明" },
};
const COUNTED = [
  ["recipients", { en: "recipients", zh: "收件人數" }],
  ["destroyed", { en: "affected", zh: "影響數量" }],
  ["parts", { en: "parts each, at most", zh: "每則最多計費則數" }],
  ["points", { en: "points", zh: "點數" }],
  ["credit", { en: "points now", zh: "目前點數" }],
  ["points_left", { en: "points left after it", zh: "之後剩餘點數" }],
];
const TOLD = [
  ["target", { en: "on", zh: "對象" }],
  ["subject", { en: "subject", zh: "主旨" }],
  ["first_mobile", { en: "first number", zh: "第一個號碼" }],
  ["last_mobile", { en: "last number", zh: "最後一個號碼" }],
  ["send_at", { en: "goes out at", zh: "發送時間" }],
  ["batch_id", { en: "batch", zh: "批次" }],
];
const PAGE = /[a-z]+:\/\/localhost:\d+\/approvals\/[\w-]+/;
let refused = false;

function draw(facts) {
  const shown = facts.preview || facts;
  const page = (PAGE.exec(facts.person_does || "") || [""])[0];
  const waits = facts.outcome === "approval_required";
  return [
    node("h1", {}, `${act(shown)}${say(OUTCOMES[facts.outcome] || { en: String(facts.outcome), zh: String(facts.outcome) })}`),
    ...(facts.action_id ? [node("p", {}, facts.action_id)] : []),
    ...(shown.warnings || []).map((each) => node("p", { role: "alert" }, each)),
    ...figures(shown),
    ...(shown.text ? [node("h2", {}, say({ en: "The text", zh: "簡訊內容" })), node("pre", {}, shown.text)] : []),
    ...(waits && page ? way(page) : []),
    ...(waits ? [node("p", {}, facts.person_does || "")] : []),
  ];
}

const act = (shown) => (shown.effect ? `${shown.effect}: ` : "");

function figures(shown) {
  const counted = COUNTED.filter(([name]) => shown[name] !== undefined)
    .map(([name, words]) => [say(words), `${name === "points" && shown.estimate ? "≈ " : ""}${number(shown[name])}`]);
  const told = TOLD.filter(([name]) => shown[name]).map(([name, words]) => [say(words), shown[name]]);
  const rows = [...counted, ...told].map(([name, value]) => node("tr", {}, node("th", {}, name), node("td", {}, value)));
  return rows.length ? [node("table", {}, ...rows)] : [];
}

function way(page) {
  const button = node("button", { type: "button" }, say({ en: "Open the page to decide", zh: "開啟頁面決定" }));
  button.addEventListener("click", async () => {
    try {
      refused = Boolean((await request("ui/open-link", { url: page })).isError);
    } catch {
      refused = true;
    }
    redraw();
  });
  const no = say({ en: "The host opens no page: open this address yourself.", zh: "主程式無法開啟頁面，請自行開啟以下網址。" });
  return [button, ...(refused ? [node("p", { role: "alert" }, no)] : [])];
}
