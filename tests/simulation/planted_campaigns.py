"""Defects planted into the campaigns' code: each is found by a world that plays a campaign."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from sqlalchemy import bindparam, select

from server.campaigns import course
from server.ledger import book, campaign_claiming
from server.store import campaigns
from server.store.actions import Action, State
from server.store.campaign_tables import CHUNKS
from server.store.plans import Connection
from server.store.schema import ACTIONS
from tests.simulation.planted import Plant, always, put


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
        .where(CHUNKS.c.campaign == bindparam("wanted_id"), CHUNKS.c.state == campaigns.TAKEN)
        .where(ACTIONS.c.state.in_((State.FAILED, State.UNKNOWN)))
    )
    put(stack, campaigns, "_FAILED", again)


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
    put(stack, campaigns, "leave_waiting", always(None))


CAMPAIGN_PLANTS: Mapping[str, Plant] = {
    "an epoch is not compared": _an_epoch_is_not_compared,
    "a pause is not looked at": _a_pause_is_not_looked_at,
    "an unknown part waits again": _an_unknown_part_waits_again,
    "a reservation is not handed on": _a_reservation_is_not_handed_on,
    "nothing forbids a part": _nothing_forbids_a_part,
    "a trial releases itself": _a_trial_releases_itself,
    "a cancelled campaign waits": _a_cancelled_campaign_waits,
}
