"""A list that a person uploads: what is in it, row by row, and nothing of it kept where it is refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.campaigns.folder import room_of
from server.console.shown import time_of
from tests.console.at_page import AtPage, lines
from tests.console.browser import Browser, Page
from tests.e2e.house import House

LIST = "姓名,手機\n王,0912345678\n李,0912345678\n陳,02-2345-6789\n林,\n張,0922333444\n".encode()


def kept(house: House) -> list[Path]:
    room = room_of(house.folder / "images", "")
    return [*room.iterdir()] if room.exists() else []


async def uploaded(browser: Browser, content: bytes, **changed: str) -> Page:
    """The form of the page, with this file in it."""
    form = (await browser.get("/lists")).form("Upload")
    answer = await browser.client.post(
        form.action,
        data={"form_token": form.fields["form_token"], **changed},
        files={"file": ("0912345678 客戶.csv", content)},
        headers={"Origin": browser.address.origin},
    )
    while answer.is_redirect:
        answer = await browser.client.get(answer.headers["location"])
    return Page(path=answer.url.path, status=answer.status_code, html=answer.text, headers=answer.headers)


async def test_an_uploaded_list_is_shown_with_the_rows_that_get_no_text(
    house: House, at_page: AtPage
) -> None:
    _, browser = at_page
    page = await uploaded(browser, LIST)
    assert page.status == 200
    assert lines(page)["recipients"] == ["2 of 5 rows can be texted"]
    assert sorted(lines(page)["fault"]) == ["1 a landline 4", "1 no number 5", "1 stands in an earlier row 3"]
    assert lines(page)["sample"] == ["Row 2: 0912***678", "Row 6: 0922***444"]
    assert "0912345678" not in page.html
    assert page.path.startswith("/lists/list-")
    (file,) = kept(house)
    assert file.read_bytes() == LIST
    written = time_of(datetime.fromtimestamp(file.stat().st_mtime, UTC))
    assert f"{file.name} {written}" in (await browser.get("/lists")).text
    assert f"{file.name} · {written}" in (await browser.get("/campaigns/new")).text
    looked = await browser.send((await browser.get("/lists")).form(file.name), file.name)
    assert lines(looked)["recipients"] == ["2 of 5 rows can be texted"]
    begun = await browser.send(looked.form("Plan a campaign"), "Plan a campaign")
    assert (begun.path, begun.status) == ("/campaigns/new", 200)
    assert f'value="{file.name}" selected' in begun.html
    chinese = await browser.send(looked.form("中文"), "中文")
    assert (chinese.path, chinese.status) == ("/lists/look", 200)


async def test_a_large_list_comes_in_whole(house: House, at_page: AtPage) -> None:
    _, browser = at_page
    rows = "手機\n" + "".join(f"09{number:08}\n" for number in range(10_000_000, 10_020_000))
    page = await uploaded(browser, rows.encode())
    assert "of 20,000 rows" in lines(page)["recipients"][0]
    (file,) = kept(house)
    assert file.read_bytes() == rows.encode()


@pytest.mark.parametrize("token", ["", "0" * 64])
async def test_a_form_that_is_not_ours_writes_no_byte(house: House, at_page: AtPage, token: str) -> None:
    _, browser = at_page
    assert (await uploaded(browser, LIST, form_token=token)).status == 403
    assert kept(house) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n',
        b"\xff" * 9_000,
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"y" * 9_000 + b"\r\n--x--\r\n",
    ],
)
async def test_a_damaged_form_is_not_taken(house: House, at_page: AtPage, body: bytes) -> None:
    _, browser = at_page
    kind = {"Content-Type": "multipart/form-data; boundary=x", "Origin": browser.address.origin}
    answer = await browser.client.post("/lists", content=body, headers=kind)
    assert answer.status_code == 403
    assert kept(house) == []


async def test_a_file_that_breaks_off_leaves_nothing(house: House, at_page: AtPage) -> None:
    _, browser = at_page
    token = (await browser.get("/lists")).form("Upload").fields["form_token"]
    head = (
        f'--x\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x", "Origin": browser.address.origin}
    answer = await browser.client.post("/lists", content=head.encode() + LIST, headers=kind)
    assert answer.status_code == 403
    assert kept(house) == []


@pytest.mark.parametrize("content", [b"\x00\x01\x02" * 50, "姓名\n王\n".encode(), b""])
async def test_what_is_no_list_is_refused_and_not_kept(house: House, at_page: AtPage, content: bytes) -> None:
    _, browser = at_page
    page = await uploaded(browser, content)
    assert page.status == 409
    assert "was not" in lines(page)["problem"][0]
    assert kept(house) == []


@pytest.mark.parametrize("name", ["../settings.toml", "..%2Fsettings.toml", "none.csv", "%00"])
async def test_a_name_that_is_no_list_opens_nothing(at_page: AtPage, name: str) -> None:
    _, browser = at_page
    page = await browser.get(f"/lists/{name}")
    assert page.status in (404, 409)
