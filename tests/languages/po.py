"""The catalogue as translators have it."""

from pathlib import Path

from babel.messages.pofile import read_po

from server.languages.catalogue import DOMAIN, FOLDER

PO = FOLDER / "zh_TW" / "LC_MESSAGES" / f"{DOMAIN}.po"


def catalogue(file: Path = PO) -> dict[tuple[str, str], str]:
    """Each sentence and its plural ('' for none), with its Chinese."""
    with file.open("rb") as opened:
        read = read_po(opened, locale="zh_TW")
    found: dict[tuple[str, str], str] = {}
    for each in read:
        if each.id:
            key = (each.id, "") if isinstance(each.id, str) else (each.id[0], each.id[1])
            found[key] = each.string if isinstance(each.string, str) else next(iter(each.string or ("",)))
    return found
