"""The good cases of what people answered and of whoever is never texted."""

from server.demo.rows import rows_of
from tests.e2e.good_case import Arguments, Case, contains, with_arguments
from tests.e2e.house import Facts, House, Session

_SEND: Arguments = {"recipients": ["0912345100"], "text": "您好"}


async def _answered(house: House, session: Session) -> Arguments:
    sent = await session.facts("send_sms", _SEND)
    await house.vendor.advance(31)
    await house.vendor.control("reply", mobile="0912345100", text="退訂，謝謝")
    return {"batch_id": sent["batch_id"], "refresh": True}


async def _one_is_blocked(_house: House, session: Session) -> Arguments:
    await session.facts("block_number", {"mobiles": ["0912345100"], "why": "asked by phone"})
    return {}


def _one_opted_out(facts: Facts) -> None:
    contains(facts, {"replies": 1, "opt_outs": 1, "waiting": 1})
    assert facts["conclusion"].startswith("1 reply of 1 number; 1 number opted out.")
    contains(rows_of(facts)[0], {"mobile": "0912***100", "text": "退訂，謝謝"})


def _blocked(facts: Facts) -> None:
    contains(facts, {"blocked": 1, "already": 0})


def _listed(facts: Facts) -> None:
    contains(facts, {"total": 1, "page": 1, "pages": 1})
    contains(rows_of(facts)[0], {"mobile": "0912***100", "why": "asked by phone"})


INBOX_CASES: dict[str, Case] = {
    "get_reply_summary": Case(prepare=_answered, check=_one_opted_out),
    "block_number": Case(prepare=with_arguments(mobiles=["0912345100"]), check=_blocked),
    "list_blocked": Case(prepare=_one_is_blocked, check=_listed),
}
