"""Texts that certainly did not arrive: they stand in nobody's way when a campaign sends the same again."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from server.store.messages import BY_ASKING, FAILED, Told, told_of
from server.store.plans import Connection
from server.store.sent_texts import Repeated


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
