"""What is older than the retention and holds people's words goes, on both engines, but for what is needed."""

from dataclasses import replace
from datetime import timedelta

from server.store import aging, ledger
from server.store.actions import State
from server.store.aging import count_aged, drop_aged
from server.store.database import DatabaseStore
from server.store.events import newest_events, record_events
from server.store.frozen_lists import freeze_list, frozen_list
from server.store.opt_outs import DISMISSED, OptOut, decide, every_opt_out, propose
from server.store.plans import Connection
from server.store.quarantine import set_aside
from server.store.reduced_actions import old_actions
from server.store.replies import ReplyRow, add_reply
from tests.store.samples import DAY, MINUTE, NOW, dispatching, proposal, proposed
from tests.store.test_tables import event
from tools.action_id import reference_of

LATER = NOW + 90 * DAY


def _wish(number: str) -> OptOut:
    return OptOut(number=number * 64, sealed="x", masked="***", source="reply", words="退訂", at=NOW)


async def test_only_what_nobody_needs_goes(store: DatabaseStore) -> None:
    def fill(conn: Connection) -> str:
        unknown = dispatching(conn, proposal())
        ledger.finish(conn, unknown.id, owner="w1", state=State.UNKNOWN, outcome="{}", now=NOW)
        about = event("k-about", 1)
        record_events(
            conn,
            [
                replace(about, reference=f"{reference_of(unknown.id)} note"),
                event("k-other", 1),
                replace(event("k-new", 1), received_at=LATER),
            ],
        )
        set_aside(conn, [("q-old", "b-1", "no such batch")], NOW)
        set_aside(conn, [("q-new", "b-1", "no such batch")], LATER)
        add_reply(
            conn,
            ReplyRow(key="r" * 64, batch="none", number="n", sealed="", text="好", at=NOW, heard_at=NOW),
        )
        for number in "abc":
            propose(conn, _wish(number))
        decide(conn, ["a" * 64], DISMISSED, NOW)
        decide(conn, ["b" * 64], "blocked", NOW)
        freeze_list(conn, "over", "sealed", NOW + MINUTE, NOW)
        freeze_list(conn, "held", "sealed", LATER + 2 * MINUTE, NOW)
        return unknown.id

    await store.write(fill)
    before = NOW + timedelta(days=1)
    counted = await store.read(lambda conn: count_aged(conn, before))
    dropped = await store.write(lambda conn: drop_aged(conn, before, LATER))
    expected = {aging.REPORTS: 1, aging.QUARANTINED: 1, aging.REPLIED: 1, aging.DECIDED: 1}
    assert counted == dropped == expected

    def left(conn: Connection) -> tuple[object, ...]:
        wishes = {each.number[0]: (each.state, each.words) for each in every_opt_out(conn)}
        held = [frozen_list(conn, key, NOW) for key in ("over", "held")]
        return {each.key for each in newest_events(conn)}, wishes, held

    keys, wishes, held = await store.read(left)
    assert keys == {"k-about", "k-new"}
    assert wishes == {"b": ("blocked", ""), "c": ("proposed", "退訂")}
    assert held == [None, "sealed"]


async def test_an_action_that_has_not_ended_is_not_among_the_old(store: DatabaseStore) -> None:
    def fill(conn: Connection) -> str:
        proposed(conn, proposal(digest="waits"))
        dispatching(conn, proposal(digest="goes"))
        denied = proposed(conn, proposal(digest="denied"))
        ledger.deny(conn, denied.id, by="me", channel="form", reason="no", now=NOW)
        return denied.id

    denied = await store.write(fill)
    assert list(await store.read(lambda conn: old_actions(conn, LATER, 9))) == [denied]
    assert list(await store.read(lambda conn: old_actions(conn, NOW, 9))) == []
