"""Charts as PNG: what the answer says, drawn; in the language of the settings, and nobody's number in it."""

import re
import struct
from functools import partial
from xml.etree import ElementTree as ET

import pytest

from server import pictures
from server.gate.export_desk import CallersExports
from server.languages.catalogue import Language, in_language
from server.mcp.views.pages import page
from tests.batches.test_exports import audit_of, files
from tests.batches.test_summaries import FREE, MIXED, sent, summary
from tests.e2e.house import Facts, House
from tests.gate.servers import fronted
from tools.canvas import Canvas
from tools.every8d.codes import status_table
from tools.export_desk import Draw

PNG = b"\x89PNG\r\n\x1a\n"
CHART = {"what": "delivery", "file": "png"}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Draw]:
    """What was drawn, beside that it is."""
    seen: list[Draw] = []
    real = CallersExports.picture

    async def noted(self: CallersExports, stem: str, draw: Draw) -> object:
        seen.append(draw)
        return await real(self, stem, draw)

    monkeypatch.setattr(CallersExports, "picture", noted)
    return seen


def words(svg: str) -> list[str]:
    found = ET.fromstring(svg).iterfind(".//{*}text")  # noqa: S314 - our own picture
    return ["".join(each.itertext()) for each in found]


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(PNG)
    wide, high = struct.unpack(">II", png[16:24])
    return wide, high


async def test_the_chart_of_a_batch_has_the_figures_of_its_summary_and_nobodys_number(
    house: House, drawn: list[Draw]
) -> None:
    async with fronted(house, policy=FREE) as session:
        batch_id = (await sent(house, session))["batch_id"]
        answer = await summary(session, batch_id=batch_id, refresh=True)
        told = await session.told("export_records", {**CHART, "batch_id": batch_id})
        audit = await audit_of(session)
    (file,) = files(house)
    wide, high = size_of(file.read_bytes())
    assert wide == 1264
    assert high > 500
    assert told.facts == {"conclusion": f"Chart saved. {answer['conclusion']}", "name": file.name}
    (link,) = told.links
    assert (link.name, link.size) == (file.name, file.stat().st_size)
    assert file.name.startswith("delivery-chart-")
    assert file.name.endswith(".png")
    assert file.stat().st_mode & 0o777 == 0o600
    assert any(f"a chart: {file.name}" in str(line) for line in audit)
    said = words(drawn[0](str))
    assert said[0] == "3 of 6 arrived (50%)"
    assert said[1].startswith(batch_id)
    assert "6 points, 3 of them for nothing" in " ".join(said)
    assert {"arrived 3", "failed, worth another send 2", "failed for good 1"} <= {*said}
    assert "not delivered: number not assigned or suspended (103)" in said
    assert not [number for number in MIXED if number[-9:] in drawn[0](str)]


async def test_the_chart_of_a_month_has_the_figures_of_its_statement(house: House, drawn: list[Draw]) -> None:
    async with fronted(house, policy=FREE) as session:
        await sent(house, session)
        await summary(session, refresh=True)
        answer = await session.facts("get_points_statement")
        told = await session.facts("export_records", {"what": "points", "file": "png"})
        of_the_day = await session.facts(
            "export_records", {"what": "points", "file": "png", "day": f"{answer['month']}-01"}
        )
        before = await session.problem(
            "export_records", {"what": "points", "file": "png", "day": "2020-01-01"}
        )
    assert told["conclusion"] == of_the_day["conclusion"] == f"Chart saved. {answer['conclusion']}"
    assert before["code"] == "nothing_to_export"
    said = words(drawn[0](str))
    assert said[0] == f"{answer['month']}: 6 points, 1 send"
    assert said[1].startswith("the vendor charged 6 for what we have as 6: the same")
    (sender,) = answer["senders"]
    at = said.index(sender["sender"])
    assert said[at + 1 : at + 4] == [str(sender[name]) for name in ("charged", "points", "sends")]


