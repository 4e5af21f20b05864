"""The inbox: a reply is kept once, reported (2.1) or found by asking (2.4); who opts out is proposed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from server.batches.numbers import NumberSeal, Who
from server.store.keys import HALF
from server.store.opt_outs import REPLY, OptOut, propose
from server.store.plans import Connection
from server.store.replies import ReplyRow, add_reply
from tools.mobile import mask_mobile
from tools.opt_outs import is_opt_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply to one of our batches. `number` is the whole keyed hash; `text` is a stranger's: data."""

    batch: str
    number: str
    who: Who | None
    """None where the batch's own row of it cannot be read."""
    text: str
    at: datetime | None
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class Inbox:
    """Keeps replies, with the operator's own words for an opt-out; `key` hashes numbers."""

    key: bytes
    seal: NumberSeal
    own_words: Sequence[str] = ()

    def keep(self, conn: Connection, reply: Reply) -> bool:
        """Keep a reply; False when it is known already."""
        half = reply.number[:HALF]
        row = ReplyRow(
            key=reply_key(reply.batch, half, reply.text, reply.at),
            batch=reply.batch,
            number=half,
            sealed=self._sealed(reply.who, reply.batch),
            text=reply.text,
            at=reply.at,
            heard_at=reply.heard_at,
            opts_out=is_opt_out(reply.text, self.own_words),
        )
        fresh = add_reply(conn, row)
        if fresh and row.opts_out:
            propose(conn, self._opt_out(reply))
        return fresh

    def hear_wish(self, conn: Connection, reply: Reply) -> None:
        """Propose whoever opts out by a reply that is not kept."""
        if is_opt_out(reply.text, self.own_words):
            propose(conn, self._opt_out(reply))

    def _opt_out(self, reply: Reply) -> OptOut:
        return OptOut(
            number=reply.number,
            sealed=self._sealed(reply.who, reply.number),
            masked="***" if reply.who is None else mask_mobile(reply.who.mobile),
            source=REPLY,
            words=reply.text,
            at=reply.at or reply.heard_at,
        )

    def _sealed(self, who: Who | None, place: str) -> str:
        return "" if who is None else self.seal.seal(who, place)


def reply_key(batch: str, number: str, text: str, at: datetime | None) -> str:
    """The same for a reply that was reported and the same one found by asking: times are to the second."""
    when = "" if at is None else at.astimezone(UTC).replace(microsecond=0).isoformat()
    words = " ".join(text.split())
    return hashlib.sha256(f"{batch}\n{number}\n{when}\n{words}".encode()).hexdigest()
