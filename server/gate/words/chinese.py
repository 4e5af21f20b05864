"""The sentences of a preview in Traditional Chinese: each English pattern of ours with its translation."""

import re

_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"Send an SMS", "發送簡訊"),
    (r"Send an SMS to one number", "發送簡訊給單一門號"),
    (r"Send personalized SMS", "發送個人化簡訊"),
    (r"Send an MMS", "發送 MMS 簡訊"),
    (r"Repeat an SMS send safely", "安全重送簡訊（已收到者不重複）"),
    (r"Erase a booked SMS batch", "刪除預約簡訊"),
    (r"Erase a booked MMS batch", "刪除預約 MMS 簡訊"),
    (r"Delete a report of OMIS", "刪除 OMIS 報表"),
    (r"Refresh all reports of a period on OMIS", "更新 OMIS 某段期間的所有報表"),
    (r"Resume a launch of OMIS", "解除暫停 OMIS 任務"),
    (r"Resume a job of OMIS", "解除暫停 OMIS 寄送"),
    (r"Terminate a launch of OMIS", "終止 OMIS 任務"),
    (r"Terminate a job of OMIS", "終止 OMIS 寄送"),
    (r"Delete a launch of OMIS", "刪除 OMIS 任務"),
    (r"Delete a job of OMIS", "刪除 OMIS 寄送"),
    (r"Restart a job of OMIS", "重新啟動 OMIS 寄送"),
    (
        r"A URL or phone number in the text must be registered \(rule since 2024-11-18\)\.",
        "內文的網址或電話號碼須事先登錄（2024-11-18 起的規定）。",
    ),
    (
        r"Carriers block texts without the registered sender name \(rule since 2025-11-01\)\.",
        "內文沒有已登錄的發送者名稱，電信業者會攔阻（2025-11-01 起的規定）。",
    ),
    (
        r"The text holds what looks like a placeholder \((.+)\): it goes out as it stands\.",
        "內文似有未代入的變數（如 %field1%、{{name}}），將照原樣發出。",
    ),
    (
        r"The text holds what looks like HTML \((.+)\): it goes out as it stands\.",
        "內文似有 HTML（如 &amp;、<br>），將照原樣發出。",
    ),
    (
        r"The text holds what looks like an escape \((.+)\): it goes out as it stands\.",
        r"內文似有跳脫字元（如 \\n），將照原樣發出。",
    ),
    (r"The text holds characters that cannot be seen: (.+)\.", r"內文含有看不見的字元：\1。"),
    (
        r"Repeated entries dropped: (\d+)\. Nobody gets the same message twice\.",
        r"已略過 \1 筆重複的收件人，沒有人會收到兩次。",
    ),
    (
        r"Numbers abroad: (\d+)\. They cost three times as much, and the account must allow them\.",
        r"國際門號 \1 個，以三倍點數計價，且帳號須開啟國際簡訊。",
    ),
    (r"The booking can be erased with (\w+) until (.+)\.", r"在 \2 之前可用 \1 刪除此預約。"),
    (
        r"The subject is longer than (\d+) characters: newer platforms may cut or refuse it\.",
        r"主旨超過 \1 字，新版平台可能截斷或拒絕。",
    ),
    (
        r"The vendor gives no price above (\d+) characters: the points are an estimate\.",
        r"超過 \1 字的計價未載於文件，點數為估計。",
    ),
    (
        r"Points and recipients are the most it can be: who had the text already is skipped\.",
        "點數與人數為上限：已收到的人會略過。",
    ),
    (r"Messages to a number that gets another one too: (\d+)\.", r"同一門號會收到多則，共 \1 則。"),
    (
        r"Different texts that are not shown here: (\d+)\. (`.+`) shows all\.",
        r"另有 \1 種內文未列於此；\2 可顯示全部。",
    ),
    (
        r"The send times differ; those without one are sent at once\.",
        "各筆發送時間不同；未指定者立即發送。",
    ),
    (
        r"Booked messages that would never be sent: (\d+) of (\d+)\.",
        r"將不會發送的預約：\2 則中的 \1 則。",
    ),
    (
        r"Booked messages that would never be sent: (\d+) of (\d+)\. Points that come back: about ([\d.]+)\.",
        r"將不會發送的預約：\2 則中的 \1 則；約回補 \3 點。",
    ),
    (r"Not all messages of the batch could be looked at\.", "未能檢視此批次的全部訊息。"),
    (
        r"Sending (?:goes on|starts again) and costs points; .+ no cap on points or recipients applies\.",
        "寄送將繼續並扣點；OMIS 未提供收件人數，故點數與人數上限均不適用。",
    ),
    (r"A terminated (?:launch|job) cannot be resumed\.", "終止後無法恢復。"),
    (
        r"The (?:launch|job)'s record disappears and cannot be brought back\.",
        "紀錄將消失，無法復原。",
    ),
    (
        r"The report disappears with all its types and cannot be brought back\.",
        "報表及其所有種類將消失，無法復原。",
    ),
    (r"From (.+) to (.+), Taipei time\. Every type of report\.", r"自 \1 至 \2（台北時間），所有報表種類。"),
    (r"From (.+) to (.+), Taipei time\. The types (.+)\.", r"自 \1 至 \2（台北時間），種類 \3。"),
    (
        r"This machine's clock and the vendor's are ([\d,]+) minutes apart: .+\.",
        r"本機時鐘與廠商相差 \1 分鐘，所示時間可能與實際不符。",
    ),
    (
        r"Use rarely: the vendor says that it loads its database, and it cannot be stopped\.",
        "請少用：廠商表示會加重資料庫負擔，且無法中止。",
    ),
)
_UNITS = (("hour", "小時"), ("minute", "分鐘"))
_REPEATS: tuple[tuple[str, str], ...] = (
    *(
        (
            rf"(\d+) of these (\d+) had the same text (\d+) {unit}s? ago \({whose}\)\.",
            rf"這 \2 則中有 \1 則在 \3 {word}前已發送相同內文（{named}）。",
        )
        for unit, word in _UNITS
        for whose, named in (("action (.+)", r"動作 \4"), ("another caller's", "其他使用者"))
    ),
    *(
        (
            rf"(\d+) of these (\d+) may have had the same text (\d+) {unit}s? ago: .+ of {whose} is .+\.",
            rf"這 \2 則中有 \1 則可能在 \3 {word}前已發送相同內文：{named}的結果不明。",
        )
        for unit, word in _UNITS
        for whose, named in (("action (.+)", r"動作 \4 "), ("another caller's send", "其他使用者的發送"))
    ),
    *(
        (
            rf"(\d+) of these (\d+) have the same text booked for (.+) \({whose}\)\.",
            rf"這 \2 則中有 \1 則已預約於 \3 發送相同內文（{named}）。",
        )
        for whose, named in (("action (.+)", r"動作 \4"), ("another caller's", "其他使用者"))
    ),
    (r"Earlier sends of the same text that are not listed: (\d+)\.", r"另有 \1 次相同內文的發送未列出。"),
)
_COMPILED = tuple((re.compile(pattern), translation) for pattern, translation in (*_SENTENCES, *_REPEATS))


def in_chinese(sentence: str) -> str:
    """Our sentence in Traditional Chinese; one that has no translation stays as it is."""
    for pattern, translation in _COMPILED:
        found = pattern.fullmatch(sentence)
        if found is not None:
            return found.expand(translation)
    return sentence
