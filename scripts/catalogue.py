"""The catalogue of sentences as files: what translators read (.po) and what gettext reads (.mo)."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from sentences import found

from server.languages.catalogue import DOMAIN, FOLDER

PO = FOLDER / "zh_TW" / "LC_MESSAGES" / f"{DOMAIN}.po"
MO = PO.with_suffix(".mo")
_HEADER = (
    "# The sentences of the program in Traditional Chinese, as they are written in Taiwan.\n"
    "# `make update` adds what the code says anew, without a translation, and takes away what it says no "
    "more."
)
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""The files change with their sentences alone."""


def catalogue() -> Catalog:
    """Every sentence of the code, with its translation where there is one."""
    known = translations()
    made = Catalog(
        "zh_TW",
        header_comment=_HEADER,
        fuzzy=False,
        project="campaign-ops-mcp",
        version="1",
        msgid_bugs_address="-",
        last_translator="-",
        language_team="-",
    )
    made.creation_date = made.revision_date = _NO_DATE
    for (template, plural), files in sorted(found().items(), key=lambda item: (item[1], item[0])):
        said = known.get((template, plural), "")
        # Babel writes no line where there is none, though its types ask for one: lines would change often.
        places = cast("list[tuple[str, int]]", [(file, None) for file in files])
        made.add((template, plural) if plural else template, (said,) if plural else said, locations=places)
    return made


def translations() -> dict[tuple[str, str], str]:
    """What the file says of each sentence; Chinese has one form for every number."""
    if not PO.exists():
        return {}
    with PO.open("rb") as file:
        read = read_po(file, locale="zh_TW")
    return {
        (each.id, "") if isinstance(each.id, str) else (each.id[0], each.id[1]): (
            each.string if isinstance(each.string, str) else next(iter(each.string or ("",)))
        )
        for each in read
        if each.id
    }


def files() -> dict[Path, bytes]:
    """Both files and what must stand in them."""
    made, po, mo = catalogue(), io.BytesIO(), io.BytesIO()
    write_po(po, made, width=110, ignore_obsolete=True)
    write_mo(mo, made)
    return {PO: po.getvalue(), MO: mo.getvalue()}
