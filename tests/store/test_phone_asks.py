"""What the store keeps of approvals by a text, on both engines."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from server.ledger.book import Book
from server.ledger.deciding import Decision
from server.ledger.finishing import Ending
from server.ledger.journal import Journal
from server.ledger.notes import Note
from server.ledger.past import HeadFile
from server.ledger.phone import MOST_WRONG, Answered, Approvers, PhoneError, PhoneRule, unanswered
from server.ledger.refusals import Blocked
from server.store.actions import Action, CapHit, Caps, State
from server.store.blocked import add
from server.store.database import DatabaseStore
from server.store.plans import Connection
from tests.store.samples import MINUTE, NOW, proposal

NUMBER, SHOWN, CODE = "+886933111222", "0933***222", "4821"
RULE = PhoneRule(number=NUMBER, max_points=Decimal(100), texts_per_day=3)


class Desk:
    """A ledger over a store, by a clock that moves by hand."""

    def __init__(self, store: DatabaseStore, folder: Path, *, caps: Caps | None = None) -> None:
        self.now = NOW
        heads = HeadFile(folder / "audit.head")
        self.journal = Journal(store, key_file=folder / "audit.key", heads=heads, clock=lambda: self.now)
        self.book = Book(self.journal, owner="w1", caps=caps or Caps(), approvers=Approvers(phone=RULE))
        self._count = 0

    async def waiting(self) -> Action:
        """A send that waits for a person in another place."""
        self._count += 1
        action, _ = await self.book.propose(proposal(f"p{self._count}", points=2, recipients=1), 600, ())
        sent = await self.book.send_out_of_band(action.id)
        assert sent is not None
        return sent

    async def claimed(self, action: Action) -> Action | CapHit | object:
        """The text about it, as it is claimed."""
        asks = replace(
            proposal(f"asks {action.id}", tool="send_approval_text", points=1, recipients=1),
            request_id=f"asks-{action.id}",
            principal=action.principal,
        )
        return await self.book.claim_ask(action.id, asks, 600, CODE)

    async def asked(self) -> Action:
        """A send that waits, about which the phone was texted."""
        action = await self.waiting()
        text = await self.claimed(action)
        assert isinstance(text, Action)
        ending = Ending(state=State.SUCCEEDED, outcome="{}", batch_id=f"b-{text.id}")
        await self.book.finish(text.id, ending)
        return action

    async def answered(self, action: Action, code: str = CODE) -> Action | None:
        """The phone answers."""
        asked = await self.book.asked_by_text(action.id)
        assert asked is not None
        said = Answered(code=code, batch_id=asked.text.batch_id, replied_at=self.now)
        return await self.book.approve(action.id, Decision(by=SHOWN, channel="phone", answered=said))


@pytest.fixture
def desk(store: DatabaseStore, tmp_path: Path) -> Desk:
    return Desk(store, tmp_path)


async def test_a_text_about_a_waiting_send_is_claimed_once(desk: Desk) -> None:
    action = await desk.waiting()
    first = await desk.claimed(action)
    assert isinstance(first, Action)
    assert (first.state, first.rule, first.points) == (State.DISPATCHING, f"asks about {action.id}", 1)
    assert await desk.claimed(action) is None
    await desk.book.finish(first.id, Ending(state=State.FAILED, outcome="{}"))
    assert await desk.claimed(action) is None


async def test_nothing_is_texted_about_what_waits_no_more(desk: Desk) -> None:
    denied, expired = await desk.waiting(), await desk.waiting()
    await desk.book.deny(denied.id, Decision(by="me", channel="terminal"))
    desk.now += 11 * MINUTE
    for each in (denied, expired):
        assert await desk.claimed(each) is None


async def test_texts_of_a_day_have_a_cap_of_their_own(desk: Desk) -> None:
    for _ in range(RULE.texts_per_day):
        await desk.asked()
    hit = await desk.claimed(await desk.waiting())
    assert isinstance(hit, CapHit)
    assert (hit.rule, hit.used) == ("phone_texts_per_day", RULE.texts_per_day)
    desk.now += timedelta(days=1)
    assert isinstance(await desk.claimed(await desk.waiting()), Action)


async def test_the_caps_hold_for_the_text_and_what_it_asks_about_together(
    store: DatabaseStore, tmp_path: Path
) -> None:
    desk = Desk(store, tmp_path, caps=Caps(points_per_day=Decimal(2)))
    hit = await desk.claimed(await desk.waiting())
    assert isinstance(hit, CapHit)
    assert (hit.rule, hit.used, hit.asked) == ("points_per_day", 0, 3)


async def test_a_blocked_phone_is_not_texted(desk: Desk) -> None:
    (hashed,) = await desk.journal.hashes([NUMBER])

    def block(conn: Connection, now: datetime) -> tuple[None, Note]:
        add(conn, hashed, SHOWN, "asked for it", now)
        return None, Note(what="blocked", outcome=hashed)

    await desk.journal.write(block)
    assert await desk.claimed(await desk.waiting()) == Blocked(numbers=(NUMBER,))


async def test_the_code_approves_once_and_the_claim_takes_it(desk: Desk) -> None:
    action = await desk.asked()
    with pytest.raises(PhoneError):
        await desk.answered(action, "4822")
    approved = await desk.answered(action)
    assert approved is not None
    assert (approved.state, approved.channel, approved.decided_by) == (State.APPROVED, "phone", SHOWN)
    assert await desk.answered(action) is None
    assert isinstance(await desk.book.claim(action.id, ()), Action)
    assert await desk.journal.read(lambda conn, _: unanswered(conn)) == []


async def test_after_three_wrong_codes_the_code_approves_nothing(desk: Desk) -> None:
    action = await desk.asked()
    for wrong in (1, MOST_WRONG, 2):
        await desk.book.count_wrong_codes(action.id, wrong)
    with pytest.raises(PhoneError):
        await desk.answered(action)


async def test_a_no_takes_back_a_yes_that_was_not_begun(desk: Desk) -> None:
    action = await desk.asked()
    await desk.answered(action)
    denied = await desk.book.refuse_by_text(action.id, Answered(code="", batch_id="b", replied_at=desk.now))
    assert denied is not None
    assert (denied.state, denied.channel) == (State.DENIED, "phone")


async def test_what_waits_for_an_answer_is_listed_until_it_is_decided_or_expires(desk: Desk) -> None:
    first, second = await desk.asked(), await desk.asked()
    assert await desk.book.waiting_for_the_phone() == [first.id, second.id]
    await desk.answered(first)
    assert await desk.book.waiting_for_the_phone() == [second.id]
    desk.now += 11 * MINUTE
    assert await desk.book.waiting_for_the_phone() == []
    newest = await desk.book.newest_asked()
    assert newest is not None
