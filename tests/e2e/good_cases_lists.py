"""The good cases of lists of recipients."""

from tests.e2e.good_case import Arguments, Case, contains
from tests.e2e.house import Facts, House, Session


def put_list(house: House, name: str, content: bytes) -> str:
    """A file in the house's folder for lists."""
    folder = house.folder / "images"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return name


async def _a_list(house: House, _session: Session) -> Arguments:
    content = "姓名,手機\n王小明,0912345678\n李大華,912345679\n張三,02-2345-6789\n".encode()
    return {"file": put_list(house, "due.csv", content), "fields": ["姓名"]}


def _read(facts: Facts) -> None:
    contains(facts, {"rows": 3, "recipients": 2, "mobile": ["手機"], "columns": ["姓名", "手機"]})
    assert facts["sample"][0] == {"row": 2, "mobile": "0912***678", "fields": ["王**"]}


async def _a_text(house: House, session: Session) -> Arguments:
    asked = await _a_list(house, session)
    return {"list": asked["file"], "text": "【商店】{姓名}您好，明天到期"}


def _checked(facts: Facts) -> None:
    contains(
        facts,
        {"parts": 1, "points": 2, "previews": ["【商店】王**您好，明天到期", "【商店】李**您好，明天到期"]},
    )


LIST_CASES: dict[str, Case] = {
    "read_list": Case(prepare=_a_list, check=_read),
    "check_message": Case(prepare=_a_text, check=_checked),
}
