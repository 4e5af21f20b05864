"""The question to the person, rendered from a frozen preview alone: numbers first, then the quoted text."""

from collections.abc import Callable, Iterator
from typing import Literal

from server.gate.words.chinese import in_chinese
from server.settings.policy import ApprovalSettings
from tools.cleaning import clean, quote
from tools.mobile import mask_mobile
from tools.operation import Preview, Risk
from tools.taipei import iso

Language = Literal["en", "zh-TW"]

_TAIL = 4

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "recipients": "Recipients",
        "mobiles": "Numbers",
        "emails": "E-mail copies to",
        "parts": "Parts a message",
        "points": "Points",
        "estimate": "(estimate)",
        "left": "Points left after",
        "when": "When",
        "now": "at once",
        "target": "Id",
        "destroyed": "Messages or reports",
        "state": "Now",
        "image": "Image",
        "subject": "Subject",
        "text": "Text",
        "note": "Note",
        "to": "to",
    },
    "zh-TW": {
        "recipients": "收件人數",
        "mobiles": "號碼",
        "emails": "電子郵件副本",
        "parts": "每則拆為",
        "points": "扣點",
        "estimate": "（估計）",
        "left": "扣後餘點",
        "when": "時間",
        "now": "立即",
        "target": "編號",
        "destroyed": "則數或報表數",
        "state": "目前狀態",
        "image": "圖片",
        "subject": "主旨",
        "text": "內文",
        "note": "注意",
        "its name": "名稱",
        "its status": "狀態",
        "its error": "錯誤",
        "its starts": "啟動次數",
        "its jobs": "寄送筆數",
        "its scheduled": "預約中",
        "its total": "全部",
        "its text": "內文",
        "to": "至",
    },
}


def render(preview: Preview, language: Language) -> str:
    """The whole question as lines of text."""
    lines = _facts(preview, _WORDS[language], in_chinese if language == "zh-TW" else str)
    head = f"{in_chinese(preview.effect)}？" if language == "zh-TW" else f"{preview.effect}?"
    return "\n".join([head, *lines])


def _facts(preview: Preview, words: dict[str, str], say: Callable[[str], str]) -> Iterator[str]:
    if preview.target is not None:
        yield f"{words['target']}: {preview.target}"
    if preview.destroyed is not None:
        yield f"{words['destroyed']}: {preview.destroyed:,}"
    if preview.recipients is not None:
        yield f"{words['recipients']}: {preview.recipients:,}"
    if preview.parts is not None:
        yield f"{words['parts']}: {preview.parts}"
    yield from _money(preview, words)
    if preview.recipients is not None:
        yield f"{words['when']}: {iso(preview.send_at) if preview.send_at else words['now']}"
    if preview.first_mobile is not None:
        yield f"{words['mobiles']}: {_numbers(preview, words)}"
    if preview.emails:
        # Whole: a masked address is one that nobody can agree to.
        yield f"{words['emails']} ({len(preview.emails)}): {', '.join(map(clean, preview.emails))}"
    for name, value in (preview.details or preview.state).items():
        yield f"{words['state']}: {words.get(f'its {name}', name)} = {quote(value)}"
    yield from _texts(preview, words)
    for warning in preview.warnings:
        yield f"{words['note']}: {say(warning)}"


def _money(preview: Preview, words: dict[str, str]) -> Iterator[str]:
    if preview.points is not None:
        estimate = f" {words['estimate']}" if preview.estimate else ""
        yield f"{words['points']}: {preview.points:,f}{estimate}"
    if preview.points_left is not None:
        yield f"{words['left']}: {preview.points_left:,f}"


def _numbers(preview: Preview, words: dict[str, str]) -> str:
    first = mask_mobile(preview.first_mobile or "")
    if preview.last_mobile is None or preview.last_mobile == preview.first_mobile:
        return first
    return f"{first} {words['to']} {mask_mobile(preview.last_mobile)}"


def _texts(preview: Preview, words: dict[str, str]) -> Iterator[str]:
    if preview.image is not None:
        yield f"{words['image']}: {quote(preview.image)}"
    if preview.subject:
        yield f"{words['subject']}: {quote(preview.subject)}"
    if preview.text:
        # Whole, however long: nobody agrees to the end of a text that was cut off.
        yield f"{words['text']}: {quote(preview.text, limit=4 * len(preview.text) + 4)}"


def proof_for(preview: Preview, risk: Risk, settings: ApprovalSettings) -> str:
    """What the person must type, or '': for a DESTROY how much it destroys, else the end of its id.

    For a large send it is the number of recipients. Never more than a person types without copying.
    """
    if risk is Risk.DESTROY:
        return str(preview.destroyed or "") or (preview.target or "")[-_TAIL:]
    many = (preview.recipients or 0) > settings.typed_above_recipients
    dear = (preview.points or 0) > settings.typed_above_points
    return str(preview.recipients) if preview.recipients and (many or dear) else ""


_HINTS: dict[Language, dict[str, str]] = {
    "en": {
        "id": "Type the last 4 characters of the id to approve.",
        "destroyed": "Type the number of messages or reports to approve.",
        "count": "Type the number of recipients to approve.",
        "yes": "Tick to approve.",
    },
    "zh-TW": {
        "id": "請輸入編號的最後 4 個字元以核准。",
        "destroyed": "請輸入則數或報表數以核准。",
        "count": "請輸入收件人數以核准。",
        "yes": "勾選以核准。",
    },
}


def hint(preview: Preview, proof: str, language: Language) -> str:
    """How the field of the form is explained."""
    return _HINTS[language][_kind(preview, proof)]


def _kind(preview: Preview, proof: str) -> str:
    if not proof:
        return "yes"
    if preview.recipients is not None:
        return "count"
    return "destroyed" if preview.destroyed else "id"
