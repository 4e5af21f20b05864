"""What a passkey signs is an approval of exactly one action, and where it is needed nothing else is one."""

import html
import json
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from server.command.comparison import examined
from server.ledger import assertions
from server.ledger.notes import Note
from server.parts import Parts
from server.store.actions import State
from server.store.passkeys import Evidence, add_evidence
from tests.command.terminal import piped, run
from tests.console.authenticator import Authenticator, written
from tests.console.browser import Browser, Form, Page, shown_page
from tests.e2e.house import House, Session, open_session
from tests.e2e.person import Person
from tests.gate.servers import LAUNCH, SEND, posts

NEEDED = {"approval": {"passkeys": "required", "human_minimum_ms": 0}}
OTHER = {**SEND, "text": "另一則簡訊"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An assistant, the page, and a person's passkey."""

    session: Session
    parts: Parts
    browser: Browser
    passkey: Authenticator

    async def register(self, passkey: Authenticator, agreed: Authenticator | None = None) -> Page:
        """On the page, as its script does."""
        page = await self.browser.get("/passkeys")
        options = json.loads(asked(page, "register"))
        typed = {"label": "phone", "response": passkey.create(options["create"]["challenge"])}
        if agreed is not None:
            typed["agreed"] = agreed.sign(options["get"]["challenge"])
        return await self.browser.send(page.form("Register"), "Register", typed)

    async def asked(self, tool: str = "send_sms", arguments: dict[str, Any] = SEND) -> str:
        """The id of what the assistant asked for."""
        return str((await self.session.facts(tool, arguments))["action_id"])

    async def answer(self, action_id: str, signer: Authenticator | None, **typed: str) -> Page:
        """Approve on the page, signed by this passkey."""
        page = await self.browser.get(f"/approvals/{action_id}")
        if signer is not None:
            typed = {"assertion": signer.sign(json.loads(asked(page, "sign"))["challenge"]), **typed}
        form = approving(page)
        return await self.browser.send(form, form.buttons[0][2], typed)

    async def state(self, action_id: str) -> State | None:
        """Where it stands."""
        entry = await self.parts.book.get(action_id)
        return entry and entry.state


def asked(page: Page, what: str) -> str:
    """What the page's script is given."""
    found = re.search(rf'data-{what}="([^"]*)"', page.html)
    assert found is not None
    return html.unescape(found[1])


def approving(page: Page) -> Form:
    return next(form for form in page.forms if any(value == "approve" for _, value, _ in form.buttons))


@asynccontextmanager
async def desk(house: House, person: Person | None = None, **changed: Any) -> AsyncGenerator[Desk]:
    async with open_session(house.settings(**(changed or NEEDED)), house.era, person) as session:
        assert session.parts is not None
        async with shown_page(session.parts) as browser:
            await browser.sign_in()
            passkey = Authenticator(origin=browser.address.origin)
            made = Desk(session=session, parts=session.parts, browser=browser, passkey=passkey)
            assert (await made.register(passkey)).status == 200
            yield made


async def test_what_a_passkey_signed_goes_out_once_and_the_audit_vouches_for_it(
    house: House, store_url: str
) -> None:
    changed: dict[str, Any] = {**NEEDED, "store": {"url": store_url}}
    async with desk(house, None, **changed) as at:
        action_id = await at.asked()
        assert (await at.answer(action_id, at.passkey)).status == 200
        assert (await at.session.facts("send_sms", SEND))["outcome"] == "done"
        found = await examined(at.parts, None)
    assert await posts(house) == 1
    assert found.ok, list(found.told())


async def test_neither_form_nor_terminal_nor_a_click_counts_where_a_passkey_is_needed(house: House) -> None:
    person = Person()
    async with desk(house, person) as at:
        action_id = await at.asked()
        assert person.asked == []
        refused = await at.answer(action_id, None)
        assert refused.status == 409
        assert "needs a passkey" in refused.text
        assert await at.state(action_id) is State.PROPOSED
        assert (await at.session.facts("send_sms", SEND))["outcome"] == "approval_required"
    assert await posts(house) == 0


async def another_key(at: Desk, action_id: str, challenge: str) -> str:
    return Authenticator(origin=at.browser.address.origin).sign(challenge)


async def a_key_that_is_not_registered(at: Desk, action_id: str, challenge: str) -> str:
    return Authenticator(origin=at.browser.address.origin, name=b"nobody-knows-it!").sign(challenge)


async def nobody_verified(at: Desk, action_id: str, challenge: str) -> str:
    at.passkey.verifies = False
    return at.passkey.sign(challenge)


async def another_page(at: Desk, action_id: str, challenge: str) -> str:
    at.passkey.origin = "http://localhost:1"
    return at.passkey.sign(challenge)


async def another_preview(at: Desk, action_id: str, challenge: str) -> str:
    page = await at.browser.get(f"/approvals/{await at.asked('send_sms', OTHER)}")
    return at.passkey.sign(json.loads(asked(page, "sign"))["challenge"])


async def a_changed_one(at: Desk, action_id: str, challenge: str) -> str:
    said = json.loads(at.passkey.sign(challenge))
    said["response"]["signature"] = said["response"]["signature"][:-8] + "AAAAAAAA"
    return json.dumps(said)


async def a_copy_of_the_authenticator(at: Desk, action_id: str, challenge: str) -> str:
    await at.answer(await at.asked("terminate_launch", LAUNCH), at.passkey, proof="1182")
    at.passkey.count = 0
    return at.passkey.sign(challenge)


async def a_passkey_of_somebody_else(at: Desk, action_id: str, challenge: str) -> str:
    await at.parts.store.write(lambda conn: conn.exec_driver_sql("UPDATE passkeys SET person = 'local:chen'"))
    return at.passkey.sign(challenge)


async def nonsense(at: Desk, action_id: str, challenge: str) -> str:
    return '{"id": 1}'


@pytest.mark.parametrize(
    "lie",
    [
        another_key,
        a_key_that_is_not_registered,
        nobody_verified,
        another_page,
        another_preview,
        a_changed_one,
        a_copy_of_the_authenticator,
        a_passkey_of_somebody_else,
        nonsense,
    ],
)
async def test_what_no_passkey_signed_for_exactly_this_approves_nothing(house: House, lie: Any) -> None:
    async with desk(house) as at:
        action_id = await at.asked()
        page = await at.browser.get(f"/approvals/{action_id}")
        assertion = await lie(at, action_id, json.loads(asked(page, "sign"))["challenge"])
        form = approving(page)
        refused = await at.browser.send(form, form.buttons[0][2], {"assertion": assertion})
        assert refused.status == 409
        assert "was not approved" in refused.text
        assert await at.state(action_id) is State.PROPOSED
    assert await posts(house) == 0


async def test_an_assertion_that_was_used_approves_nothing_again(house: House) -> None:
    async with desk(house) as at:
        first = await at.asked()
        page = await at.browser.get(f"/approvals/{first}")
        assertion = at.passkey.sign(json.loads(asked(page, "sign"))["challenge"])
        form = approving(page)
        await at.browser.send(form, form.buttons[0][2], {"assertion": assertion})
        assert (await at.session.facts("send_sms", SEND))["outcome"] == "done"
        second = await at.asked("send_sms", OTHER)
        # The same answer to the same action is told as what became of it.
        for each, status in ((first, 303), (second, 409)):
            again = await at.browser.client.post(
                f"/approvals/{each}",
                data={**form.fields, "answer": "approve", "assertion": assertion},
                headers={"Origin": at.browser.address.origin},
            )
            assert again.status_code == status
        assert await at.state(second) is State.PROPOSED
    assert await posts(house) == 1


EDITS = {
    "the evidence is gone": "DELETE FROM approval_evidence",
    "the evidence is another one": "UPDATE approval_evidence SET assertion = replace(assertion, 'a', 'b')",
    "the preview's digest is another one": "UPDATE approval_evidence SET preview_digest = 'x'",
    "the page is another one": "UPDATE approval_evidence SET origin = 'http://localhost:1'",
    "the passkey is gone": "DELETE FROM passkeys",
    "the passkey is another one": "UPDATE passkeys SET public_key = 'x'",
    "the passkey is another person's": "UPDATE passkeys SET person = 'local:chen'",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
async def test_the_claim_looks_again_at_what_was_signed(house: House, edit: str) -> None:
    async with desk(house) as at:
        action_id = await at.asked()
        await at.answer(action_id, at.passkey)
        await at.parts.store.write(lambda conn: conn.exec_driver_sql(edit))
        await at.session.told("send_sms", SEND)
        assert await at.state(action_id) is State.EXPIRED
        assert not (await examined(at.parts, None)).ok
    assert await posts(house) == 0


async def test_a_reset_ends_what_was_signed_and_nothing_is_signed_for_a_day(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(house) as at:
        action_id = await at.asked()
        await at.answer(action_id, at.passkey)
        assert await at.parts.passkeys.reset("local:lin") == 1
        told = await at.session.told("send_sms", SEND)
        assert "passkeys were reset" in str(told.facts)
        assert await at.state(action_id) is State.EXPIRED
        fresh = Authenticator(origin=at.browser.address.origin, name=b"passkey-two-0123")
        assert (await at.register(fresh)).status == 200
        waits = await at.asked("send_sms", OTHER)
        page = await at.browser.get(f"/approvals/{waits}")
        assert "It cannot be approved now: passkeys were reset" in page.text
        entry = await at.parts.book.get(waits)
        assert entry is not None
        challenge = assertions.challenge_of(entry, assertions.preview_digest(entry))
        typed = {"answer": "approve", "assertion": fresh.sign(written(challenge))}
        refused = await at.browser.send(page.form("Refuse"), "", typed)
        assert "was not approved: passkeys were reset" in refused.text
        assert await at.state(waits) is State.PROPOSED
    assert await posts(house) == 0


async def test_who_has_no_passkey_where_one_is_needed_is_told_so_before_the_click(house: House) -> None:
    async with open_session(house.settings(**NEEDED), house.era, None) as session:
        assert session.parts is not None
        action_id = (await session.facts("send_sms", SEND))["action_id"]
        async with shown_page(session.parts) as browser:
            await browser.sign_in()
            page = await browser.get(f"/approvals/{action_id}")
    assert "It cannot be approved now: it needs a passkey, and none of yours is registered here." in page.text
    assert [value for form in page.forms for name, value, _ in form.buttons if name == "answer"] == [
        "refuse",
        "change",
    ]


@pytest.mark.usefixtures("quick_start")
@pytest.mark.parametrize(("options", "typed"), [(["--yes"], ""), ([], "y\n")])
async def test_a_reset_counts_in_a_real_terminal_alone(house: House, options: list[str], typed: str) -> None:
    """As an approval: an agent's shell runs its commands from a pipe."""
    async with desk(house) as at:
        refused = await piped(house, "passkeys", "reset", *options, typed=typed)
        assert (refused.code, "No passkey was taken away" in refused.out) == (1, True)
        assert len(await at.parts.passkeys.held()) == 1
        done = await run(house, "passkeys", "reset", *options, typed=typed)
        assert (done.code, "1 passkey was taken away" in done.out) == (0, True)
        assert await at.parts.passkeys.held() == []
        exported = await piped(house, "audit", "export")
        assert exported.out.count("passkeys_reset") == 1


async def test_what_a_key_signed_that_nobody_registered_is_no_evidence(house: House) -> None:
    """Also where the audit's chain fits: its key is a file, and a passkey is none."""
    async with desk(house, approval={"human_minimum_ms": 0}) as at:
        action_id = await at.asked()
        await at.answer(action_id, None)
        entry = await at.parts.book.get(action_id)
        assert entry is not None
        own = Authenticator(origin=at.browser.address.origin, name=b"nobody-knows-it!")
        digest = assertions.preview_digest(entry)
        forged = Evidence(
            action_id=action_id,
            credential=written(own.name),
            public_key=written(own.public_key()),
            preview_digest=digest,
            origin=own.origin,
            assertion=own.sign(written(assertions.challenge_of(entry, digest))),
            signed_at=at.parts.journal.clock(),
        )
        note = Note(what="approved", action_id=action_id)
        await at.parts.journal.write(lambda conn, _: (add_evidence(conn, forged), note))
        found = await examined(at.parts, None)
        assert all(each.ok for each in found.tables)
        assert found.unsigned == [action_id]
        await at.session.told("send_sms", SEND)
        assert await at.state(action_id) is State.EXPIRED
    assert await posts(house) == 0


async def test_another_passkey_needs_the_word_of_a_registered_one(house: House) -> None:
    async with desk(house) as at:
        second = Authenticator(origin=at.browser.address.origin, name=b"passkey-two-0123")
        refused = await at.register(second)
        assert refused.status == 409
        assert "Nothing was registered" in refused.text
        assert (await at.register(second, agreed=second)).status == 409
        assert (await at.register(second, agreed=at.passkey)).status == 200
        assert (await at.register(second, agreed=at.passkey)).status == 409
        assert len(await at.parts.passkeys.held()) == 2
        action_id = await at.asked()
        await at.answer(action_id, second)
        assert await at.state(action_id) is State.APPROVED


async def test_who_is_not_verified_registers_nothing(house: House) -> None:
    async with desk(house) as at:
        unverified = Authenticator(origin=at.browser.address.origin, name=b"passkey-two-0123", verifies=False)
        assert (await at.register(unverified, agreed=at.passkey)).status == 409


@pytest.mark.parametrize(
    ("approval", "tool", "arguments", "needed"),
    [
        ({"passkey_above_points": "1"}, "send_sms", SEND, False),
        ({"passkey_above_points": "0.5"}, "send_sms", SEND, True),
        ({"passkey_for_destroy": True}, "terminate_launch", LAUNCH, True),
        ({"passkey_for_destroy": True}, "send_sms", SEND, False),
        ({}, "terminate_launch", LAUNCH, False),
    ],
)
async def test_the_rules_say_what_needs_a_passkey(
    house: House, approval: dict[str, Any], tool: str, arguments: dict[str, Any], *, needed: bool
) -> None:
    async with desk(house, approval={**approval, "human_minimum_ms": 0}) as at:
        action_id = await at.asked(tool, arguments)
        page = await at.answer(action_id, None, proof="1182")
        assert (page.status == 409) is needed
        assert await at.state(action_id) is (State.PROPOSED if needed else State.APPROVED)


async def test_the_evidence_outlives_the_preview(house: House) -> None:
    """The retention takes people out of previews; what was signed can still be checked by anybody."""
    async with desk(house) as at:
        action_id = await at.asked()
        await at.answer(action_id, at.passkey)
        await at.session.facts("send_sms", SEND)
        clock = at.parts.journal.clock
        at.parts.journal.clock = lambda: clock() + timedelta(days=4000)
        await at.parts.retention.purge(by="local:lin")
        assert (await examined(at.parts, None)).ok
