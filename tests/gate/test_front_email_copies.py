"""A copy by e-mail (EVERY8D 1.5) is a way out of the house: seen, allowed by the operator, never free."""

from typing import Any

import pytest

from tests.e2e.house import Facts, House
from tests.e2e.person import Person
from tests.gate.servers import FREE, FREE_NUMBER, fronted, posts
from tools.email_address import normalise_domain, normalise_email

ADDRESS = "Ming.Lee@Shop.TW"
SHOWN, MASKED = "Ming.Lee@shop.tw", "M**@shop.tw"
COPY: Facts = {"recipients": [{"mobile": FREE_NUMBER, "text": "您好", "email": ADDRESS}]}
ALLOWED: dict[str, Any] = {"allowed_email_domains": ["shop.tw"]}


async def test_copies_are_off_until_the_operator_names_a_domain(house: House) -> None:
    person = Person()
    async with fronted(house, person) as session:
        problem = await session.problem("send_personalized_sms", COPY)
        dry = await session.problem("send_personalized_sms", {**COPY, "dry_run": True})
    assert problem["code"] == dry["code"] == "policy_refused"
    for figure in ("CAMPAIGN_OPS_POLICY__ALLOWED_EMAIL_DOMAINS", "no copy by e-mail", "Nothing was sent."):
        assert figure in problem["message"]
    assert SHOWN not in str(problem)
    assert person.asked == []
    assert await posts(house) == 0


@pytest.mark.parametrize(
    "domain", ["evil.tw", "sub.shop.tw", "notshop.tw", "shop.tw.evil.com", "xn--shop-x.tw"]
)
async def test_only_the_very_domain_is_allowed(house: House, domain: str) -> None:
    people = [{"mobile": FREE_NUMBER, "text": "您好", "email": f"ming@{domain}"}]
    async with fronted(house, Person(), policy=ALLOWED) as session:
        problem = await session.problem("send_personalized_sms", {"recipients": people})
    assert f"m**@{domain}" in problem["message"]
    assert await posts(house) == 0


async def test_a_person_reads_the_whole_address_and_the_answer_masks_it(house: House) -> None:
    person = Person()
    async with fronted(house, person, policy=ALLOWED) as session:
        dry = await session.facts("send_personalized_sms", {**COPY, "dry_run": True})
        sent = await session.facts("send_personalized_sms", COPY)
    assert f"E-mail copies to (1): {SHOWN}" in person.asked[0].split("\n")
    assert dry["preview"]["emails"] == [MASKED]
    assert sent["outcome"] == "done"
    assert SHOWN not in str((dry, sent))
    assert await posts(house) == 1


async def test_a_send_with_a_copy_is_never_free(house: House) -> None:
    async with fronted(house, policy={**FREE, **ALLOWED}) as session:
        assert (await session.facts("send_personalized_sms", COPY))["outcome"] == "approval_required"
        without = {"recipients": [{"mobile": FREE_NUMBER, "text": "您好"}]}
        assert (await session.facts("send_personalized_sms", without))["outcome"] == "done"
    assert await posts(house) == 1


async def test_more_addresses_than_a_question_shows_are_refused(house: House) -> None:
    people = [{"mobile": FREE_NUMBER, "text": f"您好{n}", "email": f"a{n}@shop.tw"} for n in range(51)]
    async with fronted(house, Person(), policy=ALLOWED) as session:
        problem = await session.problem("send_personalized_sms", {"recipients": people})
    assert "more than 50 different e-mail addresses" in problem["message"]
    assert await posts(house) == 0


def test_a_domain_has_one_spelling() -> None:
    assert normalise_email(ADDRESS) == SHOWN
    assert normalise_domain("SHOP.tw") == "shop.tw"
    for wrong in (
        "",
        "tw",
        "*.shop.tw",
        "@shop.tw",
        ".shop.tw",
        "shop.tw.",
        "shop..tw",
        "商店.tw",
        "1.2.3.4",
    ):
        with pytest.raises(ValueError, match="no domain"):
            normalise_domain(wrong)
