"""1.5 personalised texts (003_): a JSON body, with a template or with a text for each recipient."""

from collections import Counter

from server.sandbox.every8d.fields import parse_compact
from server.sandbox.every8d.json import Body, read_body
from server.sandbox.every8d.login import RefusedError
from server.sandbox.every8d.order import Order, Recipient, place
from server.sandbox.every8d.token import account_of
from server.sandbox.state.messages import BAD_PARAMETER, BAD_SEND_TIME
from server.sandbox.vendor_call import VendorCall
from server.sandbox.world import World

_FIELDS = 5


def send_param(world: World, call: VendorCall) -> str:
    """1.5: Msg is the receipt of the other endpoints."""
    body = read_body(call.body)
    account = account_of(world, call, body.text("UID"), body.text("PWD"))
    people = body.children("RecipientDataList")
    _check(people)
    template = body.text("MSG")
    order = Order(
        endpoint=call.last_segment,
        subject=body.text("SB"),
        recipients=tuple(_recipient(person, template) for person in people),
    )
    return place(world, account, order).line(account)


def _check(people: tuple[Body, ...]) -> None:
    if not people:
        raise RefusedError(-41, "未輸入電話號碼")
    if any(not person.text("Mobile").strip() for person in people):
        raise RefusedError(-27, "電話號碼不得為空")
    if any(not person.text("Param") for person in people):
        raise RefusedError(-24, "簡訊內容不得為空")
    records = Counter(person.text("Mr") for person in people if person.text("Mr"))
    if any(count > 1 for count in records.values()):
        raise RefusedError(-1, "MR必須是唯一值")


def _recipient(person: Body, template: str) -> Recipient:
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
