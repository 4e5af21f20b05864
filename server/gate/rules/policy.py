"""The operator's rules for one call, in a fixed order. No argument of a tool can change or skip one.

Caps over time (a day, a month) are the ledger's: they are reserved in the transaction that claims.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import phonenumbers

from server.gate.rules.blocked_file import read_blocked_file
from server.gate.rules.text_scan import (
    find_hosts,
    find_phone_numbers,
    find_unreadable,
    international,
    normalise_host,
)
from server.settings.layers import name_of
from server.settings.policy import PolicySettings, QuietHours
from tools.cleaning import quote
from tools.email_address import domain_of, mask_email
from tools.mobile import mask_mobile
from tools.operation import Risk
from tools.problems import Problem
from tools.sentence import sentence, together
from tools.taipei import as_taipei

_SHOWN = 3

Blocked = Callable[[tuple[str, ...]], tuple[str, ...]]
"""Which of these numbers (E.164) the table of blocked numbers holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What a call is about to do, as far as the rules care."""

    tool: str
    risk: Risk
    recipients: tuple[str, ...] = ()
    """E.164, each once."""
    emails: tuple[str, ...] = ()
    """Each address that gets a copy, normalised."""
    texts: tuple[str, ...] = ()
    """Each different text as it would go out."""
    points: Decimal | None = None
    """None while the price is not looked up, and where there is none: the cap then cannot apply."""
    send_at: datetime | None = None
    """None means at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One rule that a call breaks."""

    rule: str
    setting: str
    """The setting's full name: `CAMPAIGN_OPS_POLICY__POINTS_PER_CALL`."""
    limit: str
    """What the rule allows."""
    asked: str
    """What the call wants: numbers masked, anything out of a text quoted and cut."""
    retryable: bool = False
    """Whether the same call can pass later."""


def check_rules(
    intent: Intent, policy: PolicySettings, *, now: datetime, blocked: Blocked
) -> Violation | None:
    """Return the first rule that the call breaks, or None.

    The order: disabled tools, read-only, blocked numbers, countries, e-mail copies, points and
    recipients a call, quiet hours, required sender name, URL hosts and phone numbers in the
    texts. `blocked` is asked about all recipients; what it raises passes through, and nothing is
    allowed then.
    """
    return next(_violations(intent, policy, now, blocked), None)


def _violations(
    intent: Intent, policy: PolicySettings, now: datetime, blocked: Blocked
) -> Iterator[Violation]:
    yield from _tool(intent, policy)
    yield from _blocked(intent, policy, blocked)
    yield from _countries(intent, policy)
    yield from _emails(intent.emails, policy.allowed_email_domains)
    yield from _caps(intent, policy)
    if policy.quiet_hours and intent.risk is Risk.SPEND:
        yield from _quiet(intent.send_at or now, policy.quiet_hours)
    yield from _sender(intent.texts, policy.required_sender_name.strip())
    yield from _hosts(intent.texts, policy.allowed_url_hosts)
    yield from _phones(intent.texts, policy.allowed_phone_numbers)


def text_violations(texts: tuple[str, ...], policy: PolicySettings) -> list[Violation]:
    """Return all rules on texts that these break: sender name, links, numbers."""
    return [
        *_sender(texts, policy.required_sender_name.strip()),
        *_hosts(texts, policy.allowed_url_hosts),
        *_phones(texts, policy.allowed_phone_numbers),
    ]


def _broken(rule: str, field_name: str, limit: str, asked: str, *, retryable: bool = False) -> Violation:
    setting = name_of(("policy", field_name))
    return Violation(rule=rule, setting=setting, limit=limit, asked=asked, retryable=retryable)


def _tool(intent: Intent, policy: PolicySettings) -> Iterator[Violation]:
    if intent.tool in policy.disabled_tools:
        yield _broken("disabled tools", "disabled_tools", sentence("every other tool"), intent.tool)
    if policy.read_only and intent.risk is not Risk.READ:
        yield _broken(
            "read-only", "read_only", sentence("tools that only look"), f"{intent.tool} ({intent.risk})"
        )


