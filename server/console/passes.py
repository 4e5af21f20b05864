"""Signing in: a link that this account's terminal makes, used once, and the browser that it lets in."""

import hmac
import secrets
from datetime import datetime, timedelta

from server.batches.keeper import Keeper
from server.ledger.notes import Note
from server.store.actions import CONSOLE
from server.store.console_passes import Kind, Pass, add_pass, person_of, use_up
from server.store.keys import keyed
from server.store.plans import Connection

LINK_TIME = timedelta(seconds=60)
SESSION_TIME = timedelta(hours=12)
_BYTES = 32


class Passes:
    """The links and the signed-in browsers of one store, whichever of its servers shows the page.

    Every method raises StoreUnavailableError where the store is away.
    """

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def link(self, person: str) -> str:
        """A token that lets one browser in as this person, once, within 60 seconds."""
        token = secrets.token_urlsafe(_BYTES)
        hashed = await self._hashed(token, "link")

        def work(conn: Connection, now: datetime) -> tuple[None, Note]:
            add_pass(conn, Pass(hashed, "link", person, now, now + LINK_TIME))
            return None, Note(what="console_link", by=person, channel="terminal")

        await self._keeper.guard(work)
        return token

    async def enter(self, link: str) -> str | None:
        """The token of a browser that came by this link; None where the link is over, used or made up."""
        token = secrets.token_urlsafe(_BYTES)
        of_link, of_session = await self._hashed(link, "link"), await self._hashed(token, "session")

        def work(conn: Connection, now: datetime) -> tuple[str | None, Note | None]:
            person = use_up(conn, of_link, "link", now)
            if person is None:
                return None, None
            add_pass(conn, Pass(of_session, "session", person, now, now + SESSION_TIME))
            return token, Note(what="console_sign_in", by=person, channel=CONSOLE)

        return await self._keeper.guard(work)

    async def person(self, session: str) -> str | None:
        """Who signed in with the browser that holds this token; None where nobody did, or it is over."""
        if not session:
            return None
        hashed, now = await self._hashed(session, "session"), self._keeper.clock()
        return await self._keeper.read(lambda conn: person_of(conn, hashed, "session", now))

    async def leave(self, session: str) -> None:
        """Sign out."""
        hashed = await self._hashed(session, "session")

        def work(conn: Connection, now: datetime) -> tuple[None, Note | None]:
            person = use_up(conn, hashed, "session", now)
            note = Note(what="console_sign_out", by=person, channel=CONSOLE) if person else None
            return None, note

        await self._keeper.guard(work)

    async def form_token(self, session: str) -> str:
        """What a form of this browser carries: no other page can know it."""
        return keyed(await self._keeper.key(), "console form", session)

    async def is_form_token(self, session: str, given: str) -> bool:
        """Whether a form that came was one of ours, shown in this browser."""
        return hmac.compare_digest(given.encode(), (await self.form_token(session)).encode())

    async def mark(self, nonce: str) -> str:
        """What only a server of this store can answer to a nonce."""
        return keyed(await self._keeper.key(), "console mark", nonce)

    async def _hashed(self, token: str, kind: Kind) -> str:
        return keyed(await self._keeper.key(), f"console {kind}", token)
