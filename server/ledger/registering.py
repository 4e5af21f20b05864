"""Registering passkeys, and taking all of them away: the steps that are no action's."""

from dataclasses import dataclass
from datetime import datetime

from server.ledger.journal import Journal
from server.ledger.notes import Note
from server.ledger.passkeys import PasskeyError, assertions, key_of, resting_until
from server.ledger.signed import NotSignedError, Signed
from server.store.actions import CONSOLE
from server.store.passkeys import Passkey, add_passkey, note_use, passkeys_in_force, remove_all
from server.store.plans import Connection
from tools.sentence import sentence

_NOT_TAKEN = sentence("what the browser gave is not a new passkey of yours for this page.")
_KNOWN = sentence("this passkey is registered already.")
_FIRST_ONE = sentence("a passkey that is registered already has to agree to another one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A new passkey, and, where there are some already, the word of one of them."""

    person: str
    label: str
    response: str
    """JSON, as the browser gave it."""
    challenge: bytes
    origin: str
    agreed: Signed | None = None


class Registering:
    """The passkeys of one store."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def held(self) -> list[Passkey]:
        """Those that can sign, the oldest first."""
        return await self._journal.read(lambda conn, _: passkeys_in_force(conn))

    async def resting_until(self) -> datetime | None:
        """Until when none of them approves anything, since they were reset; None where they do."""
        return await self._journal.read(resting_until)

    async def register(self, asked: Registration) -> Passkey:
        """Keep a passkey whose holder was verified by the authenticator.

        Raises:
            PasskeyError: it is none, or a registered one did not agree; nothing was registered.
        """
        library = assertions()
        try:
            found = library.registered(asked.response, asked.challenge, asked.origin)
        except NotSignedError:
            raise PasskeyError(_NOT_TAKEN) from None

        def work(conn: Connection, now: datetime) -> tuple[Passkey, Note]:
            held = passkeys_in_force(conn)
            if any(each.credential == found.credential for each in held):
                raise PasskeyError(_KNOWN)
            if held:
                _agree(conn, held, asked)
            passkey = Passkey(
                credential=found.credential,
                person=asked.person,
                label=asked.label,
                public_key=found.public_key,
                used=found.used,
                registered_at=now,
            )
            add_passkey(conn, passkey)
            return passkey, Note(
                what="passkey_registered", by=asked.person, channel=CONSOLE, outcome=found.credential
            )

        return await self._journal.write(work)

    async def reset(self, by: str) -> int:
        """None of them counts any more, and none signs for 24 hours; how many there were."""

        def work(conn: Connection, now: datetime) -> tuple[int, Note | None]:
            count = remove_all(conn, now)
            note = Note(what="passkeys_reset", by=by, channel="terminal", outcome=str(count))
            return count, note if count else None

        return await self._journal.write(work)


def _agree(conn: Connection, held: list[Passkey], asked: Registration) -> None:
    key = key_of(held, asked.agreed) if asked.agreed is not None else None
    if asked.agreed is None or key is None:
        raise PasskeyError(_FIRST_ONE)
    try:
        used = assertions().agreed(asked.agreed, key, asked.challenge)
    except NotSignedError:
        raise PasskeyError(_FIRST_ONE) from None
    note_use(conn, key.credential, used)
