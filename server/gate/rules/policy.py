"""The operator's rules for one call, in a fixed order. No argument of a tool can change or skip one.

Caps over time (a day, a month) are the ledger's: they are reserved in the transaction that claims.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
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
from server.settings.policy import PolicySettings, QuietHours
from tools.cleaning import quote
from tools.email_address import domain_of, mask_email
from tools.mobile import mask_mobile
from tools.operation import Risk
from tools.problems import Problem
from tools.sentence import Sentence, plural, sentence
from tools.taipei import as_taipei

_PREFIX = "CAMPAIGN_OPS_POLICY__"
_SHOWN = 3
_WINDOW = timedelta(seconds=60)

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


def _broken(rule: str, field_name: str, limit: str, asked: str, *, retryable: bool = False) -> Violation:
    setting = _PREFIX + field_name.upper()
    return Violation(rule=rule, setting=setting, limit=limit, asked=asked, retryable=retryable)


def _tool(intent: Intent, policy: PolicySettings) -> Iterator[Violation]:
    if intent.tool in policy.disabled_tools:
        yield _broken("disabled tools", "disabled_tools", "every other tool", intent.tool)
    if policy.read_only and intent.risk is not Risk.READ:
        yield _broken("read-only", "read_only", "tools that only look", f"{intent.tool} ({intent.risk})")


def _blocked(intent: Intent, policy: PolicySettings, blocked: Blocked) -> Iterator[Violation]:
    rule = "blocked numbers"
    if found := set(intent.recipients) & set(policy.blocked_numbers):
        yield _broken(rule, "blocked_numbers", "none of them", _masked(found))
    if policy.blocked_numbers_file and (intent.recipients or intent.risk is Risk.SPEND):
        file = read_blocked_file(policy.blocked_numbers_file)
        if file.problem:
            asked = f"a send, but {file.problem}"
            yield _broken(rule, "blocked_numbers_file", "sends while the list is complete", asked)
        if found := set(intent.recipients) & file.numbers:
            yield _broken(rule, "blocked_numbers_file", "none of them", _masked(found))
    if intent.recipients and (found := blocked(intent.recipients)):
        yield Violation(
            rule=rule, setting="the list of blocked numbers", limit="none of them", asked=_masked(found)
        )


def _countries(intent: Intent, policy: PolicySettings) -> Iterator[Violation]:
    if not policy.countries:
        return
    outside = {
        number: code for number in intent.recipients if (code := _country(number)) not in policy.countries
    }
    if outside:
        codes = ", ".join(sorted(set(outside.values())))
        yield _broken("countries", "countries", ", ".join(policy.countries), f"{codes} ({_masked(outside)})")


def _emails(emails: tuple[str, ...], allowed: tuple[str, ...]) -> Iterator[Violation]:
    strange = [email for email in emails if domain_of(email) not in allowed]
    if strange:
        limit = f"copies to {', '.join(allowed)}" if allowed else "no copy by e-mail"
        asked = _quoted([mask_email(email) for email in strange])
        yield _broken("e-mail copies", "allowed_email_domains", limit, asked)


def _country(number: str) -> str:

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or "unknown"
    except phonenumbers.NumberParseException:
        return "unknown"


def _caps(intent: Intent, policy: PolicySettings) -> Iterator[Violation]:
    points, cap = intent.points, policy.points_per_call
    if points is not None and cap is not None and (points.is_nan() or points > cap):
        yield _broken("points per call", "points_per_call", f"{cap} points", f"{points} points")
    most = policy.recipients_per_call
    count = len(intent.recipients)
    if most is not None and count > most:
        yield _broken(
            "recipients per call", "recipients_per_call", f"{most} recipients", f"{count} recipients"
        )


def _quiet(moment: datetime, hours: QuietHours) -> Iterator[Violation]:
    local = as_taipei(moment).astimezone(ZoneInfo(hours.time_zone))
    start, end, at = (time.replace(tzinfo=None) for time in (hours.start, hours.end, local.time()))
    quiet = start <= at < end if start < end else at >= start or at < end
    if quiet:
        asked = f"a send at {local:%Y-%m-%d %H:%M}"
        limit = f"sends outside {_span(hours)}"
        yield _broken("quiet hours", "quiet_hours", limit, asked, retryable=True)


def _span(hours: QuietHours) -> str:
    return f"{hours.start:%H:%M} to {hours.end:%H:%M} ({hours.time_zone})"


def _sender(texts: tuple[str, ...], name: str) -> Iterator[Violation]:
    lacking = sum(name not in text for text in texts)
    if lacking:
        asked = f"{lacking} of {len(texts)} texts without it"
        yield _broken("sender name", "required_sender_name", f"texts with {quote(name, limit=40)}", asked)


def _hosts(texts: tuple[str, ...], allowed: tuple[str, ...] | None) -> Iterator[Violation]:

    if allowed is None:
        return
    hosts = {host for entry in allowed if (host := _entry_host(entry))}
    found = dict.fromkeys(host for text in texts for host in find_hosts(text))
    strange = [host for host in found if not any(host == ok or host.endswith("." + ok) for ok in hosts)]
    if strange:
        limit = ", ".join(sorted(hosts)) or "no URL"
        yield _broken("URLs in texts", "allowed_url_hosts", limit, _quoted(strange))
    if unread := dict.fromkeys(name for text in texts for name in find_unreadable(text)):
        asked = f"a link that cannot be read further at {_few(list(unread))}"
        yield _broken("URLs in texts", "allowed_url_hosts", "links that can be read whole", asked)


def _entry_host(entry: str) -> str:
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
        limit = _masked(allowed) if allowed else "no phone number"
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
    return ", ".join(shown[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def to_problem(violation: Violation, nothing: str) -> Problem:
    """The refusal in our words: the rule, its setting, both figures, and `nothing` at the end."""
    return Problem(
        code="policy_refused",
        message=(
            f"The rule on {violation.rule} ({violation.setting}) allows {violation.limit}; "
            f"this call asks for {violation.asked}. {nothing}"
        ),
        next=_NEXT.get(
            violation.rule, "Stay within the rule. Only the operator can change it, in the settings."
        ),
        retryable=violation.retryable,
    )


_NEXT = {
    "blocked numbers": "Leave these numbers out. They are not to be contacted, and nothing overrides that.",
    "e-mail copies": "Leave out email. Only the operator can allow a domain, in the settings.",
    "quiet hours": "Book the send for a time outside the quiet hours, or call again then.",
}


def needs_no_approval(intent: Intent, policy: PolicySettings, *, read_outside_text: bool) -> str | None:
    """Return the name of the rule that lets a small test send through without asking, or None.

    All recipients are test numbers, no copy goes by e-mail, there are few enough of them and few enough
    points, and nothing that somebody outside wrote was read in this session: such a text could be
    what asks for the send.
    """
    points = intent.points
    small = (
        intent.risk is Risk.SPEND
        and not intent.emails
        and 0 < len(intent.recipients) <= policy.test_recipients
        and set(intent.recipients) <= set(policy.test_numbers)
        and points is not None
        and not points.is_nan()
        and points <= policy.test_points
    )
    return "test_numbers" if small and not read_outside_text else None


class RateLimiter:
    """So many calls a principal in any 60 seconds.

    The gate spends a slot for each call of a tool that changes something, and one more when the person
    declines: nobody is to be asked until they give in.
    """

    def __init__(self, calls_per_minute: int) -> None:
        self._most = calls_per_minute
        self._spent: dict[str, list[datetime]] = {}

    def spend(self, principal: str, now: datetime) -> bool:
        """Take a slot and return True, or return False and take none.

        When the clock is set back, what was spent later than `now` counts as spent now.
        """
        since = now - _WINDOW
        recent = {
            name: [min(time, now) for time in times if time > since] for name, times in self._spent.items()
        }
        self._spent = {name: times for name, times in recent.items() if times}
        times = self._spent.setdefault(principal, [])
        if len(times) >= self._most:
            return False
        times.append(now)
        return True


def describe(policy: PolicySettings) -> dict[str, object]:
    """Return the rules in force in plain words with their settings' names, and the settings that set none.

    Numbers are masked; of a file only its name and how many numbers it holds.
    """
    words = {name: text for name, text in _words(policy) if text}
    unset = sorted(_PREFIX + name.upper() for name in PolicySettings.model_fields if name not in words)
    rules = [{"setting": _PREFIX + name.upper(), "rule": text} for name, text in words.items()]
    return {"rules": rules, "without_a_rule": unset}


def _words(policy: PolicySettings) -> Iterator[tuple[str, str]]:
    yield "read_only", sentence("Only tools that look can be used.") if policy.read_only else ""
    yield "disabled_tools", _list(_switched_off, policy.disabled_tools)
    yield "blocked_numbers", _list(_never_to, _masks(policy.blocked_numbers))
    yield "blocked_numbers_file", _file_words(policy)
    at_once = sentence("Whoever asks for nothing more is blocked at once.")
    yield "block_opt_outs", at_once if policy.block_opt_outs else ""
    yield "opt_out_words", _list(_opting_out, policy.opt_out_words)
    yield "countries", _list(_only_to, policy.countries)
    for name, words in _CAPS.items():
        cap = getattr(policy, name)
        yield name, "" if cap is None else words(str(cap))
    yield "quiet_hours", _quiet_words(policy.quiet_hours) if policy.quiet_hours else ""
    sender = policy.required_sender_name.strip()
    yield "required_sender_name", _holding(quote(sender, limit=40)) if sender else ""
    hosts, phones = policy.allowed_url_hosts, policy.allowed_phone_numbers
    yield "allowed_url_hosts", "" if hosts is None else _hosts_words(hosts)
    yield "allowed_phone_numbers", "" if phones is None else _phones_words(_masks(phones))
    domains = _list(_copies_to, policy.allowed_email_domains)
    yield "allowed_email_domains", domains or sentence("No copy goes by e-mail.")
    yield from _test_words(policy)


def _list(words: Callable[[str], Sentence], items: Collection[str]) -> str:
    return words(", ".join(items)) if items else ""


def _switched_off(names: str) -> Sentence:
    return sentence("These tools are switched off: {names}.", names=names)


def _never_to(numbers: str) -> Sentence:
    return sentence("Never sent to: {numbers}.", numbers=numbers)


def _only_to(countries: str) -> Sentence:
    return sentence("Only sent to numbers of: {countries}.", countries=countries)


def _copies_to(domains: str) -> Sentence:
    return sentence("Copies by e-mail may go only to: {domains}.", domains=domains)


def _opting_out(words: str) -> Sentence:
    return sentence("Replies that opt out, besides the known ones: {words}.", words=words)


def _holding(name: str) -> Sentence:
    return sentence("Every text must hold {name}.", name=name)


def _quiet_words(hours: QuietHours) -> Sentence:
    return sentence(
        "Nothing is sent from {start} to {end} ({zone}).",
        start=f"{hours.start:%H:%M}",
        end=f"{hours.end:%H:%M}",
        zone=hours.time_zone,
    )


def _hosts_words(hosts: Collection[str]) -> Sentence:
    if not hosts:
        return sentence("Texts may hold no URLs.")
    return sentence("Texts may hold only these URLs: {hosts}.", hosts=", ".join(hosts))


def _phones_words(numbers: Collection[str]) -> Sentence:
    if not numbers:
        return sentence("Texts may hold no phone numbers.")
    return sentence("Texts may hold only these phone numbers: {numbers}.", numbers=", ".join(numbers))


_CAPS: Mapping[str, Callable[[str], Sentence]] = {
    "points_per_call": lambda cap: sentence("At most {cap} points a call.", cap=cap),
    "points_per_day": lambda cap: sentence("At most {cap} points a day.", cap=cap),
    "points_per_month": lambda cap: sentence("At most {cap} points a month.", cap=cap),
    "recipients_per_call": lambda cap: sentence("At most {cap} recipients a call.", cap=cap),
    "recipients_per_day": lambda cap: sentence("At most {cap} recipients a day.", cap=cap),
    "texts_per_recipient_per_day": lambda cap: sentence(
        "At most {cap} texts a day to one recipient.", cap=cap
    ),
    "calls_per_minute": lambda cap: sentence(
        "At most {cap} calls a minute that change something; a decline counts as one.", cap=cap
    ),
}


def _masks(numbers: Collection[str]) -> list[str]:
    return [mask_mobile(number) for number in numbers]


def _file_words(policy: PolicySettings) -> str:
    path = policy.blocked_numbers_file
    if path is None:
        return ""
    file = read_blocked_file(path)
    if file.problem:
        return sentence("Nothing is sent: {problem} ({file}).", problem=file.problem, file=path.name)
    return plural(
        "Never sent to the {count} number in {file}.",
        "Never sent to the {count} numbers in {file}.",
        len(file.numbers),
        file=path.name,
    )


def _test_words(policy: PolicySettings) -> Iterator[tuple[str, str]]:
    if not (policy.test_numbers and policy.test_recipients):
        return
    numbers = ", ".join(_masks(policy.test_numbers))
    yield (
        "test_numbers",
        sentence("Small sends to these numbers need no approval: {numbers}.", numbers=numbers),
    )
    most = policy.test_recipients
    yield (
        "test_recipients",
        plural("Small: at most {count} recipient.", "Small: at most {count} recipients.", most),
    )
    yield "test_points", sentence("Small: at most {points} points.", points=str(policy.test_points))