def _blocked(intent: Intent, policy: PolicySettings, blocked: Blocked) -> Iterator[Violation]:
    rule = "blocked numbers"
    if found := set(intent.recipients) & set(policy.blocked_numbers):
        yield _broken(rule, "blocked_numbers", sentence("none of them"), _masked(found))
    if policy.blocked_numbers_file and (intent.recipients or intent.risk is Risk.SPEND):
        file = read_blocked_file(policy.blocked_numbers_file)
        if file.problem:
            asked = sentence("a send, but {problem}", problem=file.problem)
            yield _broken(rule, "blocked_numbers_file", sentence("sends while the list is complete"), asked)
        if found := set(intent.recipients) & file.numbers:
            yield _broken(rule, "blocked_numbers_file", sentence("none of them"), _masked(found))
    if intent.recipients and (found := blocked(intent.recipients)):
        yield Violation(
            rule=rule,
            setting=sentence("the list of blocked numbers"),
            limit=sentence("none of them"),
            asked=_masked(found),
        )


def _countries(intent: Intent, policy: PolicySettings) -> Iterator[Violation]:
    if not policy.countries:
        return
    outside = {
        number: code for number in intent.recipients if (code := country_of(number)) not in policy.countries
    }
    if outside:
        codes = ", ".join(sorted(set(outside.values())))
        yield _broken("countries", "countries", ", ".join(policy.countries), f"{codes} ({_masked(outside)})")


def _emails(emails: tuple[str, ...], allowed: tuple[str, ...]) -> Iterator[Violation]:
    strange = [email for email in emails if domain_of(email) not in allowed]
    if strange:
        limit = (
            sentence("copies to {domains}", domains=", ".join(allowed))
            if allowed
            else sentence("no copy by e-mail")
        )
        asked = _quoted([mask_email(email) for email in strange])
        yield _broken("e-mail copies", "allowed_email_domains", limit, asked)


