"""Whom the vendor itself left out of a send: who had the same text within 24 hours (EVERY8D 1.3)."""

from collections.abc import Sequence

from server.store.actions import Action
from tools.desk.retry import RETRY_SAFELY
from tools.every8d.send_sms_deduplicated import SEND_SMS_DEDUPLICATED, skipped_in
from tools.every8d.sent import Addressed

_BY_13 = (SEND_SMS_DEDUPLICATED.name, RETRY_SAFELY.name)


def was_skipped(action: Action, mobile: str) -> bool | None:
    """Whether the vendor said that this number (E.164) was left out; None where its answer is not kept."""
    if action.tool not in _BY_13:
        return False
    return bool(skipped_in(action.vendor_answer, (mobile,))) if action.vendor_answer else None


def who_got_it(action: Action, messages: Sequence[Addressed]) -> Sequence[Addressed]:
    """The messages without those that the vendor left out. Without its answer they all stay."""
    if action.tool not in _BY_13:
        return messages
    skipped = skipped_in(action.vendor_answer, [each.mobile for each in messages])
    return [each for each in messages if each.mobile not in skipped]
