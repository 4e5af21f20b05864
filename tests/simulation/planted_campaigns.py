"""Defects planted into the campaigns' code: each is found by a world that plays a campaign."""

import base64
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from server.batches import unpacking as messages_unpacking
from server.campaigns import course
from server.gate import campaign_trials
from server.ledger import book, campaign_claiming
from server.store import (
    campaign_chunks,
    campaign_moves,
    campaigns,
    counting,
    dispatch,
    packed_texts,
    sent_texts,
    unpacking,
)
from server.store.actions import Action, State
from server.store.campaign_tables import CHUNKS
from server.store.packing import MARK_BYTES
from server.store.plans import Connection
from server.store.schema import ACTIONS
from tests.simulation.planted import Plant, always, put, there
from tools.campaigns.trial import Terms, read_terms


def _an_epoch_is_not_compared(stack: ExitStack) -> None:
    """A worker that was replaced, and comes back, goes on."""

    def running(conn: Connection, id_: str, _epoch: int) -> campaigns.Campaign | None:
        found = campaigns.campaign_of(conn, id_)
        return found if found is not None and found.state == campaigns.RUNNING else None

    put(stack, campaigns, "running_under", running)


def _a_pause_is_not_looked_at(stack: ExitStack) -> None:
    """Whoever held a campaign when it was stopped goes on."""

    def running(conn: Connection, id_: str, epoch: int) -> campaigns.Campaign | None:
        found = campaigns.campaign_of(conn, id_)
        return found if found is not None and found.epoch == epoch else None

    put(stack, campaigns, "running_under", running)


def _an_unknown_part_waits_again(stack: ExitStack) -> None:
    """A resumption lets go again what may be out."""
    again = (
        select(CHUNKS.c.number, CHUNKS.c.points, CHUNKS.c.recipients)
        .join(ACTIONS, ACTIONS.c.id == CHUNKS.c.action)
        .where(CHUNKS.c.campaign == bindparam("wanted_id"), CHUNKS.c.state == campaign_chunks.TAKEN)
        .where(ACTIONS.c.state.in_((State.FAILED, State.UNKNOWN)))
    )
    put(stack, campaign_chunks, "_FAILED", again)


def _a_reservation_is_not_handed_on(stack: ExitStack) -> None:
    """What the start reserved counts on beside what its parts reserve."""

    def kept(_conn: Connection, start: Action, *_: object) -> Action:
        return start

    put(stack, campaign_claiming, "hand_on", kept)


def _nothing_forbids_a_part(stack: ExitStack) -> None:
    """A number that was blocked since the plan, or had the text, is not left out."""
    put(stack, campaign_claiming, "blocked_of", always(()))
    put(stack, book.Book, "_refusal_of", always(None))


def _a_trial_releases_itself(stack: ExitStack) -> None:
    """The rest follows the trial although nobody agreed to that."""

    async def go_on(self: Any, standing: Any, epoch: int) -> course.Wave:
        await self._sends.release(standing.campaign.id, epoch)
        return course.Wave.MORE

    put(stack, course.Course, "_after_trial", go_on)


def _a_cancelled_campaign_waits(stack: ExitStack) -> None:
    """What waits when a campaign is cancelled goes on waiting."""
    put(stack, campaign_chunks, "leave_waiting", always(None))


def _what_may_be_booked_is_booked_anew(stack: ExitStack) -> None:
    """A move books parts anew whose erasing did not happen, or nobody knows whether it did."""
    taken = CHUNKS.c.state.in_((campaign_chunks.UNTIMED, campaign_chunks.TAKEN))
    some = select(CHUNKS.c.number, CHUNKS.c.points, CHUNKS.c.recipients).where(
        CHUNKS.c.campaign == bindparam("wanted_id"), taken
    )
    number = CHUNKS.c.number == bindparam("wanted_number")
    wait = update(CHUNKS).where(CHUNKS.c.campaign == bindparam("wanted_id"), number, taken)
    put(stack, campaign_moves, "_UNTIMED", some)
    put(stack, campaign_moves, "_WAIT", wait.values(state=campaign_chunks.WAITING, action=None, left_out=0))


def _a_proven_erasing_is_not_acted_on(stack: ExitStack) -> None:
    """Whose booking was erased by a request without an answer gets no text, and nobody says so."""

    def freed(conn: Connection, erasing: Action, _messages: int) -> None:
        dispatch.erased(conn, erasing.target)

    put(stack, dispatch, "_erased_unseen", freed)


