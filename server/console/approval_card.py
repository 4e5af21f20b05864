"""What the page shows of an action that waits: from the frozen preview and what the ledger knows of it.

Pure: whoever shows it has looked everything up. Each line has a key of its own, so that a page can be read by
a program as well as by a person.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from server.console.comparing import Compared, compared
from server.gate.recalling import Recalled, begun_on_page
from server.gate.words.questions import as_it_stands, asked_of, facts_of
from server.gate.words.sentences import nothing
from server.gate.words.texted import texted
from server.ledger.phone_asking import Asked
from server.ledger.trail import Trail
from server.store.actions import UNDECIDED, Action, State
from tools.cleaning import clean, quote
from tools.desk_operation import AnyOperation
from tools.lookalikes import lookalikes
from tools.mobile import mask_mobile
from tools.operation import OwnAction, Preview
from tools.sentence import Sentence, plural, sentence
from tools.taipei import as_taipei

TEXTS = 20
"""Texts a page."""
RECIPIENTS = 50
"""Recipients a page, all with the same text."""
WITH_TEXTS = 25
"""The same where each has a text of their own."""
_AROUND = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One fact, in a sentence. `key` names it for whatever reads the page."""

    key: str
    said: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that a card is made of."""

    entry: Action
    operation: AnyOperation
    recalled: Recalled
    trail: Trail
    brought: tuple[str, ...] = ()
    """What told something that can hold text from outside: tools, and reports read as resources."""
    last: Action | None
    asked: Asked | None = None
    """The text that asked the approver's phone."""
    now: datetime
    show_numbers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a list, counted from 1."""

    number: int
    pages: int
    rows: tuple[tuple[int, str], ...]
    """Each with its number in the list."""

    @property
    def near(self) -> tuple[int, ...]:
        """The pages to lead to: the first, the last and those around this one; 0 for those between."""
        wanted = {1, self.pages, *range(self.number - _AROUND, self.number + _AROUND + 1)}
        found: list[int] = []
        for each in sorted(number for number in wanted if 1 <= number <= self.pages):
            if found and each > found[-1] + 1:
                found.append(0)
            found.append(each)
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An action as a person sees it before the click."""

    id: str
    act: str
    """What the button says: the act with its numbers."""
    nothing: Sentence
    """What a refusal leaves: `Nothing was sent.`"""
    facts: tuple[Line, ...]
    warnings: tuple[str, ...]
    asked: tuple[Line, ...]
    """Who asked, through what, after reading what, and until when it waits."""
    compared: Compared | None
    """None for what is no send."""
    stale: tuple[Sentence | str, ...]
    """Why it would be refused now; empty where nothing is known against it."""
    unseen: bool
    """Whether the vendor could not be asked if it still holds."""
    proof: str
    hint: str
    decidable: bool
    """Whether a person can still approve it."""
    unfinished: bool
    """Whether it was begun on the page and approved, and something kept the page from carrying it out."""
    deniable: bool
    """Whether a no still ends it: also what was approved, as long as nothing was begun."""


def card_of(known: Known) -> Card:
    """Everything but the two lists, which come in pages."""
    entry, preview = known.entry, Preview.model_validate_json(known.entry.preview)
    stale = known.recalled.stale
    waits = entry.state is State.PROPOSED and known.now <= entry.expires_at
    if waits:
        preview = as_it_stands(preview, entry.created_at, known.now)
    return Card(
        id=entry.id,
        act=act_of(preview, known.operation),
        nothing=nothing(known.operation),
        # The texts have a list of their own.
        facts=tuple(Line(key=key, said=said) for key, said in facts_of(preview) if key != "text"),
        warnings=(*_lookalikes(preview, known.recalled), *preview.warnings),
        asked=tuple(_asked(known)),
        compared=compared(entry, known.last) if waits and preview.points is not None else None,
        stale=() if stale is None else (stale.message,),
        unseen=known.recalled.unseen,
        proof=entry.proof,
        hint=asked_of(preview, entry.proof) if entry.proof else "",
        decidable=waits and stale is None,
        unfinished=entry.state is State.APPROVED and begun_on_page(entry) and known.now <= entry.expires_at,
        deniable=entry.state in UNDECIDED and known.now <= entry.expires_at,
    )


def act_of(preview: Preview, operation: AnyOperation) -> str:
    """The act as a button says it: what, how many, for how much."""
    if preview.recipients is not None and preview.points is not None:
        cost = _cost(preview.points, estimate=preview.estimate)
        if not isinstance(operation, OwnAction):
            return plural(
                "Send {count:,} message for {cost}",
                "Send {count:,} messages for {cost}",
                preview.recipients,
                cost=cost,
            )
        return sentence(
            "{effect}: {count:,} messages for {cost}",
            effect=preview.effect,
            count=preview.recipients,
            cost=cost,
        )
    if preview.destroyed is not None:
        return sentence("{effect}: {count:,}", effect=preview.effect, count=preview.destroyed)
    if preview.target is not None:
        return sentence("{effect} (id {id})", effect=preview.effect, id=clean(preview.target))
    return preview.effect


