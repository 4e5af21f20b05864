"""Images of an MMS: known by their content, never read from outside the folder, never too large."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.pictures import GIF, JPEG, PNG

# What is tested here lies behind the protocol: the older era would say the same.
pytestmark = pytest.mark.parametrize("era", ["auto"], indirect=True)

KB = 1024
_UP = ("../", "..\\", "%2e%2e/", "..%2f", "....//", "./../", "x/../../", "．．/", "..;/", "~/../")
_AIMS = ("secret.png", "etc/passwd", "images/../secret.png", "proc/self/environ", "secret.png\0.png")
TRAVERSALS = [
    *(up * times + aim for up in _UP for times in (1, 3) for aim in _AIMS[:3]),
    *_AIMS,
    "/etc/passwd",
    "//etc/passwd",
    "file:///etc/passwd",
    "C:\\secret.png",
    "\\\\host\\share\\x.png",
    ".",
    "..",
    "~",
    "sub/inside.png",
    "link.png",
    "folder.png",
    "fifo.png",
    " picture.png",
    "picture.png ",
    "picture.png/",
    "PICTURE.PNG\n",
]


@pytest.fixture
def images(no_settings: Path) -> Path:
    folder = no_settings / "images"
    (folder / "sub").mkdir(parents=True)
    (folder / "folder.png").mkdir()
    (no_settings / "secret.png").write_bytes(PNG)
    (folder / "sub" / "inside.png").write_bytes(PNG)
    (folder / "link.png").symlink_to(no_settings / "secret.png")
    (folder / "picture.png").write_bytes(PNG)
    os.mkfifo(folder / "fifo.png")
    return folder


def _mms(image: str, **more: Any) -> dict[str, Any]:
    return {"recipients": ["0912345100"], "subject": "邀請函", "text": "請看附圖", "image": image, **more}


async def test_no_name_leaves_the_folder(house: House, images: Path) -> None:
    assert len(TRAVERSALS) >= 80
    person = Person()
    async with house.session(person) as session:
        for name in TRAVERSALS:
            problem = await session.problem("send_mms", _mms(name))
            assert (name, problem["code"]) == (name, "invalid_arguments")
            assert problem["message"].startswith("Nothing was sent.")
            assert str(images.parent) not in str(problem)
    assert person.asked == []
    assert await house.vendor.log() == []


@pytest.mark.parametrize(
    ("name", "content", "kind"), [("a.png", JPEG, "jpg"), ("b.jpg", PNG, "png"), ("no_suffix", PNG, "png")]
)
async def test_the_type_comes_from_the_content(
    house: House, images: Path, name: str, content: bytes, kind: str
) -> None:
    (images / name).write_bytes(content)
    async with house.session(Person()) as session:
        assert (await session.facts("send_mms", _mms(name)))["sent"] == 1
    sent = [fields for fields in await house.looks() if "TYPE" in fields]
    assert [fields["TYPE"] for fields in sent] == [kind]


@pytest.mark.parametrize("content", [GIF, b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ\x90\x00"])
async def test_what_is_no_jpeg_or_png_is_refused_whatever_its_name(
    house: House, images: Path, content: bytes
) -> None:
    (images / "holiday.jpg").write_bytes(content)
    async with house.session(Person()) as session:
        problem = await session.problem("send_mms", _mms("holiday.jpg"))
    assert "neither JPEG nor PNG" in problem["message"]
    assert await house.vendor.log() == []


@pytest.mark.parametrize(("size", "points"), [(49_000, 3), (51 * KB, 5), (299 * KB, 5)])
async def test_the_price_follows_the_size(house: House, images: Path, size: int, points: int) -> None:
    (images / "large.png").write_bytes(PNG.ljust(size, b"\0"))
    person = Person()
    async with house.session(person) as session:
        assert (await session.facts("send_mms", _mms("large.png")))["points"] == points
    assert f"Points: {points}" in person.asked[0].splitlines()


async def test_where_a_kilobyte_could_be_either_the_question_shows_the_higher_price(
    house: House, images: Path
) -> None:
    (images / "large.png").write_bytes(PNG.ljust(50_100, b"\0"))
    person = Person()
    async with house.session(person) as session:
        assert (await session.facts("send_mms", _mms("large.png")))["points"] == 3
    assert "Points: 5" in person.asked[0].splitlines()


@pytest.mark.parametrize("size", [300 * KB, 2 * KB * KB])
async def test_too_large_an_image_is_refused_before_any_call(house: House, images: Path, size: int) -> None:
    (images / "large.png").write_bytes(PNG.ljust(size, b"\0"))
    async with house.session(Person()) as session:
        problem = await session.problem("send_mms", _mms("large.png"))
    assert "300 KB" in problem["message"]
    assert await house.vendor.log() == []


@pytest.mark.usefixtures("images")
async def test_an_mms_does_not_go_abroad(house: House) -> None:
    async with house.session(Person()) as session:
        problem = await session.problem("send_mms", _mms("picture.png", recipients=["+819012345678"]))
    assert "abroad" in problem["message"]
    assert await house.vendor.log() == []


async def test_without_a_folder_no_image_is_read(house: House) -> None:
    async with house.session(Person(), files={"folder": None}) as session:
        problem = await session.problem("send_mms", _mms("picture.png"))
    assert "CAMPAIGN_OPS_FILES__FOLDER" in problem["message"]


@pytest.mark.parametrize("request_id", [{}, {"request_id": "invitation-1"}])
async def test_an_mms_that_was_sent_is_told_although_its_image_was_removed(
    house: House, images: Path, request_id: dict[str, str]
) -> None:
    person = Person()
    async with house.session(person, files={"folder": images}) as session:
        first = await session.facts("send_mms", _mms("picture.png", **request_id))
        (images / "picture.png").unlink()
        await house.forget_log()
        again = await session.facts("send_mms", _mms("picture.png", **request_id))
        refused = await session.problem("send_mms", _mms("picture.png", text="別的", **request_id))
        preview = await session.problem("send_mms", _mms("picture.png", dry_run=True, **request_id))
    assert (again["action_id"], again["replayed"]) == (first["action_id"], True)
    assert (refused["code"], preview["code"]) == ("invalid_arguments", "invalid_arguments")
    assert len(person.asked) == 1
    assert not await house.changes()


async def test_an_mms_whose_image_was_changed_is_another_call(house: House, images: Path) -> None:
    person = Person()
    async with house.session(person, files={"folder": images}) as session:
        named = _mms("picture.png", request_id="invitation-1")
        first = await session.facts("send_mms", named)
        (images / "picture.png").write_bytes(JPEG)
        reused = await session.problem("send_mms", named)
        assert reused["code"] == "request_id_reused"
        assert first["action_id"] in reused["message"]
        other = await session.facts("send_mms", _mms("picture.png"))
    assert other["action_id"] != first["action_id"]
