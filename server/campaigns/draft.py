"""A plan as it grows: who is taken in, what their texts cost, and the chunks that are full by now."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from server.batches.chunk_content import Addressee, packed, place_of
from server.batches.numbers import NumberSeal
from server.store import campaign_chunks
from server.store.campaign_chunks import Chunk
from server.store.errors import StoreUnavailableError
from server.store.keys import HALF, hash_messages
from tools.campaigns.pace import Pace, is_night
from tools.campaigns.tally import Tally
from tools.campaigns.trial import Trial
from tools.campaigns.wording import Wording
from tools.lists.reasons import Reason
from tools.lists.rows import Judged, Recipient
from tools.lists.tally import Tally as ListTally
from tools.problems import Problem, RefusedError
from tools.same_text import visible_each
from tools.sentence import sentence

Excluded = Callable[[Sequence[str], Sequence[str]], Awaitable[Mapping[str, Reason]]]
"""Those of these numbers, given with their hashes, that get no text, and why: blocked, dead, foreign."""


class Asked(NamedTuple):
    """What the operator's rules are asked about: some recipients, their texts and their times."""

    recipients: Sequence[str]
    texts: Sequence[str]
    send_times: Sequence[datetime | None]


Rules = Callable[[Asked], Problem | None]
"""The rule that forbids it, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be planned, for whom."""

    principal: str
    account: str
    name: str
    list_name: str
    of_list: Mapping[str, str]
    """What was chosen of the list: its sheet, its columns."""
    wording: Wording
    pace: Pace
    done_by: datetime | None
    trial: Trial
    size: int
    """The most recipients of a chunk."""
    excluded: Excluded
    rules: Rules
    texts_a_day: int | None = None
    """The operator's limit for one recipient."""
    again_since: datetime | None = None
    """When the first campaign was started whose failed recipients are planned again."""
    again_of: str = ""
    """The campaign that is retried; '' for none."""


def plan_gone() -> StoreUnavailableError:
    """An older copy of the store was put back while the plan was being made."""
    return StoreUnavailableError(sentence("the plan that was being made is gone from it."))


@dataclass(slots=True)
class Kept:
    """What is to be written to the store next: half hashes and texts of recipients, and full chunks."""

    numbers: list[str] = field(default_factory=list[str])
    messages: list[str] = field(default_factory=list[str])
    hashes: list[str] = field(default_factory=list[str])
    """The whole ones of the same numbers, where the operator limits each one's texts a day; not written."""
    chunks: list[Chunk] = field(default_factory=list[Chunk])


