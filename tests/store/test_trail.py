"""What led to an action and what was decided on it is found in the audit, on both engines."""

from datetime import timedelta

from server.ledger.trail import LOOKED_BACK, Look, receipt_of, trail_of
from server.store import audit, ledger
from server.store.audit import AuditEntry
from server.store.database import DatabaseStore
from server.store.plans import Connection
from server.store.session_facts import remember_outside_text
from server.store.sessions import Session
from tests.store.samples import KEY, MINUTE, NOW, proposal, proposed


def _looked(conn: Connection, tool: str, minutes: int, principal: str = "desk") -> None:
    entry = AuditEntry(event="looked", principal=principal, tool=tool, details={})
    audit.append(conn, entry, KEY, NOW + minutes * MINUTE)


async def test_the_looks_before_it_and_the_client_are_found(store: DatabaseStore) -> None:
    def work(conn: Connection) -> None:
        _looked(conn, "get_sms_replies", 0)
        _looked(conn, "query_credit", 1)
        _looked(conn, "query_credit", 2)
        _looked(conn, "list_reports", 3, principal="another")
        action = proposed(conn, proposal(), NOW + 5 * MINUTE)
        told = AuditEntry(
            event="proposed", principal="desk", action_id=action.id, details={"through": "a client 1.0"}
        )
        audit.append(conn, told, KEY, NOW + 5 * MINUTE)
        _looked(conn, "query_launch", 6)
        remember_outside_text(conn, Session("desk", "s1"), NOW)
        found = trail_of(conn, action, NOW + 7 * MINUTE)
        assert found.through == "a client 1.0"
        assert found.looks == (
            Look(tool="query_credit", at=NOW + 2 * MINUTE),
            Look(tool="get_sms_replies", at=NOW),
        )
        assert found.outside_at == NOW

    await store.write(work)


async def test_whatever_told_something_is_found_however_many_kinds_there_are(store: DatabaseStore) -> None:
    kinds = [f"look_{number}" for number in range(20)]

    def work(conn: Connection) -> None:
        for tool in kinds:
            _looked(conn, tool, 0)
        plan = AuditEntry(event="called", principal="desk", tool="plan_campaign", details={})
        audit.append(conn, plan, KEY, NOW)
        found = trail_of(conn, proposed(conn, proposal(), NOW + MINUTE), NOW + MINUTE)
        assert [look.tool for look in found.looks] == kinds[:7:-1]
        assert found.told == ("plan_campaign", *reversed(kinds))

    await store.write(work)


async def test_what_was_looked_at_two_days_before_is_no_part_of_it(store: DatabaseStore) -> None:
    def work(conn: Connection) -> None:
        _looked(conn, "get_sms_replies", 0)
        action = proposed(conn, proposal(), NOW + timedelta(days=2))
        found = trail_of(conn, action, NOW + timedelta(days=2))
        assert (found.through, found.looks, found.outside_at) == ("", (), None)

    await store.write(work)


async def test_the_receipt_is_the_line_of_the_decision(store: DatabaseStore) -> None:
    def work(conn: Connection) -> None:
        action = proposed(conn, proposal())
        assert receipt_of(conn, action) is None
        entry = AuditEntry(event="approved", principal="desk", action_id=action.id, details={})
        decided = ledger.approve(conn, action.id, by="lin", channel="console", rule="", now=NOW)
        assert decided is not None
        head = audit.append(conn, entry, KEY, NOW)
        _looked(conn, "query_credit", 1)
        found = receipt_of(conn, decided)
        assert found is not None
        assert (found.sequence, found.mac, found.at) == (head.sequence, head.mac, NOW)

    await store.write(work)


async def test_no_more_of_the_audit_is_read_than_a_question_needs(store: DatabaseStore) -> None:
    def work(conn: Connection) -> None:
        _looked(conn, "get_sms_replies", 0)
        entry = AuditEntry(event="called", principal="desk", details={})
        audit.append_all(conn, [entry] * LOOKED_BACK, KEY, NOW)
        assert trail_of(conn, proposed(conn, proposal()), NOW).looks == ()

    await store.write(work)