def _a_trial_is_not_watched(stack: ExitStack) -> None:
    """The rest follows as soon as enough of the trial has arrived."""

    def at_once(said: str) -> Terms:
        return replace(read_terms(said), within=timedelta())

    put(stack, campaign_trials, "read_terms", at_once)


def _the_terms_of_a_trial_are_not_asked(stack: ExitStack) -> None:
    """The rest follows whatever became of the trial."""
    put(stack, campaign_trials, "against", always([]))


def _what_was_unpacked_stays_packed(stack: ExitStack) -> None:
    """Each look gives the texts of a part their rows once more."""
    put(stack, unpacking, "take_packed", packed_texts.packed_of)


def _unpacked_texts_are_lost(stack: ExitStack) -> None:
    """A part is packed no longer, and nobody of it has a text."""
    put(stack, unpacking, "reserve_texts", always(None))
    put(stack, unpacking, "remember", always(None))


def _unpacked_messages_are_lost(stack: ExitStack) -> None:
    """A part's messages are packed no longer, and the last of them has no row."""
    real: Any = messages_unpacking.add_messages

    def all_but_one(conn: Connection, rows: Any) -> None:
        real(conn, [*rows][:-1])

    put(stack, messages_unpacking, "add_messages", all_but_one)


def _looks_skip_packed_texts(stack: ExitStack) -> None:
    """Who had a text is looked for among those alone that have a row each."""
    put(stack, sent_texts, "parts_with_messages", always(()))


def _a_days_texts_skip_packed_parts(stack: ExitStack) -> None:
    """The texts of a day to somebody are counted among those alone that have a row each."""
    put(stack, counting, "parts_with_recipients", always(()))


def _a_packed_part_is_not_told_by_its_marks(stack: ExitStack) -> None:
    """The marks of a part's last text are missing, so that a look passes it by."""
    real = there(packed_texts, "_may_fit")

    def fits(wanted: Any, marks: str) -> bool:
        theirs = base64.b64decode(marks)
        return bool(real(wanted, base64.b64encode(theirs[:-MARK_BYTES]).decode()))

    put(stack, packed_texts, "_may_fit", fits)


def _unpacking_forgets_a_number(stack: ExitStack) -> None:
    """A part's texts are packed no longer, and the last of them has no row."""
    reserve, remember = there(unpacking, "reserve_texts"), there(unpacking, "remember")

    def reserve_less(conn: Connection, action_id: str, recipients: Any, now: Any) -> None:
        reserve(conn, action_id, recipients[:-1], now)

    def remember_less(conn: Connection, action_id: str, texts: Any, now: Any) -> None:
        remember(conn, action_id, texts[:-1], now)

    put(stack, unpacking, "reserve_texts", reserve_less)
    put(stack, unpacking, "remember", remember_less)


CAMPAIGN_PLANTS: Mapping[str, Plant] = {
    "an epoch is not compared": _an_epoch_is_not_compared,
    "a pause is not looked at": _a_pause_is_not_looked_at,
    "an unknown part waits again": _an_unknown_part_waits_again,
    "a reservation is not handed on": _a_reservation_is_not_handed_on,
    "nothing forbids a part": _nothing_forbids_a_part,
    "a trial releases itself": _a_trial_releases_itself,
    "a cancelled campaign waits": _a_cancelled_campaign_waits,
    "what may be booked is booked anew": _what_may_be_booked_is_booked_anew,
    "a proven erasing is not acted on": _a_proven_erasing_is_not_acted_on,
    "a trial is not watched": _a_trial_is_not_watched,
    "the terms of a trial are not asked": _the_terms_of_a_trial_are_not_asked,
    "what was unpacked stays packed": _what_was_unpacked_stays_packed,
    "unpacked texts are lost": _unpacked_texts_are_lost,
    "unpacked messages are lost": _unpacked_messages_are_lost,
    "looks skip packed texts": _looks_skip_packed_texts,
    "a day's texts skip packed parts": _a_days_texts_skip_packed_parts,
    "a packed part is not told by its marks": _a_packed_part_is_not_told_by_its_marks,
    "unpacking forgets a number": _unpacking_forgets_a_number,
}
