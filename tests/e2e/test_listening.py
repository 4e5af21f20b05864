"""Batches and the inbox as resources: read by their owner alone, and told of when they change."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp_types import (
    PromptReference,
    ResourceTemplateReference,
    ResourceUpdatedNotification,
)

from server.batches.watching import Watching
from server.late_parts import LateParts
from server.mcp import subscriptions
from server.mcp.app import build_server
from server.mcp.uris import BATCH_URI, BRIEF_URI, INBOX_URI
from server.parts import Parts
from tests.batches.inbox import answered, sent
from tests.campaigns.playing import people, planned, write_list
from tests.e2e.eras import Era
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.e2e.process import Served, at_the_sandbox, served
from tests.gate.servers import FREE, FREE_NUMBER, started, until, visited
from tests.patience import PATIENCE

pytestmark = pytest.mark.filterwarnings("ignore:resources/(un)?subscribe is removed")


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "EVERY_SECONDS", 0.05)


class Heard:
    """A client that listens in the way of its era, and what it was told."""

    def __init__(self) -> None:
        self.uris: list[str] = []

    async def __call__(self, message: Any) -> None:
        """What comes without being asked for (2025-11-25)."""
        if isinstance(message, ResourceUpdatedNotification):
            self.uris.append(str(message.params.uri))

    async def hears(self, uri: str) -> None:
        """Wait until this was told of, and forget it."""

        async def told() -> bool:
            return uri in self.uris

        await until(told)
        self.uris.clear()


@asynccontextmanager
async def listening(parts: Parts, era: Era, *uris: str) -> AsyncGenerator[Heard]:
    """A client that has said what it listens for; the server has agreed."""
    heard, server = Heard(), build_server(LateParts.of(parts))
    async with (
        server.one_client(),
        # The newer era's stream would be heard twice.
        Client(server, mode=era, message_handler=heard if era == "legacy" else None) as client,
        anyio.create_task_group() as beside,
    ):
        if era == "legacy":
            for uri in uris:
                await client.subscribe_resource(uri)  # pyright: ignore[reportDeprecated] - the older era has no other
            yield heard
            for uri in uris:
                await client.unsubscribe_resource(uri)  # pyright: ignore[reportDeprecated] - as above
        else:
            async with client.listen(resource_subscriptions=list(uris)) as stream:

                async def take() -> None:
                    async for event in stream:
                        heard.uris.append(str(getattr(event, "uri", "")))

                beside.start_soon(take)
                yield heard
                beside.cancel_scope.cancel()


async def resource(session: Session, uri: str) -> Facts:
    """What a resource tells."""
    (content,) = (await session.client.read_resource(uri)).contents
    text = str(getattr(content, "text", ""))
    assert FREE_NUMBER[1:] not in text
    return json.loads(text)


async def test_a_batch_and_the_inbox_are_told_when_they_change_in_whatever_process(
    house: House, era: Era
) -> None:
    async with started(house, policy=FREE) as parts, visited(parts, "auto") as session:
        batch_id = await sent(house, session, [FREE_NUMBER])
        uri = BATCH_URI + batch_id
        async with (
            started(house, policy=FREE) as elsewhere,
            visited(elsewhere, "auto") as other,
            listening(parts, era, uri, INBOX_URI) as heard,
        ):
            await other.facts("summarize_delivery", {"batch_id": batch_id, "refresh": True})
            await heard.hears(uri)
            assert (await resource(session, uri))["counts"] == {"delivered": 1}
            await answered(house, FREE_NUMBER, "收到")
            await other.facts("get_reply_summary", {"refresh": True})
            await heard.hears(INBOX_URI)
            assert (await resource(session, INBOX_URI))["replies"] == 1


async def test_the_brief_is_told_of_when_something_went_out_or_waits(house: House, era: Era) -> None:
    async with (
        started(house, policy=FREE) as parts,
        visited(parts, "auto") as session,
        listening(parts, era, BRIEF_URI) as heard,
    ):
        batch_id = await sent(house, session, [FREE_NUMBER])
        await session.facts("list_batches")
        await heard.hears(BRIEF_URI)
        assert "1 batch to 1 recipient" in (await resource(session, BRIEF_URI))["conclusion"]
        await session.facts("summarize_delivery", {"batch_id": batch_id, "refresh": True})
        await heard.hears(BRIEF_URI)
        await session.told("send_sms", {"recipients": ["0912345678"], "text": "等人同意"})
        await heard.hears(BRIEF_URI)
        lines = (await resource(session, BRIEF_URI))["lines"]
        assert any(line.startswith("1 waiting for approval") for line in lines)


async def test_the_brief_is_told_of_when_a_campaign_waits_for_a_person(house: House, era: Era) -> None:
    write_list(house, people(2))
    async with (
        started(house, policy=FREE) as parts,
        visited(parts, "auto", Person()) as session,
    ):
        campaign = {"campaign_id": (await planned(session))["campaign_id"]}
        await session.facts("start_campaign", campaign)
        async with listening(parts, era, BRIEF_URI) as heard:
            await session.facts("pause_campaign", campaign)
            await heard.hears(BRIEF_URI)
        lines = (await resource(session, BRIEF_URI))["lines"]
    assert any(campaign["campaign_id"] in line for line in lines)


async def test_what_does_not_change_is_not_told_and_what_changes_often_is_told_once_a_look(
    house: House, era: Era, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    real = Watching.marks

    async def counted(self: Watching, *asked: Any) -> Any:
        nonlocal looks
        looks += 1
        return await real(self, *asked)

    monkeypatch.setattr(Watching, "marks", counted)

    async def looked_again() -> bool:
        return looks >= before + 3

    async with started(house, policy=FREE) as parts, visited(parts, "auto") as session:
        uri = BATCH_URI + await sent(house, session, [FREE_NUMBER])
        assert looks == 0
        async with listening(parts, era, uri) as heard:
            before = looks
            await until(looked_again)
            assert heard.uris == []
            before = looks
            while looks < before + 3:
                await session.facts("summarize_delivery", {"refresh": True})
            assert 1 <= len(heard.uris) <= looks - before + 1
        ended = looks
        for _ in range(3):
            await session.facts("summarize_delivery", {"refresh": True})
        assert looks <= ended + 1


async def test_another_ones_batch_is_neither_read_nor_listened_for(house: House) -> None:
    async with started(house, policy=FREE) as parts, visited(parts, "auto") as session:
        uri = BATCH_URI + await sent(house, session, [FREE_NUMBER])
    tokens = {"desk": "d" * 40}
    async with (
        started(house, http={"tokens": tokens}) as parts,
        visited(parts, "auto") as session,
    ):
        assert (await resource(session, uri))["batches"] == 1
        server = build_server(LateParts.of(parts))
        with pytest.MonkeyPatch.context() as patched:
            for module in ("subscriptions", "completions", "resources", "identity"):
                named = f"server.mcp.{module}.principal"
                patched.setattr(named, lambda: "token:desk")
            async with Client(server) as client:
                with pytest.raises(MCPError, match="There is no such batch"):
                    await client.read_resource(uri)
                async with client.listen(
                    resource_subscriptions=[uri, INBOX_URI, "campaign-ops://policy"]
                ) as stream:
                    assert stream.honored.resource_subscriptions == [INBOX_URI]
                template = ResourceTemplateReference(uri=BATCH_URI + "{batch_id}")
                assert await _completed(client, template, "batch_id", "") == []


async def _completed(client: Client, ref: Any, name: str, typed: str) -> list[str]:
    return (await client.complete(ref, {"name": name, "value": typed})).completion.values


async def test_ids_of_the_newest_batches_are_completed(house: House, era: Era) -> None:
    async with (
        started(house, policy=FREE | {"test_points": 10}) as parts,
        visited(parts, era) as session,
    ):
        ids = [await sent(house, session, [FREE_NUMBER], f"第{nth}則") for nth in range(3)]
        for ref, name in (
            (ResourceTemplateReference(uri=BATCH_URI + "{batch_id}"), "batch_id"),
            (PromptReference(name="who_failed"), "batch_id"),
        ):
            assert await _completed(session.client, ref, name, "") == ids[::-1]
            assert await _completed(session.client, ref, name, ids[1][:9].upper()) == [ids[1]]
        several = PromptReference(name="morning_check")
        assert await _completed(session.client, several, "batch_ids", f"{ids[0]},{ids[2][:9]}") == [
            f"{ids[0]},{ids[2]}"
        ]
        assert await _completed(session.client, several, "other", "") == []
        assert await _completed(session.client, several, "batch_ids", "%") == []


async def test_batches_are_listed_as_a_template_and_what_is_no_batch_is_not_found(house: House) -> None:
    async with house.session() as session:
        templates = [
            each.uri_template for each in (await session.client.list_resource_templates()).resource_templates
        ]
        assert BATCH_URI + "{batch_id}" in templates
        with pytest.raises(MCPError, match="There is no such batch"):
            await session.client.read_resource(BATCH_URI + "220478cc-8506-49b2-93b7-2505f651c12e")


async def test_a_tool_that_is_not_offered_has_no_resource(house: House) -> None:
    disabled = {"disabled_tools": ["get_reply_summary", "summarize_delivery"]}
    async with house.session(policy=disabled) as session:
        listed = [str(each.uri) for each in (await session.client.list_resources()).resources]
        templates = (await session.client.list_resource_templates()).resource_templates
    assert INBOX_URI not in listed
    assert not any(each.uri_template.startswith(BATCH_URI) for each in templates)


async def _notified(server: Served, method: str) -> Facts:
    assert server.process.stdout is not None
    with anyio.fail_after(PATIENCE):
        while line := await server.process.stdout.readline():
            message = json.loads(line)
            if message.get("method") == method:
                return message["params"]
    raise AssertionError("the server ended")


@pytest.mark.usefixtures("quick_start")
async def test_over_stdio_a_client_that_listens_is_told_and_holds_the_end_up_by_no_more_than_seconds(
    house: House, era: Era
) -> None:
    async with (
        started(house, policy=FREE) as parts,
        visited(parts, "auto") as session,
        served(env=at_the_sandbox(house), folder=house.folder, era=era) as server,
    ):
        uri = BATCH_URI + await sent(house, session, [FREE_NUMBER])
        await server.ready()
        if era == "legacy":
            await server.ask("resources/subscribe", {"uri": uri})
        else:
            await server.tell("subscriptions/listen", {"notifications": {"resourceSubscriptions": [uri]}})
            await _notified(server, "notifications/subscriptions/acknowledged")
        await session.facts("summarize_delivery", {"refresh": True})
        assert (await _notified(server, "notifications/resources/updated"))["uri"] == uri
        assert server.process.stdin is not None
        server.process.stdin.close()
        assert await server.ended_within(PATIENCE) == 0
