"""The trial of a campaign: how many go first, and when the rest follows without a person.

The rest goes out by itself only where every term holds once the trial was watched to its end. Whatever cannot
be told by then counts against it: a person looks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import reduce
from math import ceil

from tools.problems import InvalidArgumentError
from tools.sentence import Sentence, sentence

MOST_FIRST = 1_000_000
_HOW_TO = "Write delivered>=95, failed<=2, opt_outs<=0, within=60m."
_COUNT = re.compile(r"\s*(\d{1,7}(?:\.\d{1,2})?)\s*([%％]?)\s*")
_TERM = re.compile(
    r"\s*(delivered|failed|opt_outs|within)\s*(>=|<=|≥|≤|=)\s*(\d{1,5}(?:\.\d{1,2})?)\s*([%％mh]?)\s*"
)
_SIGNS = {"delivered": ">=", "failed": "<=", "opt_outs": "<=", "within": "="}
_UNITS = {"delivered": "%", "failed": "%", "opt_outs": "", "within": "mh"}
_SHORTEST, _LONGEST = 5, 12 * 60
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What lets the rest of a campaign follow its trial. Shares are per cent of those who went first."""

    delivered: Decimal
    """At least so many have it."""
    failed: Decimal
    """At most so many failed for good."""
    opt_outs: int
    """At most so many asked for nothing more; a number of people."""
    within: timedelta
    """How long the trial is watched, from when its last text goes out."""

    @property
    def minutes(self) -> int:
        """The same, in minutes."""
        return int(self.within.total_seconds()) // 60

    def __str__(self) -> str:
        """As a caller writes it."""
        return (
            f"delivered>={_plain(self.delivered)}, failed<={_plain(self.failed)}, "
            f"opt_outs<={self.opt_outs}, within={self.minutes}m"
        )

    @property
    def told(self) -> Sentence:
        """As the person who agrees to the start reads it."""
        return sentence(
            "{minutes} minutes after them the rest is sent by itself only if at least {delivered} have it, "
            "at most {failed} failed for good and at most {opt_outs} opted out; else a person decides.",
            minutes=self.minutes,
            delivered=f"{_plain(self.delivered)} %",
            failed=f"{_plain(self.failed)} %",
            opt_outs=self.opt_outs,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a trial so far, in recipients."""

    recipients: int
    """Who was to get it: who was left out is not among them."""
    delivered: int = 0
    not_delivered: int = 0
    """Known to have failed, for good or not."""
    failed: int = 0
    """Of these for good."""
    opt_outs: int = 0


def against(terms: Terms, outcome: Outcome, *, over: bool) -> list[Sentence]:
    """What speaks against letting the rest follow; `over`: the time to watch it has ended.

    Before that only what no further report can mend.
    """
    count = outcome.recipients
    reachable = outcome.delivered if over else count - outcome.not_delivered
    said: list[Sentence] = []
    if not count:
        said.append(sentence("nobody of the trial was sent to"))
    elif _share(reachable, count) < terms.delivered:
        said.append(_too_few(terms, outcome))
    if count and _share(outcome.failed, count) > terms.failed:
        said.append(
            sentence(
                "{share} failed for good ({failed} of {all}), at most {most} were asked for",
                share=_percent(outcome.failed, count),
                failed=outcome.failed,
                all=count,
                most=f"{_plain(terms.failed)} %",
            )
        )
    if outcome.opt_outs > terms.opt_outs:
        said.append(
            sentence(
                "{count} opted out, at most {most} were asked for",
                count=outcome.opt_outs,
                most=terms.opt_outs,
            )
        )
    return said


def _too_few(terms: Terms, outcome: Outcome) -> Sentence:
    count, least = outcome.recipients, f"{_plain(terms.delivered)} %"
    share, unknown = _percent(outcome.delivered, count), count - outcome.delivered - outcome.not_delivered
    if not unknown:
        return sentence(
            "{share} have it ({delivered} of {all}), at least {least} were asked for",
            share=share,
            delivered=outcome.delivered,
            all=count,
            least=least,
        )
    return sentence(
        "{share} have it ({delivered} of {all}, of {unknown} nothing final is known), "
        "at least {least} were asked for",
        share=share,
        delivered=outcome.delivered,
        all=count,
        unknown=unknown,
        least=least,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How many go first, of whatever number of recipients; and the terms of the rest, if it has any."""

    count: int = 0
    share: Decimal = Decimal(0)
    """Per cent, in place of `count`."""
    terms: Terms | None = None

    def __bool__(self) -> bool:
        """Whether anybody goes first."""
        return bool(self.count or self.share)

    def of(self, recipients: int) -> int:
        """How many of these go first: a share is rounded up."""
        first = ceil(recipients * self.share / _HUNDRED) if self.share else self.count
        return min(first, recipients)


def read_trial(first: str, release: str, *, booked: bool) -> Trial:
    """The trial that a caller wrote: `100` or `2%`, and the terms of the rest, '' for a person.

    Raises:
        InvalidArgumentError: neither a number nor a share, or terms that are not whole.
    """
    found = _COUNT.fullmatch(first or "0")
    number = Decimal(found[1]) if found else Decimal(-1)
    is_share = bool(found and found[2])
    if not (0 <= number <= (_HUNDRED if is_share else MOST_FIRST)) or (not is_share and number % 1):
        raise InvalidArgumentError(
            "trial", sentence("is neither a number of recipients nor a share."), sentence("Write 100 or 2%.")
        )
    terms = read_terms(release) if release.strip() else None
    trial = Trial(share=number, terms=terms) if is_share else Trial(count=int(number), terms=terms)
    if terms and not trial:
        raise InvalidArgumentError(
            "release", sentence("has no trial to look at."), sentence("Give trial, 100 or 2%.")
        )
    if terms and is_share and booked:
        raise InvalidArgumentError(
            "trial",
            sentence("is a share, so the time of the rest cannot be told."),
            sentence("With send_at give it as a number."),
        )
    return trial


def read_terms(written: str) -> Terms:
    """The terms as a caller wrote them, all four.

    Raises:
        InvalidArgumentError: one is missing, there twice, or out of bounds.
    """
    found: dict[str, Decimal] = {}
    for term in written.split(","):
        name, number = _term(term)
        if name in found:
            raise InvalidArgumentError("release", f"says {name} twice.", _HOW_TO)
        found[name] = number
    if missing := [name for name in _SIGNS if name not in found]:
        raise InvalidArgumentError("release", f"does not say {' and '.join(missing)}.", _HOW_TO)
    return _bounded(found)


def _term(term: str) -> tuple[str, Decimal]:
    match = _TERM.fullmatch(term)
    sign = {"≥": ">=", "≤": "<="}.get(match[2], match[2]) if match else ""
    unit = match[4].replace("％", "%") if match else ""
    if match is None or sign != _SIGNS[match[1]] or (unit and unit not in _UNITS[match[1]]):
        raise InvalidArgumentError("release", "has a term that cannot be read.", _HOW_TO)
    return match[1], Decimal(match[3]) * (60 if unit == "h" else 1)


def _bounded(found: dict[str, Decimal]) -> Terms:
    for name in ("delivered", "failed"):
        if found[name] > _HUNDRED:
            raise InvalidArgumentError("release", f"has more than 100 % for {name}.", _HOW_TO)
    if found["opt_outs"] % 1 or found["within"] % 1 or not _SHORTEST <= found["within"] <= _LONGEST:
        raise InvalidArgumentError(
            "release", "wants whole people, and whole minutes from 5m to 12h.", _HOW_TO
        )
    return Terms(
        delivered=found["delivered"],
        failed=found["failed"],
        opt_outs=int(found["opt_outs"]),
        within=timedelta(minutes=int(found["within"])),
    )


def reasons_of(against_it: Sequence[Sentence]) -> Sentence:
    """What a person reads where the rest waits for them."""
    return sentence(
        "the trial is out, and the rest waits for a person: {reasons}", reasons=reduce(_and, against_it)
    )


def _and(first: Sentence, more: Sentence) -> Sentence:
    return sentence("{first}; {second}", first=first, second=more)


def _share(part: int, of: int) -> Decimal:
    return part * _HUNDRED / of


def _percent(part: int, of: int) -> str:
    return f"{_share(part, of):.4g} %"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