def country_of(number: str) -> str:
    """The country of a number (ISO 3166), or `unknown`."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or "unknown"
    except phonenumbers.NumberParseException:
        return "unknown"


def _caps(intent: Intent, policy: PolicySettings) -> Iterator[Violation]:
    yield from check_size(intent.points, len(intent.recipients), policy)


def check_size(points: Decimal | None, count: int, policy: PolicySettings) -> Iterator[Violation]:
    """The rules on the size of one call that it breaks."""
    cap = policy.points_per_call
    if points is not None and cap is not None and (points.is_nan() or points > cap):
        yield _broken("points per call", "points_per_call", _points(cap), _points(points))
    most = policy.recipients_per_call
    if most is not None and count > most:
        yield _broken("recipients per call", "recipients_per_call", _recipients(most), _recipients(count))


def _points(points: Decimal) -> str:
    return sentence("{points} points", points=str(points))


def _recipients(count: int) -> str:
    return sentence("{count} recipients", count=count)


def _quiet(moment: datetime, hours: QuietHours) -> Iterator[Violation]:
    local = as_taipei(moment).astimezone(ZoneInfo(hours.time_zone))
    start, end, at = (time.replace(tzinfo=None) for time in (hours.start, hours.end, local.time()))
    quiet = start <= at < end if start < end else at >= start or at < end
    if quiet:
        asked = sentence("a send at {time}", time=f"{local:%Y-%m-%d %H:%M}")
        limit = sentence("sends outside {span}", span=span_of(hours))
        yield _broken("quiet hours", "quiet_hours", limit, asked, retryable=True)


def span_of(hours: QuietHours) -> str:
    """The hours in which nothing is sent, for people."""
    return f"{hours.start:%H:%M} to {hours.end:%H:%M} ({hours.time_zone})"


def quiet_span(policy: PolicySettings) -> str:
    """The quiet hours as such a span; '' where there are none."""
    return "" if policy.quiet_hours is None else span_of(policy.quiet_hours)


def _sender(texts: tuple[str, ...], name: str) -> Iterator[Violation]:
    lacking = sum(name not in text for text in texts) if name else 0
    if lacking:
        asked = sentence("{count} of {all} texts without it", count=lacking, all=len(texts))
        yield _broken(
            "sender name",
            "required_sender_name",
            sentence("texts with {name}", name=quote(name, limit=40)),
            asked,
        )


def _hosts(texts: tuple[str, ...], allowed: tuple[str, ...] | None) -> Iterator[Violation]:
    if allowed is None:
        return
    hosts = {host for entry in allowed if (host := entry_host(entry))}
    found = dict.fromkeys(host for text in texts for host in find_hosts(text))
    strange = [host for host in found if not any(host == ok or host.endswith("." + ok) for ok in hosts)]
    if strange:
        limit = ", ".join(sorted(hosts)) or sentence("no URL")
        yield _broken("URLs in texts", "allowed_url_hosts", limit, _quoted(strange))
    if unread := dict.fromkeys(name for text in texts for name in find_unreadable(text)):
        asked = sentence("a link that cannot be read further at {place}", place=_few(list(unread)))
        yield _broken("URLs in texts", "allowed_url_hosts", sentence("links that can be read whole"), asked)


def entry_host(entry: str) -> str:
    """The host of an entry that may be written as a URL or as `*.shop.tw`."""
    place = entry.strip().rpartition("://")[2].partition("/")[0]
    return normalise_host(place.removeprefix("*.").partition(":")[0])


def _phones(texts: tuple[str, ...], allowed: tuple[str, ...] | None) -> Iterator[Violation]:
    if allowed is None:
        return
    fine = {_comparable(entry) for entry in allowed}
    found = dict.fromkeys(number for text in texts for number in find_phone_numbers(text))
    strange = [number for number in found if international(number) not in fine]
    if strange:
        limit = _masked(allowed) if allowed else sentence("no phone number")
        yield _broken("phone numbers in texts", "allowed_phone_numbers", limit, _masked(strange))


def _comparable(entry: str) -> str:
    found = find_phone_numbers(entry)
    return international(found[0] if found else "".join(filter(str.isdigit, entry)))


def _masked(numbers: Collection[str]) -> str:
    return _few([mask_mobile(number) for number in sorted(numbers)])


def _quoted(texts: Collection[str]) -> str:
    return _few([quote(text, limit=60) for text in texts])


def _few(shown: list[str]) -> str:
    rest = len(shown) - _SHOWN
    named = ", ".join(shown[:_SHOWN])
    return sentence("{named} and {count} more", named=named, count=rest) if rest > 0 else named


def to_problem(violation: Violation, nothing: str) -> Problem:
    """The refusal in our words: the rule, its setting, both figures, and `nothing` at the end."""
    return Problem(
        code="policy_refused",
        message=together(
            sentence(
                "The rule on {rule} ({setting}) allows {limit}; this call asks for {asked}.",
                rule=_RULES.get(violation.rule, violation.rule),
                setting=violation.setting,
                limit=violation.limit,
                asked=violation.asked,
            ),
            nothing,
        ),
        next=_NEXT.get(
            violation.rule,
            sentence("Stay within the rule. Only the operator can change it, in the settings."),
        ),
        retryable=violation.retryable,
    )


_NEXT = {
    "blocked numbers": sentence(
        "Leave these numbers out. They are not to be contacted, and nothing overrides that."
    ),
    "e-mail copies": sentence("Leave out email. Only the operator can allow a domain, in the settings."),
    "quiet hours": sentence("Book the send for a time outside the quiet hours, or call again then."),
}
_RULES = {
    str(each): each
    for each in (
        sentence("disabled tools"),
        sentence("read-only"),
        sentence("blocked numbers"),
        sentence("countries"),
        sentence("e-mail copies"),
        sentence("points per call"),
        sentence("recipients per call"),
        sentence("quiet hours"),
        sentence("sender name"),
        sentence("URLs in texts"),
        sentence("phone numbers in texts"),
    )
}
"""How each rule is called, by its name in the audit."""
