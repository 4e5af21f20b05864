"""Texts that certainly did not arrive: they stand in nobody's way when a campaign sends the same again."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, or_, select

from server.store.batches import ERASED, SENT, UNKNOWN
from server.store.columns import Moment
from server.store.members import members
from server.store.messages import BY_ASKING, FAILED, Told, told_of
from server.store.plans import Connection
from server.store.record_tables import BATCHES, MESSAGES
from server.store.sent_texts import Repeated

_NOT_REACHED = ("failed_retryable", "cancelled")
_BATCH = BATCHES.c
_OF_THE_SAME_WORDS = (
    select(_BATCH.id)
    .where(
        _BATCH.id == MESSAGES.c.batch,
        # Not by its index: a large campaign has thousands of batches of the same words, a number has few.
        _BATCH.alike.concat("") == bindparam("likeness"),
        _BATCH.sent_at >= bindparam("since", type_=Moment()),
        or_(
            _BATCH.state.in_((SENT, UNKNOWN)),
            # Of a booking that was erased in part, some went out before.
            and_(_BATCH.state == ERASED, _BATCH.points_returned < _BATCH.points),
        ),
    )
    .exists()
)
_WANTED = members("those")
_HAD = (
    select(MESSAGES.c.number)
    .join(_WANTED, _WANTED.c.value == MESSAGES.c.number)
    .where(
        or_(MESSAGES.c.heard != BY_ASKING, MESSAGES.c.state.not_in(_NOT_REACHED)),
        _OF_THE_SAME_WORDS,
    )
)


class SameWords(NamedTuple):
    """The batches of the same words, by what makes them alike, that were sent since then."""

    likeness: str
    since: datetime


def had_since(conn: Connection, words: SameWords, numbers: Iterable[str]) -> set[str]:
    """Whom of these (half hashes) one of the batches reached, or may have.

    It did not reach whom the vendor, when it was asked, said it failed to, and a later text can; nor whose
    booking was taken back.
    """
    return set(conn.scalars(_HAD, {**words._asdict(), "those": [*numbers]}))


def arrived_or_may(conn: Connection, sends: Iterable[Repeated], whose: Mapping[str, str]) -> list[Repeated]:
    """The sends without the messages of which the vendor said, when it was asked, that they failed.

    `whose` has the half hash of the number that each message is to.
    """
    left = (replace(send, messages=_standing(conn, send, whose)) for send in sends)
    return [send for send in left if send.messages]


def _standing(conn: Connection, send: Repeated, whose: Mapping[str, str]) -> set[tuple[str, str]]:
    told = told_of(conn, send.action_id, sorted({whose[message] for message, _ in send.messages}))
    of_number: dict[str, list[Told]] = {}
    for (number, _), each in told.items():
        of_number.setdefault(number, []).append(each)
    failed = {number for number, those in of_number.items() if all(map(_has_failed, those))}
    return {(message, at) for message, at in send.messages if whose[message] not in failed}


def _has_failed(told: Told) -> bool:
    return told.heard == BY_ASKING and told.state in FAILED
