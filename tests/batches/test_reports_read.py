"""OMIS's reports as rows: who opened, clicked, bounced, and whose report it is, through the front door."""

from server.demo.rows import rows_of
from tests.clients.tokens import tokens_of
from tests.e2e.house import Facts, House

MASKED = "c**@example.com"


async def read(house: House, report_id: str, report_type: str | None = None, **settings: bool) -> Facts:
    async with house.session(privacy=settings) as session:
        named = {} if report_type is None else {"report_type": report_type}
        return await session.facts("read_report", {"report_id": report_id, **named})


async def test_opens_are_summed_up_and_those_of_machines_told_apart(house: House) -> None:
    facts = await read(house, "9002", "email_opened")
    assert facts["conclusion"] == (
        "Opened: 2 recipients, 3 times in all; 1 within 10 s of sending, which machines do: "
        "1 recipient without them."
    )
    assert facts["sums"]["unique"] == 2
    assert sum(facts["sums"]["days"].values()) == facts["total"] == 3
    assert [row.get("machine") for row in rows_of(facts)] == [True, None, None]
    assert {(row["email"], row["event"]) for row in rows_of(facts)} == {(MASKED, "opened")}
    assert facts["zone"] == "+08:00"


async def test_columns_that_nobody_knows_are_kept_by_their_names(house: House) -> None:
    facts = await read(house, "9002", "email_opened")
    assert facts["other_columns"] == ["ReportJobID", "ReportTypeID", "Updated"]
    assert {tuple(row["other"][:2]) for row in rows_of(facts)} == {("9002", "20003")}


async def test_clicks_are_counted_by_link_without_what_names_the_recipient(house: House) -> None:
    facts = await read(house, "9002", "click_download")
    assert facts["sums"]["links"] == [
        {"link": "https://shop.example/spring", "total": 2, "unique": 2},
        {"link": "https://shop.example/terms", "total": 1, "unique": 1},
    ]
    assert "member=" not in str(facts)


async def test_a_bounce_has_its_code_and_the_class_that_the_code_means(house: House) -> None:
    facts = await read(house, "9002", "bounce_download")
    assert [(row["code"], row["status_class"]) for row in rows_of(facts)] == [
        ("550 5.1.1", "failed_permanent"),
        ("421 4.4.5", "failed_retryable"),
        ("550 5.1.1", "failed_permanent"),
    ]
    assert facts["sums"]["codes"][0] == {"code": "550 5.1.1", "status_class": "failed_permanent", "total": 2}


async def test_a_text_that_came_is_delivered_and_its_number_is_masked(house: House) -> None:
    facts = await read(house, "9001", "sms_received")
    assert {(row["mobile"], row["status_class"]) for row in rows_of(facts)} == {
        ("0912***600", "delivered"),
        ("0912***601", "delivered"),
        ("0912***602", "delivered"),
    }


async def test_whoever_may_see_numbers_sees_recipients_whole(house: House) -> None:
    facts = await read(house, "9002", "email_opened", show_numbers=True)
    assert {row["email"] for row in rows_of(facts)} == {"customer1@example.com", "customer2@example.com"}


async def test_the_opens_of_a_job_are_one_call_and_how_sure_the_report_is_its_own_is_said(
    house: House,
) -> None:
    async with house.session() as session:
        of_job, of_launch = [
            await session.facts("read_report", {"report_id": target, "report_type": "email_opened"})
            for target in ("job:5508", "launch:1180")
        ]
    assert [facts["report_id"] for facts in (of_job, of_launch)] == ["9002", "9002"]
    assert of_job["note"].startswith("Tie: likely: ")
    assert of_job["note"].endswith("The launch has 2 jobs: the report may count all of them.")
    assert "jobs" not in of_launch["note"]


async def test_a_report_older_than_a_month_is_found_too(house: House) -> None:
    assert (await read(house, "9003", "email_opened"))["total"] == 3


async def test_what_cannot_be_found_is_refused_with_a_way_out(house: House) -> None:
    wanted = {
        "job:5511": ("not_found", "no report of the last year has its name"),
        "job:4040": ("vendor_refused", "No such job"),
        "4040": ("not_found", "no such report"),
        "9002": ("ambiguous", "several files"),
        "batch:9002": ("invalid_arguments", "job:ID or launch:ID"),
    }
    async with house.session() as session:
        for target, (code, words) in wanted.items():
            problem = await session.problem("read_report", {"report_id": target})
            assert problem["code"] == code
            assert words in problem["message"]


async def test_an_answer_costs_little(house: House) -> None:
    facts = await read(house, "9002", "click_download")
    assert await tokens_of(facts) < 600
