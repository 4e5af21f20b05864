"""OMIS by every request style, answer form and redirect that its documents describe."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError

from server.demo.rows import rows_of
from tests.e2e.good_cases_omis import last_month
from tests.e2e.house import Facts, House
from tests.e2e.person import Person
from tests.faults.scripted import ScriptedVendor, whole

# What is tested here lies behind the protocol: the older era would say the same.
pytestmark = pytest.mark.parametrize("era", ["auto"], indirect=True)

LOGIN = (
    '<?xml version="1.0" encoding="utf-8"?><REQUEST><ManagerLoginName>sandbox</ManagerLoginName>'
    "<ManagerPassword>sandbox</ManagerPassword></REQUEST>"
)
LOOPBACK = ("127.0.0.1",)
ALL = "%omisquerystring%"
EACH = "code=%errorcode%&msg=%errormsg%&launch=%launchid%"


@pytest.fixture
async def xml_url() -> AsyncIterator[str]:
    """A web server with the credentials' XML."""
    async with ScriptedVendor.serving(whole(LOGIN, content_type="text/xml")) as server:
        yield f"{server.url}/login.xml"


async def _launch(house: House, **omis: Any) -> Facts:
    async with house.session(omis=omis) as session:
        return await session.facts("query_launch", {"launch_id": "1182"})


@pytest.mark.parametrize("style", ["xml_request", "xml_file"])
async def test_the_xml_styles_answer_as_the_form_does(house: House, style: str) -> None:
    expected = await _launch(house)
    await house.forget_log()
    assert await _launch(house, request_style=style) == expected
    (entry,) = await house.vendor.log()
    names = {name for name, _ in entry["fields"]}
    assert "ManagerPassword" not in names
    assert "LaunchID" in names
    assert ("XmlRequest" in names) is (style == "xml_request")
    assert ("multipart/form-data" in entry["headers"]["content-type"]) is (style == "xml_file")


async def test_the_xml_can_be_fetched_by_the_vendor(house: House, xml_url: str) -> None:
    expected = await _launch(house)
    await house.forget_log()
    found = await _launch(house, request_style="xml_url", xml_url=xml_url, redirect_hosts=LOOPBACK)
    assert found == expected
    (entry,) = await house.vendor.log()
    assert dict(entry["fields"]) == {"XmlReqUrl": xml_url, "LaunchID": "1182"}


@pytest.mark.parametrize("style", ["xml_request", "xml_file"])
async def test_an_action_goes_by_every_style(house: House, style: str) -> None:
    async with house.session(Person(), omis={"request_style": style}) as session:
        facts = await session.facts("terminate_launch", {"launch_id": "1182"})
    assert facts["accepted"] is True
    assert await house.changes() == ["taskmanager.aspx"]


async def test_get_is_used_only_when_the_settings_say_so(house: House) -> None:
    expected = await _launch(house)
    assert [entry["method"] for entry in await house.vendor.log()] == ["POST"]
    await house.forget_log()
    assert await _launch(house, password_in_url=True) == expected
    assert [entry["method"] for entry in await house.vendor.log()] == ["GET"]


@pytest.mark.parametrize("manner", [{"encoding": "utf-16"}, {"root": "WebApiResult"}])
async def test_another_encoding_or_root_says_the_same(house: House, manner: dict[str, str]) -> None:
    expected = await _launch(house)
    await house.vendor.control("omis", **manner)
    assert await _launch(house) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
async def test_csv_holds_the_same_records(house: House, encoding: str) -> None:
    expected = await _launch(house)
    await house.vendor.control("omis", format="csv", encoding=encoding)
    found = await _launch(house)
    assert [_without_other(record) for record in rows_of(found)] == [
        _without_other(record) for record in rows_of(expected)
    ]


def _without_other(record: Facts) -> Facts:
    return {name: value for name, value in record.items() if name not in ("other", "launch_id")}


@pytest.mark.parametrize("name", ["refer_url", "successful_url"])
async def test_a_redirect_is_read_and_never_followed(house: House, name: str) -> None:
    async with ScriptedVendor.serving(whole("")) as ours:
        url = f"{ours.url}/back?{ALL}"
        found = await _launch(house, **{name: url}, redirect_hosts=LOOPBACK)
        assert ours.requests == []
    assert rows_of(found)[0]["launch_id"] == "1182"
    assert rows_of(found)[0]["status_code"] == 2


async def test_a_redirect_to_the_failed_url_is_a_refusal_with_its_code(house: House) -> None:
    omis = {"failed_url": f"http://127.0.0.1:9/failed?{EACH}", "redirect_hosts": LOOPBACK}
    async with house.session(omis=omis) as session:
        problem = await session.problem("query_launch", {"launch_id": "4040"})
    assert problem["vendor_code"] == "111"


