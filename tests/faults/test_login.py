"""A refused login stops every later call: ten wrong ones lock the customer's account (-999)."""

from typing import Any

import pytest

from server.demo.rows import rows_of
from tests.e2e.good_cases_desk import unknown_send
from tests.e2e.house import House
from tests.e2e.person import Person

# What is tested here lies behind the protocol: the older era would say the same.
pytestmark = pytest.mark.parametrize("era", ["auto"], indirect=True)

SEND: dict[str, Any] = {"recipients": ["0912345100"], "text": "您好"}
WRONG: dict[str, Any] = {"every8d": {"password": "wrong"}}


async def _requests(house: House) -> int:
    return len(await house.vendor.log())


@pytest.mark.parametrize(
    ("account", "code"),
    [
        ({"password": "wrong"}, "-101"),
        ({"uid": "nobody"}, "-100"),
        ({"uid": "locked", "password": "locked"}, "-999"),
    ],
)
async def test_one_wrong_login_is_one_request_and_then_none(
    house: House, account: dict[str, str], code: str
) -> None:
    async with house.session(Person(), every8d=account) as session:
        first = await session.problem("query_credit")
        assert (first["code"], first["vendor_code"], first["retryable"]) == ("login_refused", code, False)
        assert await _requests(house) == 1
        for tool, arguments in (("query_credit", {}), ("send_sms", SEND), ("query_credit", {})):
            later = await session.problem(tool, arguments)
            assert (later["code"], later["vendor_code"]) == ("login_stopped", code)
            assert "unlock every8d" in later["next"]
    assert await _requests(house) == 1


async def test_a_send_with_a_wrong_login_stops_too(house: House) -> None:
    async with house.session(Person(), **WRONG) as session:
        assert (await session.problem("send_sms", SEND))["code"] == "login_refused"
        assert (await session.problem("send_sms", SEND))["code"] == "login_stopped"
    assert await _requests(house) == 1


async def test_a_look_whose_failure_is_no_error_stops_the_calls_too(house: House) -> None:
    """Whatever asks: a person who looks again and again would lock the account."""
    async with house.session(Person()) as session:
        unknown = await unknown_send(house, session)
    before = await _requests(house)
    async with house.session(**WRONG) as session:
        for _ in range(3):
            assert (await session.facts("reconcile_action", unknown))["state"] == "unknown"
    assert await _requests(house) == before + 1


async def test_a_new_server_on_the_same_store_remembers(house: House) -> None:
    async with house.session(**WRONG) as session:
        await session.problem("query_credit")
    async with house.session(**WRONG) as session:
        assert (await session.problem("query_credit"))["code"] == "login_stopped"
    assert await _requests(house) == 1


async def test_other_credentials_are_tried_again(house: House) -> None:
    async with house.session(**WRONG) as session:
        await session.problem("query_credit")
    async with house.session() as session:
        assert (await session.facts("query_credit"))["credit"] == 10000


async def test_the_other_vendor_goes_on(house: House) -> None:
    async with house.session(**WRONG) as session:
        await session.problem("query_credit")
        assert rows_of(await session.facts("query_launch", {"launch_id": "1182"}))


async def test_the_password_is_in_no_answer(house: House) -> None:
    async with house.session(every8d={"password": "canary-wrong-password"}) as session:
        problem = await session.problem("query_credit")
        later = await session.problem("query_credit")
    assert "canary" not in str(problem) + str(later)
