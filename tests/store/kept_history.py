"""A store that has lived: every kind of step that changes a table which guards something."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from server.ledger.book import Book, Settled
from server.ledger.claiming import LEASE_SECONDS
from server.ledger.deciding import Decision
from server.ledger.finishing import Ending
from server.ledger.journal import Journal
from server.ledger.notes import Note
from server.ledger.outside import OutsideReading
from server.ledger.past import HeadFile
from server.store import blocked
from server.store.actions import Action, Caps, State
from server.store.locks import unlock
from server.store.passkeys import Evidence, Passkey, add_evidence, add_passkey, note_use
from server.store.phone_asks import PhoneAsk, add_ask, count_wrong, note_answer
from server.store.plans import Connection
from server.store.sessions import Session
from server.store.transactions import Store
from server.store.unpacking import unpack_before
from tests.store.samples import DAY, MINUTE, NOW, part_begun, proposal
from tools.operation import Message

MOBILES = tuple(f"+8869123451{n:02}" for n in range(20))
CAPS = Caps(points_per_day=Decimal(1000), recipients_per_day=1000)
PERSON = Decision(by="a person", channel="terminal")
RULE = Decision(by="policy", channel="policy", rule="test numbers")


class Keeper:
    """One process's ledger over a store, with a clock that moves by hand."""

    def __init__(self, store: Store, folder: Path, last: Action | None = None) -> None:
        self.now, self.sent, self._last = NOW, 0 if last is None else 100, last
        heads = HeadFile(folder / "audit.head")
        self.journal = Journal(store, key_file=folder / "audit.key", heads=heads, clock=lambda: self.now)
        self.book = Book(self.journal, owner="w1", caps=CAPS)
        self.outside = OutsideReading(self.journal, lambda: self.now)

    @property
    def last(self) -> Action:
        """What was claimed last, here or by the keeper before."""
        assert self._last is not None
        return self._last

    async def propose(self, count: int = 2, *, tool: str = "send_sms", target: str = "") -> Action:
        """A new proposal for so many recipients."""
        self.sent += 1
        wanted = proposal(
            f"d{self.sent}", tool=tool, points=2 * count, recipients=count, campaign="spring", target=target
        )
        action, _ = await self.book.propose(wanted, 600, MOBILES[:count])
        return action

    async def claim(self, count: int = 2, *, later: timedelta = timedelta(), booked: bool = False) -> Action:
        """A proposal that a person approved, claimed by this process."""
        action = await self.propose(count)
        assert await self.book.approve(action.id, PERSON) is not None
        at = self.now + later if booked else None
        messages = [Message(to, f"text {self.sent}", at) for to in MOBILES[:count]]
        claimed = await self.book.claim(action.id, MOBILES[:count], messages)
        assert isinstance(claimed, Action)
        self._last = claimed
        return claimed

    async def claim_part(self, count: int = 2) -> Action:
        """A part of a campaign, claimed by this process: its texts are packed."""
        self.sent += 1
        numbers = MOBILES[:count]
        hashes = await self.journal.hashes(numbers)
        texts = await self.book.texted([Message(to, f"part {self.sent}", None) for to in numbers])
        wanted = proposal(f"d{self.sent}", points=2 * count, recipients=count, campaign="spring")

        def work(conn: Connection, now: datetime) -> tuple[Action, Note]:
            action = part_begun(conn, wanted, hashes, texts, now)
            return action, Note(what="dispatching", action_id=action.id)

        self._last = await self.journal.write(work)
        return self._last

    async def unpack(self, at_most: int) -> None:
        """The texts of so many parts get a row each."""

        def work(conn: Connection, now: datetime) -> tuple[None, Note]:
            unpack_before(conn, now, at_most)
            return None, Note(what="texts_unpacked")

        await self.journal.write(work)

    async def finish(self, action: Action, state: State, batch_id: str = "") -> None:
        """Its outcome."""
        assert state in (State.SUCCEEDED, State.FAILED, State.UNKNOWN)
        points = action.points if state is State.SUCCEEDED else None
        ending = Ending(state=state, outcome="{}", batch_id=batch_id, points_final=points)
        assert await self.book.finish(action.id, ending) is not None

    async def erase(self, batch_id: str, points: Decimal, messages: int) -> None:
        """A booking is erased at the vendor, in part or whole."""
        wanted = replace(
            proposal(f"e{self.sent}", tool="erase_sms_booking", target=batch_id, points=0, recipients=0),
            risk="destroy",
        )
        self.sent += 1
        action, _ = await self.book.propose(wanted, 600, ())
        await self.book.approve(action.id, PERSON)
        claimed = await self.book.claim(action.id, ())
        assert isinstance(claimed, Action)
        ending = Ending(state=State.SUCCEEDED, outcome="{}", gives_back=(batch_id, points, messages))
        assert await self.book.finish(action.id, ending) is not None

    async def block(self, number: str, *, out: bool = True) -> None:
        """A person blocks a number, or lets it go."""
        (hashed,) = await self.journal.hashes([number])

        def work(conn: Connection, now: datetime) -> tuple[None, Note]:
            if out:
                blocked.add(conn, hashed, number[:8], "asked for it", now)
            else:
                blocked.remove(conn, hashed)
            return None, Note(what="blocked" if out else "unblocked", outcome=hashed)

        await self.journal.write(work)

    async def sign(self, action: Action, credential: str) -> None:
        """A person registers a passkey and signs with it; whether that is true is not asked here."""

        def work(conn: Connection, now: datetime) -> tuple[None, Note]:
            add_passkey(conn, Passkey(credential, "desk", "phone", "key", 1, now))
            note_use(conn, credential, 2)
            add_evidence(
                conn, Evidence(action.id, credential, "key", "0" * 64, "http://localhost", "{}", now)
            )
            return None, Note(what="passkey_registered", outcome=credential)

        await self.journal.write(work)

    async def answer_by_text(self, action: Action) -> None:
        """A phone was texted and answers, rightly at last; whether that is true is not asked here."""

        def work(conn: Connection, now: datetime) -> tuple[None, Note]:
            add_ask(conn, PhoneAsk(action.id, action.id, "n" * 64, "c" * 64, "0933***222", "0" * 64, now))
            count_wrong(conn, action.id, 1)
            note_answer(conn, action.id, "yes", "b0", now)
            return None, Note(what="phone_asked", action_id=action.id)

        await self.journal.write(work)

    async def unlock(self, vendor: str) -> None:
        """A person lets a vendor's account be called again."""
        await self.journal.write(lambda conn, _: (unlock(conn, vendor), Note(what="login_unlocked")))

    async def read_outside_text(self, session: str) -> None:
        """Somebody's assistant reads replies."""
        await self.outside.record(Note(what="looked"), session=Session("desk", session))


