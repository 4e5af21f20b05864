"""The vendors' accounts: the login, tried once, and the clock beside ours."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from server.command.common import person, unasked
from server.command.examining.finding import Finding, failed, off, right
from server.gate.caller import Caller
from server.parts import Parts
from server.vendors.clock import REFUSED, WARNED, minutes
from tools.desk_operation import AnyOperation
from tools.every8d.credit import QUERY_CREDIT
from tools.omis.report_queries import list_updating_reports
from tools.operation import Vendor
from tools.sentence import Sentence, sentence, together

_TRIES: dict[Vendor, AnyOperation] = {"every8d": QUERY_CREDIT, "omis": list_updating_reports}
"""What tries a login: free, and changes nothing (EVERY8D 3.1; OMIS ManageReport, Option 4)."""
_NO_LICENCE = "1000"


async def of_login(parts: Parts, vendor: Vendor, why_not: str) -> Finding:
    """One harmless question through the gate, which stops the account's calls if the login is refused.

    `why_not` says why none is asked, or is ''.
    """
    topic = sentence("{vendor} login", vendor=vendor)
    if why_not:
        return off(topic, sentence("Not tried: {reason}", reason=why_not))
    caller = Caller(principal=person(), session="doctor", can_ask=False)
    answer = await unasked(parts, _TRIES[vendor], caller)
    if answer.is_error:
        return failed(topic, told(answer.facts), _fix(vendor, answer.facts))
    return right(topic, _accepted(answer.facts))


def told(facts: Mapping[str, Any]) -> str:
    """What a vendor refused with."""
    if "vendor_code" not in facts:
        return facts["message"]
    return sentence("{message} (code {code})", message=facts["message"], code=facts["vendor_code"])


def _accepted(facts: Mapping[str, Any]) -> str:
    credit = facts.get("credit")
    if credit is None:
        return sentence("The login is accepted.")
    return sentence("The login is accepted; {points} points left.", points=f"{credit:,}")


def _fix(vendor: Vendor, facts: Mapping[str, Any]) -> str:
    following: str = facts["next"]
    if facts["code"] == "login_refused":
        stopped = sentence(
            "Calls of this account are stopped now. A corrected account is tried by itself; to try the same "
            "again, run `campaign-ops-mcp unlock {vendor}`.",
            vendor=vendor,
        )
        return together(following, stopped)
    if facts["code"] == "vendor_refused" and vendor == "omis" and facts.get("vendor_code") != _NO_LICENCE:
        first = sentence(
            "First check CAMPAIGN_OPS_OMIS__LOGIN_NAME and CAMPAIGN_OPS_OMIS__PASSWORD: OMIS documents no "
            "code for a wrong login."
        )
        return together(first, following)
    return following


def of_clock(parts: Parts, vendor: Vendor) -> Finding:
    """This machine's clock beside that of the vendor, as the answer to the login had it."""
    topic, apart = sentence("{vendor} clock", vendor=vendor), parts.vendors.apart(vendor)
    if apart is None:
        return off(topic, sentence("Not compared: the vendor did not say its time."))
    if abs(apart) <= WARNED:
        return right(topic, sentence("It and this machine's agree to 2 minutes."))
    over = sentence("Nothing is booked.") if abs(apart) > REFUSED else ""
    text = together(_apart(minutes(apart), ahead=apart > timedelta()), over)
    return failed(topic, text, sentence("Set this machine's clock."))


def _apart(by: int, *, ahead: bool) -> Sentence:
    if ahead:
        return sentence("It is {minutes:,} minutes ahead of this machine's.", minutes=by)
    return sentence("It is {minutes:,} minutes behind this machine's.", minutes=by)
