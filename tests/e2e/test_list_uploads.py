"""A list that comes over HTTP: its own sender's, as it is, and never more than a list."""

import stat
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.campaigns.books import book, row, sheet
from tests.e2e.house import NO_TLS, House
from tests.e2e.process import at_the_sandbox, served
from tests.e2e.test_http_tokens import DESK, NIGHT, holding
from tests.patience import PATIENCE

pytestmark = pytest.mark.usefixtures("quick_start")

LIST = "姓名,手機\n王,0912345678\n李,0987654321\n".encode()
BOOK = book(sheet(row(1, "姓名", "手機"), row(2, "王", "0912345678")))
PLAN = {"name": "提醒", "text": "【測試】{姓名}您好"}


@asynccontextmanager
async def serving(house: House, **settings: str) -> AsyncGenerator[str]:
    """`campaign-ops-mcp serve --http` with two tokens and a folder for lists; its URL."""
    folder = house.folder / "lists"
    folder.mkdir(exist_ok=True)
    tokens = {"HTTP__TOKENS__DESK": DESK, "HTTP__TOKENS__NIGHT": NIGHT}
    env = at_the_sandbox(house, **{**tokens, "LISTS__FOLDER": str(folder), **settings})
    async with served("--http", "--port", "0", env=env, folder=house.folder) as server:
        yield await server.line("serving MCP at ")


async def post(
    url: str, content: bytes | AsyncIterator[bytes], token: str = DESK, **headers: str
) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS, timeout=PATIENCE) as http:
        shown = {"authorization": f"Bearer {token}"} if token else {}
        where = url.removesuffix("/mcp") + "/lists"
        return await http.post(where, content=content, headers={**shown, **headers})


def kept(house: House) -> list[Path]:
    return [each for each in (house.folder / "lists").rglob("*") if each.is_file()]


async def test_a_list_is_read_and_planned_by_the_name_that_the_answer_gives(house: House) -> None:
    async with serving(house) as url:
        answers = [await post(url, content) for content in (LIST, LIST, BOOK)]
        assert [each.status_code for each in answers] == [201] * 3
        names = [each.json()["list"] for each in answers]
        assert (len({*names}), names[0][-4:], names[2][-5:]) == (3, ".csv", ".xlsx")
        assert answers[0].json()["bytes"] == len(LIST)
        async with holding(DESK, url, house) as session:
            assert (await session.facts("read_list", {"file": names[0]}))["recipients"] == 2
            plan = await session.facts("plan_campaign", {**PLAN, "list": names[2]})
            assert plan["recipients"] == 1
        async with holding(NIGHT, url, house) as session:
            # Another's list is told like one that is not there.
            other = await session.problem("read_list", {"file": names[0]})
            none = await session.problem("read_list", {"file": "none.csv"})
            assert other["message"] == none["message"]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in kept(house)}
    assert modes == {0o600}
    assert {path.parent for path in kept(house)} == {house.folder / "lists" / "uploads" / "desk"}


async def test_nobody_without_a_token_of_this_server_leaves_a_list(house: House) -> None:
    async with serving(house) as url:
        for token in ("", "x" * 40, DESK + "x"):
            refused = await post(url, LIST, token)
            assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert (await post(url, LIST, host="evil.example")).status_code == 421
        assert (await post(url, LIST, origin="https://evil.example")).status_code == 403
    assert kept(house) == []


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"", 422, "the file is empty"),
        (b"%PDF-1.7", 422, "it is a PDF"),
        (b"<html><table>", 422, "it is a web page"),
        (b"PK\3\4nothing", 422, "the workbook is damaged"),
        (b"\xff\xd8\xff\xe0\0\0JFIF", 422, "it is not text"),
        (b"a,b\n1,2\n", 422, "no column of it seems to hold mobile numbers"),
    ],
    ids=["empty", "pdf", "html", "zip", "jpeg", "no numbers"],
)
async def test_what_cannot_be_a_list_leaves_nothing(
    house: House, content: bytes, status: int, said: str
) -> None:
    async with serving(house) as url:
        refused = await post(url, content)
    assert refused.status_code == status
    assert said in refused.json()["message"]
    assert kept(house) == []


async def test_a_list_that_is_too_large_is_refused_however_it_comes(house: House) -> None:
    async def unmeasured() -> AsyncIterator[bytes]:
        yield LIST
        for _ in range(40):
            yield b"0912345678\n" * 100

    async with serving(house, LISTS__MAX_BYTES="20000") as url:
        assert (await post(url, LIST + b"\n" * 20_000)).status_code == 413
        assert (await post(url, unmeasured())).status_code == 413
        assert (await post(url, LIST)).status_code == 201
    assert len(kept(house)) == 1


async def test_a_form_another_method_and_too_many_calls_are_refused_with_the_way_out(house: House) -> None:
    async with serving(house, POLICY__CALLS_PER_MINUTE="1") as url:
        form = await post(url, LIST, **{"content-type": "multipart/form-data; boundary=x"})
        assert (form.status_code, "--data-binary" in form.json()["next"]) == (415, True)
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS, timeout=PATIENCE) as http:
            where = url.removesuffix("/mcp") + "/lists"
            got = await http.get(where, headers={"authorization": f"Bearer {DESK}"})
        assert (got.status_code, got.headers["allow"]) == (405, "POST")
        assert (await post(url, LIST)).status_code == 201
        often = await post(url, LIST)
        assert (often.status_code, often.json()["code"]) == (429, "rate_limited")


async def test_a_server_that_only_looks_takes_no_list(house: House) -> None:
    async with serving(house, POLICY__READ_ONLY="true") as url:
        assert (await post(url, LIST)).json()["code"] == "read_only"
    assert kept(house) == []
