"""Whose things: with tokens each principal has its own batches, events and report files, and no other's."""

from collections.abc import Callable
from typing import Any

import pytest
from mcp.server.auth.provider import AccessToken
from mcp.shared.exceptions import MCPError

from server.mcp import identity
from server.settings.settings import SettingsError, load_settings
from tests.delivery.receivers import events, receiving
from tests.e2e.house import Facts, House, Session
from tests.gate.servers import FREE, FREE_SEND, fronted
from tools.catalog import every_operation
from tools.desk_operation import AnyOperation
from tools.operation import RiskyParams

TOKENS = {"tokens": {"desk": "d" * 40, "night": "n" * 40}}
OF_BATCHES = tuple(
    operation
    for operation in every_operation()
    if operation.vendor is not None and any("batch" in name for name in operation.params.model_fields)
)
REPORT = {"report_id": "9001", "report_type": "sms_failed"}
NOBODYS = "220478cc-8506-49b2-93b7-2505f651c12e"

Acting = Callable[[str], None]


@pytest.fixture
def acting_as(monkeypatch: pytest.MonkeyPatch) -> Acting:
    """Lets the next calls come with the token of this name; with none where it is empty."""

    def change(name: str) -> None:
        token = AccessToken(token="x", client_id=name, subject=name, scopes=[]) if name else None
        monkeypatch.setattr(identity, "get_access_token", lambda: token)

    return change


async def _sent(session: Session) -> str:
    return (await session.facts("send_sms", FREE_SEND))["batch_id"]


async def _answers(session: Session, operation: AnyOperation, batch_id: str) -> list[Facts]:
    """What the operation says about a batch, in each way in which it can be asked."""
    ways: list[Facts] = [{}]
    if issubclass(operation.params, RiskyParams):
        ways = [{"dry_run": True}, {"request_id": "x"}]
    return [(await session.told(operation.name, {"batch_id": batch_id, **way})).facts for way in ways]


def test_a_batch_is_an_argument_under_one_name_alone() -> None:
    """What checks whose it is looks under that name."""
    names = {name for each in every_operation() for name in each.params.model_fields if "batch" in name}
    assert names == {"batch_id"}
    assert len(OF_BATCHES) >= 5


@pytest.mark.parametrize("operation", OF_BATCHES, ids=lambda operation: operation.name)
async def test_anothers_batch_is_told_like_none_before_the_vendor_is_asked(
    house: House, operation: AnyOperation, acting_as: Acting
) -> None:
    acting_as("desk")
    async with fronted(house, http=TOKENS, policy=FREE) as session:
        batch_id = await _sent(session)
        acting_as("night")
        await house.forget_log()
        anothers = [
            await _answers(session, operation, spelt) for spelt in (batch_id, batch_id.upper(), NOBODYS)
        ]
        assert await house.looks() == []
        acting_as("desk")
        own = await _answers(session, operation, batch_id)
    assert anothers[0] == anothers[1] == anothers[2]
    assert {(facts["code"], facts["message"][:12]) for facts in anothers[0]} == {
        ("not_found", "Nothing was ")
    }
    assert all(facts.get("code") != "not_found" for facts in own)


async def test_batches_sent_elsewhere_are_for_whom_the_settings_name(house: House, acting_as: Acting) -> None:
    elsewhere = await house.vendor.batch("0912345100")
    async with fronted(house, http={**TOKENS, "owner_of_foreign": "night"}, policy=FREE) as session:
        acting_as("desk")
        assert (await session.problem("get_sms_delivery", {"batch_id": elsewhere}))["code"] == "not_found"
        own = await _sent(session)
        acting_as("night")
        assert (await session.facts("get_sms_delivery", {"batch_id": elsewhere}))["total"] == 1
        for spelt in (own, own.upper()):
            assert (await session.problem("get_sms_delivery", {"batch_id": spelt}))["code"] == "not_found"
        acting_as("")
        assert (await session.facts("get_sms_delivery", {"batch_id": elsewhere}))["total"] == 1
        assert (await session.problem("get_sms_delivery", {"batch_id": own}))["code"] == "not_found"


@pytest.mark.parametrize("http", [{}, {**TOKENS, "shared": True}], ids=["no tokens", "shared"])
async def test_everything_is_everybodys_where_nothing_divides(
    house: House, http: dict[str, Any], acting_as: Acting
) -> None:
    elsewhere = await house.vendor.batch("0912345100")
    acting_as("desk")
    async with fronted(house, http=http, policy=FREE) as session:
        own = await _sent(session)
        saved = await session.told("download_report", REPORT)
        acting_as("night")
        for batch_id in (own, elsewhere):
            assert (await session.facts("get_sms_delivery", {"batch_id": batch_id}))["total"] == 1
        assert (await session.client.read_resource(saved.links[0].uri)).contents


async def test_delivery_events_are_those_of_ones_own_batches(house: House, acting_as: Acting) -> None:
    acting_as("desk")
    async with receiving(house, http={**TOKENS, "owner_of_foreign": "night"}, policy=FREE) as (session, url):
        await house.vendor.control("callbacks", url=url)
        own = await _sent(session)
        elsewhere = await house.vendor.batch("0912345103")
        await house.vendor.advance(61)
        seen = {
            name: {each["batch_id"] for each in await events(session)}
            for name in ("desk", "night")
            if acting_as(name) is None
        }
    assert seen == {"desk": {own}, "night": {elsewhere}}


async def test_report_files_are_read_by_whom_they_were_saved_for(house: House, acting_as: Acting) -> None:
    acting_as("desk")
    async with fronted(house, http=TOKENS) as session:
        link = (await session.told("download_report", REPORT)).links[0].uri
        whole = (await session.client.read_resource(link)).contents
        for other in ("night", ""):
            acting_as(other)
            errors: list[str] = []
            for uri in (link, link + "x"):
                with pytest.raises(MCPError) as refused:
                    await session.client.read_resource(uri)
                errors.append(refused.value.error.message.replace(uri, "URI"))
            assert errors[0] == errors[1]
    # A server that is started later knows whose it is as well.
    acting_as("desk")
    async with fronted(house, http=TOKENS) as session:
        assert (await session.client.read_resource(link)).contents == whole


def test_only_a_token_that_there_is_can_own_what_was_sent_elsewhere() -> None:
    with pytest.raises(SettingsError, match="OWNER_OF_FOREIGN: has no token"):
        load_settings(None, http={**TOKENS, "owner_of_foreign": "nihgt"})