async def test_an_action_can_be_answered_by_a_redirect(house: House) -> None:
    omis = {"refer_url": f"http://127.0.0.1:9/back?{ALL}", "redirect_hosts": LOOPBACK}
    async with house.session(Person(), omis=omis) as session:
        facts = await session.facts("pause_job", {"job_id": "5506"})
    assert facts["accepted"] is True


async def test_unc_links_are_said_to_be_useless(house: House) -> None:
    async with house.session(omis={"response_mode": 0}) as session:
        facts = await session.facts("list_reports", last_month())
    assert rows_of(facts)[0]["download_link"].startswith("\\\\")
    assert "response_mode=1" in facts["note"]


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
async def test_a_report_is_downloaded_or_its_refusal_is_clear_in_every_mode(house: House, mode: int) -> None:
    async with house.session(omis={"response_mode": mode}) as session:
        told = await session.told("download_report", {"report_id": "9001", "report_type": "11001"})
        if told.is_error:
            assert mode in (2, 3)
            assert told.facts["message"].endswith("Nothing was downloaded.")
            assert "response_mode" in told.facts["next"]
            return
        assert told.facts["rows_preview"][0][0] in ("ReportJobID", "RECORD")
        assert [str(link.uri) for link in told.links] == [told.facts["uri"]]


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
async def test_launches_do_not_depend_on_the_response_mode(house: House, mode: int) -> None:
    assert rows_of(await _launch(house, response_mode=mode))[0]["launch_id"] == "1182"


async def test_a_downloaded_report_can_be_read_as_a_resource(house: House) -> None:
    async with house.session() as session:
        told = await session.told("download_report", {"report_id": "9001", "report_type": "sms_failed"})
        (link,) = told.links
        assert (link.name, link.size) == (told.facts["name"], told.facts["size"])
        (content,) = (await session.client.read_resource(str(link.uri))).contents
    saved = house.folder / "store" / "reports" / told.facts["name"]
    assert saved.stat().st_size == told.facts["size"]
    assert saved.stat().st_mode & 0o077 == 0
    assert content.model_dump()["blob"]


async def test_a_formula_in_a_report_is_shown_as_data(house: House) -> None:
    """The sandbox puts a formula into each report, as a recipient may have typed it."""
    async with house.session() as session:
        facts = await session.facts("download_report", {"report_id": "9001", "report_type": "11001"})
    cells = [cell for row in facts["rows_preview"] for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("query_launch", {"launch_id": "4040"}, "111"),
        ("query_job", {"job_id": "4040"}, "110"),
        ("list_report_types", {"report_id": "4040"}, "112"),
        ("pause_launch", {"launch_id": "1180"}, "112"),
        ("pause_job", {"job_id": "5500"}, "113"),
        ("extend_launch", {"launch_id": "4040", "expire_at": "2030-01-01T00:00:00+08:00"}, "111"),
        ("restart_job", {"job_id": "5514"}, "113"),
    ],
)
async def test_a_refusal_has_the_vendors_code_and_a_next_step(
    house: House, tool: str, arguments: dict[str, Any], code: str
) -> None:
    async with house.session(Person()) as session:
        problem = await session.problem(tool, arguments)
    assert problem["code"] == "vendor_refused"
    assert problem["vendor_code"] == code
    assert problem["next"]
    assert problem["retryable"] is False


@pytest.mark.parametrize(
    ("tool", "arguments", "status", "code"),
    [
        ("query_launch", {"launch_id": "1187"}, "error", 602),
        ("query_launch", {"launch_id": "1186"}, "paused", -2),
        ("query_job", {"job_id": "5511"}, "terminated", -1),
        ("query_job", {"job_id": "5513"}, "error", 602),
    ],
)
async def test_a_records_own_error_is_no_failure_of_the_call(
    house: House, tool: str, arguments: dict[str, Any], status: str, code: int
) -> None:
    async with house.session() as session:
        facts = await session.facts(tool, arguments)
    record = rows_of(facts)[0]
    assert (record["status"], record["error_code"]) == (status, code)
    assert ("error_message" in record) is (code > 0)


@pytest.mark.parametrize(
    "name", ["../audit.key", "..%2Faudit.key", "%2e%2e%2fstore.sqlite3", "..", "none.csv", "/etc/passwd"]
)
async def test_only_reports_can_be_read_as_reports(house: House, name: str) -> None:
    async with house.session() as session:
        await session.facts("download_report", {"report_id": "9001", "report_type": "11001"})
        with pytest.raises(MCPError):
            await session.client.read_resource(f"campaign-ops://reports/{name}")
