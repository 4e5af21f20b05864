"""What a list comes to: who is texted, and how many rows are not, for which reason and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tools.lists.reasons import Reason
from tools.lists.rows import Judged, Recipient, Rejected
from tools.lists.seen import REFUSALS, Came, Seen
from tools.mobile import is_taiwanese

_SHOWN = 10
_SAMPLES = 3


@dataclass(slots=True)
class Rows:
    """So many rows, and the first of them."""

    count: int = 0
    first: list[int] = field(default_factory=list[int])

    def add(self, row: int) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < _SHOWN:
            self.first.append(row)


class Tally:
    """Counts the rows of a list, which come in slices, and lets each number through once."""

    def __init__(self) -> None:
        self.rows = self.recipients = self.abroad = self.restored = self.joined = 0
        self.reasons: dict[Reason, Rows] = {}
        self.old, self.blank = Rows(), Rows()
        """Rows with a value of another file; with a texted field that is empty."""
        self.differing = Rows()
        """The duplicates that differ from the row which is texted, in a field that is texted."""
        self.samples: list[Recipient] = []
        self._seen = Seen()

    def take(self, judged: Sequence[Judged], excluded: Mapping[str, Reason]) -> list[Recipient]:
        """Count a slice; those of it that are texted. `excluded` are numbers that a rule forbids."""
        self.rows += len(judged)
        texted: list[Recipient] = []
        come = self._seen.take
        for each in judged:
            if isinstance(each, Rejected):
                self._leave_out(each)
            elif each.mobile in excluded:
                self._reject(each.row, excluded[each.mobile])
            elif (came := come(each.mobile, each.fields)) is Came.NEW:
                texted.append(each)
            else:
                self._repeat(each, came)
        self._count(texted)
        return texted

    def _leave_out(self, each: Rejected) -> None:
        self._reject(each.row, each.reason)
        if each.reason in REFUSALS:
            self._seen.refuse(each.mobile, each.reason)

    def _repeat(self, each: Recipient, came: Came | Reason) -> None:
        """Count a row that gets no text after the rows before it."""
        if came is Came.DIFFERING:
            self.differing.add(each.row)
        self._reject(each.row, came if isinstance(came, Reason) else Reason.DUPLICATE)

    def _reject(self, row: int, reason: Reason) -> None:
        self.reasons.setdefault(reason, Rows()).add(row)

    def _count(self, texted: Sequence[Recipient]) -> None:
        self.recipients += len(texted)
        self.samples += texted[: _SAMPLES - len(self.samples)]
        for row, mobile, fields, restored, joined, old in texted:
            if not is_taiwanese(mobile):
                self.abroad += 1
            if restored:
                self.restored += 1
            if joined:
                self.joined += 1
            if old:
                self.old.add(row)
            if "" in fields:
                self.blank.add(row)