async def test_a_chart_speaks_the_language_of_the_settings_or_says_that_it_cannot(
    house: House, drawn: list[Draw]
) -> None:
    async with fronted(house, policy=FREE, language="zh-TW") as session:
        await sent(house, session)
        told = await session.facts("export_records", CHART)
    chinese = not told["conclusion"].startswith("Chart saved. Its words are English: no font")
    picture, language = await pictures.drawn_in("zh-TW", drawn[0])
    assert language == ("zh-TW" if chinese else "en")
    assert picture == files(house)[0].read_bytes()


async def test_where_no_font_has_chinese_the_chart_is_english_and_where_none_has_latin_there_is_none(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobodys = "\U000ffffd"
    async with fronted(house, policy=FREE, language="zh-TW") as session:
        await sent(house, session)
        monkeypatch.setattr("server.pictures._SHOWS", {"zh-TW": nobodys, "en": "a"})
        told = await session.facts("export_records", CHART)
        monkeypatch.setattr("server.pictures._SHOWS", {"zh-TW": nobodys, "en": nobodys})
        failed = await session.problem("export_records", CHART)
    assert told["conclusion"].startswith("Chart saved. Its words are English: no font of this machine")
    assert failed["code"] == "not_drawn"
    assert len(files(house)) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"what": "points"}, "png"),
        ({"what": "points", "file": "xlsx"}, "png"),
        ({"what": "replies", "file": "png"}, "png"),
        ({"what": "report", "report_id": "9002", "file": "png"}, "png"),
        (
            {"what": "delivery", "batch_id": "220478cc-8506-49b2-93b7-2505f651c12e", "day": "2026-11-01"},
            "day",
        ),
        ({"what": "replies", "batch_id": "220478cc-8506-49b2-93b7-2505f651c12e", "day": "2026-11-01"}, "day"),
        ({"what": "points", "file": "png", "batch_id": "220478cc-8506-49b2-93b7-2505f651c12e"}, "month"),
    ],
)
async def test_what_does_not_go_together_is_refused_with_the_way_out(
    house: House, wrong: Facts, field: str
) -> None:
    async with fronted(house) as session:
        problem = await session.problem("export_records", wrong)
    assert problem["code"] == "invalid_arguments"
    assert field in problem["message"]
    assert files(house) == []


@pytest.mark.parametrize("language", ["en", "zh-TW"])
async def test_a_chart_has_the_words_of_the_view_that_shows_the_same(
    house: House, drawn: list[Draw], language: Language
) -> None:
    async with fronted(house, policy=FREE) as session:
        await sent(house, session)
        await summary(session, refresh=True)
        await session.facts("export_records", CHART)
        await session.facts("export_records", {"what": "points", "file": "png"})
        senders = {each["sender"] for each in (await session.facts("get_points_statement"))["senders"]}
    for draw, name in zip(drawn, ("delivery", "statement"), strict=True):
        head, _, *rest = words(draw(partial(in_language, language=language)))
        letters = set(
            re.findall(r"[a-z]{4,}|[㐀-鿿]+", " ".join(each for each in (head, *rest) if each not in senders))
        )
        known = page(name) + "".join(str(each["status"]) for each in status_table() if language == "en")
        assert [each for each in letters if each not in known] == []


async def test_nothing_went_out_is_no_picture(house: House) -> None:
    async with fronted(house) as session:
        for arguments in (CHART, {"what": "points", "file": "png"}):
            assert (await session.problem("export_records", arguments))["code"] == "nothing_to_export"
    assert files(house) == []


async def test_a_text_from_outside_is_drawn_as_text_alone() -> None:
    hostile = '</text><image href="file:///etc/passwd"/>\x00\u202e'
    canvas = Canvas()
    canvas.heading(hostile)
    canvas.paragraph("x" * 500)
    svg = canvas.svg()
    assert "<image" not in svg
    said = words(svg)
    assert '</text><image href="file:///etc/passwd"/>' in said[0]
    assert "".join(said[1:]) == "x" * 500
    content, _ = await pictures.drawn_in("en", lambda _say: svg)
    assert content.startswith(PNG)