def _cost(points: Decimal, *, estimate: bool) -> Sentence:
    whole = points == points.to_integral_value()
    said = (
        plural("{count:,} point", "{count:,} points", int(points))
        if whole
        else sentence("{points} points", points=f"{points:,f}")
    )
    return sentence("about {cost}", cost=said) if estimate else said


def texts_page(recalled: Recalled, preview: Preview, page: int) -> Page:
    """Every different text as it goes out; of what has no list of its own, that of the preview."""
    texts = recalled.audience.texts or tuple(filter(None, (preview.text,)))
    whole = [clean(text, limit=4 * len(text) + 4, lines=True) for text in texts]
    return page_of(whole, page, TEXTS)


def recipients_page(recalled: Recalled, page: int, *, show_numbers: bool) -> Page:
    """Everybody who gets a text, in their order, each with theirs where they differ."""
    audience = recalled.audience
    if len(audience.texts) <= 1:
        return page_of(
            [shown_number(each, whole=show_numbers) for each in audience.recipients], page, RECIPIENTS
        )
    phones = [each for each in audience.messages if each.to.startswith("+")]
    rows = [with_text(shown_number(each.to, whole=show_numbers), each.content) for each in phones]
    return page_of(rows, page, WITH_TEXTS)


def shown_number(mobile: str, *, whole: bool) -> str:
    """A number as a page shows it: whole only where the settings open numbers."""
    return mobile if whole else mask_mobile(mobile)


def with_text(who: str, text: str) -> str:
    """Somebody and what they read, on one line, whole."""
    return f"{who} {clean(text, limit=4 * len(text) + 4)}"


def page_of(rows: Sequence[str], number: int, size: int) -> Page:
    """A page of what is all there; beyond the end it is the last one."""
    pages = max(1, -(-len(rows) // size))
    number = min(max(1, number), pages)
    start = (number - 1) * size
    return Page(number=number, pages=pages, rows=tuple(enumerate(rows[start : start + size], start + 1)))


def _asked(known: Known) -> Iterator[Line]:
    entry, trail = known.entry, known.trail
    yield Line(
        key="asked-by",
        said=sentence(
            "Asked by {who} at {time}", who=entry.principal, time=clock_of(entry.created_at, known.now)
        ),
    )
    waits = entry.state in UNDECIDED
    # The audit is looked through backwards, and not to its beginning: of what is over it may tell nothing.
    if waits or trail.through or begun_on_page(entry):
        yield Line(key="through", said=_through(known))
    if waits:
        yield Line(key="outside", said=_outside(known))
    elif known.brought:
        came = sentence(
            "Text from outside can have come by {tools} before it", tools=", ".join(known.brought)
        )
        yield Line(key="outside", said=came)
    if trail.looks:
        looks = ", ".join(f"{look.tool} {clock_of(look.at, known.now)}" for look in trail.looks)
        yield Line(key="looks", said=sentence("Looked at before: {looks}", looks=looks))
    if known.asked is not None:
        for said in texted(entry, known.asked, known.now, lambda at: clock_of(at, known.now)):
            yield Line(key="by-text", said=said)
    if waits:
        at = clock_of(entry.expires_at, known.now)
        yield Line(key="expires", said=sentence("Waits until {time}", time=at))


def _through(known: Known) -> Sentence:
    if begun_on_page(known.entry):
        return sentence("Begun on this page")
    if known.trail.through:
        return sentence("Through {client}", client=quote(known.trail.through))
    return sentence("Through no client that says its name")


def _outside(known: Known) -> Sentence:
    at = known.trail.outside_at
    if at is None:
        return sentence("No text from outside was read in its session within a day")
    time = clock_of(at, known.now)
    if not known.brought:
        return sentence("Text from outside was read in its session: {time}", time=time)
    return sentence(
        "Text from outside was read in its session: {time}; it can have come by {tools}",
        time=time,
        tools=", ".join(known.brought),
    )


def _lookalikes(preview: Preview, recalled: Recalled) -> Iterator[Sentence]:
    told: list[Any] = [preview.subject, preview.text, *recalled.audience.texts, *preview.details.values()]
    for word in lookalikes(told)[:5]:
        yield sentence(
            "{word} mixes letters that look alike: it may pretend to be another word.", word=quote(word)
        )


def clock_of(moment: datetime, now: datetime) -> str:
    """The time of day in Taipei; with its date where that is not today's."""
    at, today = as_taipei(moment), as_taipei(now).date()
    return f"{at:%H:%M:%S}" if at.date() == today else f"{at:%Y-%m-%d %H:%M}"
