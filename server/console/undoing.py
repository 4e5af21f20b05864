"""Whether a send that was held can still be taken back, and until when."""

from dataclasses import dataclass

from server.batches.held import hold_of
from server.console.approval_card import clock_of
from server.parts import Parts
from tools.sentence import Sentence, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What a page says of it."""

    possible: bool
    said: Sentence


async def undo_of(parts: Parts, batch_id: str) -> Undo | None:
    """None for what was not held, and for what was taken back."""
    entry = await parts.book.of_batch(batch_id)
    hold = None if entry is None else hold_of(entry)
    if entry is None or hold is None or await parts.book.was_erased(entry):
        return None
    now = parts.context.clock()
    until, goes_out = clock_of(hold.until, now), clock_of(hold.goes_out, now)
    if now <= hold.until:
        return Undo(possible=True, said=sentence("It can be taken back until {time}.", time=until))
    if now < hold.goes_out:
        said = sentence("It can no longer be taken back: it goes out at {time}.", time=goes_out)
    else:
        said = sentence("It could be taken back until {time}, and has gone out since.", time=until)
    return Undo(possible=False, said=said)