async def steps(keeper: Keeper) -> AsyncIterator[str]:
    """Plays them, and names each after it was played."""
    for part in (_decisions, _outcomes, _bookings, _other_days):
        async for name in part(keeper):
            yield name


async def _decisions(keeper: Keeper) -> AsyncIterator[str]:
    await keeper.read_outside_text("s8")
    yield "outside text is read"
    await keeper.block(MOBILES[-1])
    await keeper.block(MOBILES[-2])
    yield "numbers are blocked"
    await keeper.block(MOBILES[-2])
    yield "a blocked number is blocked again"
    waiting = await keeper.propose()
    yield "a send is proposed"
    await keeper.book.send_out_of_band(waiting.id)
    yield "it goes to the terminal"
    await keeper.sign(waiting, "one")
    await keeper.sign(await keeper.propose(), "two")
    yield "passkeys are registered and sign"
    await keeper.answer_by_text(waiting)
    await keeper.answer_by_text(await keeper.propose())
    yield "phones are texted and answer"
    await keeper.book.deny((await keeper.propose()).id, PERSON)
    yield "another one is denied"
    await keeper.book.void((await keeper.propose()).id, "drifted")
    yield "another one is voided"


async def _outcomes(keeper: Keeper) -> AsyncIterator[str]:
    first = await keeper.claim(3)
    yield "a send is claimed"
    await keeper.finish(first, State.SUCCEEDED, "b1")
    yield "it succeeds"
    await keeper.finish(await keeper.claim(), State.FAILED)
    yield "another one fails"
    unknown = await keeper.claim()
    await keeper.finish(unknown, State.UNKNOWN)
    yield "the outcome of another is unknown"
    await keeper.book.reconcile(unknown.id, Settled(state=State.FAILED, by="a person", how="asked"))
    yield "it turns out to have failed"
    wanted = proposal("free", points=1, recipients=1)
    begun = await keeper.book.approve_and_claim(
        wanted, 600, RULE, MOBILES[:1], [Message(MOBILES[0], "free", None)]
    )
    assert isinstance(begun, tuple)
    yield "a free send is claimed in one step"
    for _ in range(3):
        await keeper.finish(await keeper.claim_part(), State.SUCCEEDED)
    await keeper.unpack(1)
    yield "parts of a campaign are sent, and the first is unpacked"
    await keeper.finish(await keeper.claim_part(), State.FAILED)
    yield "another part fails"


async def _bookings(keeper: Keeper) -> AsyncIterator[str]:
    await keeper.finish(await keeper.claim(2, booked=True, later=DAY), State.SUCCEEDED, "b2")
    await keeper.finish(await keeper.claim(3, booked=True, later=3 * DAY), State.SUCCEEDED, "b3")
    yield "bookings"
    await keeper.erase("b2", Decimal(4), 2)
    yield "a booking is erased"
    await keeper.erase("b3", Decimal(2), 1)
    yield "a part of a booking is erased"
    await keeper.book.lock_vendor("every8d", "uid password", "-100")
    await keeper.book.lock_vendor("omis", "user password", "E01")
    yield "logins are refused"
    await keeper.unlock("omis")
    yield "one of them is let go"
    await keeper.block(MOBILES[-2], out=False)
    yield "a number is let go"


async def _other_days(keeper: Keeper) -> AsyncIterator[str]:
    keeper.now += timedelta(seconds=LEASE_SECONDS) + 20 * MINUTE
    await keeper.book.reap()
    yield "what has no owner is reaped, what waited has expired"
    keeper.now += timedelta(hours=2)
    await keeper.read_outside_text("s8")
    await keeper.read_outside_text("s9")
    yield "outside text is read again, in two sessions"
    keeper.now += 2 * DAY
    await keeper.finish(await keeper.claim(4), State.SUCCEEDED, "b4")
    yield "what is past is forgotten with the next claim"
    await keeper.read_outside_text("s3")
    yield "what was read is past too"
    await keeper.propose()
    approved = await keeper.propose()
    await keeper.book.approve(approved.id, PERSON)
    await keeper.claim(2)
    await keeper.block(MOBILES[-3])
    await keeper.block(MOBILES[-4])
    yield "something of each kind is under way"
