"""RESPFORMAT 1 and 2 of 2.2: JSON as newer hosts answer, XML by our own inference."""

import json
from collections.abc import Sequence
from xml.sax.saxutils import escape

from server.sandbox.state.messages import Message

_SHOWN = "%Y/%m/%d %H:%M:%S"


def _values(message: Message) -> dict[str, object]:
    return {
        "MR": message.record,
        "NAME": message.name,
        "MOBILE": message.mobile,
        "SEND_TIME": message.send_time.strftime(_SHOWN),
        "COST": float(message.cost),
        "STATUS": str(message.status),
        "REAL_COST": float(message.cost),
        "RECEIVED_TIME": message.received.strftime(_SHOWN) if message.received else "",
    }


def as_json(batch_id: str, total: int, messages: Sequence[Message]) -> str:
    """`{"SMS_COUNT":1,"BID":"…","DATA":[…]}`; DATA is absent when there are no rows."""
    answer: dict[str, object] = {"SMS_COUNT": total, "BID": batch_id}
    if messages:
        answer["DATA"] = [_values(message) for message in messages]
    return json.dumps(answer, ensure_ascii=False)


def as_xml(batch_id: str, total: int, messages: Sequence[Message]) -> str:
    """The names of the JSON form as elements; the real nesting is not public."""
    rows = "".join(f"<DATA>{_elements(_values(message))}</DATA>" for message in messages)
    head = _elements({"SMS_COUNT": total, "BID": batch_id})
    return f'<?xml version="1.0" encoding="utf-8"?><RESPONSE>{head}{rows}</RESPONSE>'


def _elements(values: dict[str, object]) -> str:
    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in values.items())