@dataclass(slots=True, kw_only=True)
class Draft:
    """The plan as it grows."""

    id: str
    wish: Wish
    seal: NumberSeal
    key: bytes
    tally: Tally = field(default_factory=Tally)
    listed: ListTally = field(default_factory=ListTally)
    """What the list comes to: each number is let through once."""
    chunks: int = 0
    often: int = 0
    """Recipients who had two texts or more within 7 days."""
    full: int = 0
    """Recipients who had as many texts today as one may get."""
    at_night: int = 0
    last_at: datetime | None = None
    first_at: datetime | None = None
    digest: Any = field(default_factory=sha256)
    _kept: Kept = field(default_factory=Kept)
    _rest: list[Addressee] = field(default_factory=list[Addressee])
    _points: list[int] = field(default_factory=list[int])
    _trial_left: int = field(init=False)
    _times: Iterator[datetime | None] = field(init=False)
    _timed: int = 0

    def __post_init__(self) -> None:
        self._trial_left = self.wish.trial.count
        self._times = self.wish.pace.times()

    def admit(
        self, some: Sequence[Judged], hashes: Mapping[str, str], excluded: Mapping[str, Reason]
    ) -> None:
        """Take in who may be texted of some rows; `hashes` are those of their numbers.

        Raises:
            RefusedError: a rule of the operator forbids one of them.
        """
        taken, texts = self._sendable(self.listed.take(some, excluded))
        mobiles = [each.mobile for each in taken]
        points = self.tally.add_each(mobiles, texts, [each.fields for each in taken])
        moments = self._moments(len(taken))
        those = [
            Addressee(each.mobile, each.fields, moment) for each, moment in zip(taken, moments, strict=True)
        ]
        self._points += points
        self._rest += those
        self._kept.numbers += [hashes[mobile][:HALF] for mobile in mobiles]
        if self.wish.texts_a_day is not None:
            self._kept.hashes += [hashes[mobile] for mobile in mobiles]
        self._kept.messages += hash_messages(self.key, zip(mobiles, visible_each(texts), strict=True))
        self._obey(those, texts)
        while len(self._rest) >= self._room():
            self._cut(self._room())

    def _sendable(self, taken: Sequence[Recipient]) -> tuple[Sequence[Recipient], list[str]]:
        """Those whose text can be sent, and their texts; the others are counted."""
        wording = self.wish.wording
        texts = wording.filled_each([each.fields for each in taken])
        if wording.all_sendable(texts):
            return taken, texts
        left: list[Recipient] = []
        sendable: list[str] = []
        for each, text in zip(taken, texts, strict=True):
            if reason := wording.unsendable(each.fields, text):
                self.tally.excluded[reason] += 1
            else:
                left.append(each)
                sendable.append(text)
        return left, sendable

    def _moments(self, count: int) -> list[datetime | None]:
        """When each of so many more goes out."""
        if self.wish.pace.start is None:
            return [None] * count
        found: list[datetime | None] = []
        for _ in range(count):
            moment = next(self._times)
            self.at_night += moment is not None and is_night(moment)
            found.append(moment)
            self._timed += 1
            if moment is not None and self.wish.trial.terms and self._timed == self.wish.trial.count:
                # What follows is not begun before the trial was watched to its end.
                self._times = replace(self.wish.pace, start=moment + self.wish.trial.terms.within).times()
        return found

    def _obey(self, those: Sequence[Addressee], texts: Sequence[str]) -> None:
        if not those:
            return
        self.first_at = self.first_at or those[0].send_at
        self.last_at = those[-1].send_at
        asked = Asked(
            [each.mobile for each in those], list(dict.fromkeys(texts)), [each.send_at for each in those]
        )
        problem = self.wish.rules(asked)
        if problem is not None:
            raise RefusedError(problem)

    @property
    def waiting(self) -> int:
        """How many recipients are to be written to the store."""
        return len(self._kept.numbers)

    def taken(self, *, last: bool) -> Kept:
        """What is to be written, once; `last`: with the chunk that is not full."""
        if last and self._rest:
            self._cut(len(self._rest))
        kept, self._kept = self._kept, Kept()
        return kept

    def excluded(self) -> dict[str, int]:
        """Who gets no text, by reason."""
        of_list = {str(reason): rows.count for reason, rows in self.listed.reasons.items()}
        of_text = {reason: count + of_list.get(reason, 0) for reason, count in self.tally.excluded.items()}
        return of_list | of_text

    def _room(self) -> int:
        return min(self.wish.size, self._trial_left or self.wish.size)

    def _cut(self, size: int) -> None:
        those, self._rest = self._rest[:size], self._rest[size:]
        points, self._points = sum(self._points[:size]), self._points[size:]
        self.chunks += 1
        phase = campaign_chunks.TRIAL if self._trial_left else campaign_chunks.REST
        self._trial_left = max(0, self._trial_left - size)
        content = packed(those)
        self.digest.update(content)
        self._kept.chunks.append(
            Chunk(
                campaign=self.id,
                number=self.chunks,
                phase=phase,
                recipients=size,
                points=Decimal(points),
                sealed=self.seal.seal_content(content, place_of(self.id, self.chunks)),
            )
        )
