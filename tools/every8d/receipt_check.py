"""A receipt held against the call that it answers (EVERY8D 1.1 to 1.5): is it this call's at all?"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from tools.every8d.receipts import SendResult
from tools.operation import Audience, Preview
from tools.wire.errors import ForeignReply

S = TypeVar("S", bound=SendResult)


def check_receipt(result: S, audience: Audience, preview: Preview) -> S:
    """The result, its note extended by what does not agree with the call.

    Raises:
        ForeignReply: it counts more messages than the call has, or names numbers that are not the call's.
    """
    asked, skipped = audience.recipients, _skipped(result)
    told = result.sent + result.unsent + len(skipped)
    # Texts beyond the documented lengths are split by the platform: how it counts them then is not known.
    if told > len(asked) and not preview.estimate:
        raise ForeignReply("its receipt counts more messages than this call has")
    if skipped and not _bare(skipped) <= _bare(asked):
        raise ForeignReply("its receipt names numbers that are not this call's")
    notes = [result.note, *_disagreements(result, told, len(asked), preview)]
    return result.model_copy(update={"note": " ".join(note for note in notes if note) or None})


def _disagreements(result: SendResult, told: int, asked: int, preview: Preview) -> Iterator[str]:
    if told != asked:
        yield f"The vendor's receipt accounts for {told} of {asked} messages. Check the delivery."
    if preview.points is not None and result.points > preview.points:
        yield f"The vendor charged {result.points} points; {preview.points} were expected."


def _skipped(result: SendResult) -> Sequence[str]:
    found: Sequence[str] = getattr(result, "filtered_numbers", ())
    return found


def _bare(numbers: Sequence[str]) -> frozenset[str]:
    return frozenset(number.removeprefix("+") for number in numbers)
