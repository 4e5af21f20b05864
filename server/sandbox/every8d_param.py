"""1.5 personalised texts (003_): a JSON body, with a template or with a text for each recipient."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from server.sandbox.every8d_fields import parse_compact
from server.sandbox.every8d_login import RefusedError, log_in
from server.sandbox.every8d_order import Order, Recipient, place
from server.sandbox.messages import BAD_PARAMETER, BAD_SEND_TIME
from server.sandbox.vendor_call import VendorCall
from server.sandbox.world import World

_FIELDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    """A JSON object whose names have no case; numbers are taken as their text."""

    values: Mapping[str, object]

    def text(self, name: str) -> str:
        value = self.values.get(name.lower(), "")
        text = "" if value is None else str(value)
        # JSON can escape half of a surrogate pair, which no encoding can carry further.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def children(self, name: str) -> tuple["_Body", ...]:
        value = self.values.get(name.lower())
        items = cast("list[object]", value) if isinstance(value, list) else []
        return tuple(_body(item) for item in items)


def _body(value: object) -> _Body:
    if not isinstance(value, dict):
        raise RefusedError(-99, "JSON格式錯誤")
    return _Body(values={str(key).lower(): item for key, item in cast("dict[object, object]", value).items()})


def send_param(world: World, call: VendorCall) -> str:
    """1.5: Msg is the receipt of the other endpoints."""
    body = _parse(call.body)
    account = log_in(world, body.text("UID"), body.text("PWD"))
    people = body.children("RecipientDataList")
    _check(people)
    template = body.text("MSG")
    order = Order(
        endpoint=call.last_segment,
        subject=body.text("SB"),
        recipients=tuple(_recipient(person, template) for person in people),
    )
    return place(world, account, order).line(account)


def _parse(body: bytes) -> _Body:
    try:
        value: object = json.loads(body)
    except ValueError:
        raise RefusedError(-99, "JSON格式錯誤") from None
    return _body(value)


def _check(people: tuple[_Body, ...]) -> None:
    if not people:
        raise RefusedError(-41, "未輸入電話號碼")
    if any(not person.text("Mobile").strip() for person in people):
        raise RefusedError(-27, "電話號碼不得為空")
    if any(not person.text("Param") for person in people):
        raise RefusedError(-24, "簡訊內容不得為空")
    records = Counter(person.text("Mr") for person in people if person.text("Mr"))
    if any(count > 1 for count in records.values()):
        raise RefusedError(-1, "MR必須是唯一值")


def _recipient(person: _Body, template: str) -> Recipient:
    text = _fill(template, person.text("Param"))
    send_time = parse_compact(person.text("SendTime"))
    refused_with = BAD_PARAMETER if text is None else None
    if person.text("SendTime") and send_time is None:
        refused_with = BAD_SEND_TIME
    return Recipient(
        given=person.text("Mobile").strip(),
        text=text or "",
        send_time=send_time,
        name=person.text("Name"),
        record=person.text("Mr"),
        refused_with=refused_with,
    )


def _fill(template: str, param: str) -> str | None:
    """The text of one recipient; None when Param has not five fields."""
    if not template:
        return param
    values = param.split("|")
    if len(values) != _FIELDS:
        return None
    for place_in_param, value in enumerate(values, 1):
        template = template.replace(f"%field{place_in_param}%", value)
    return template
