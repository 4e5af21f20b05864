"""What kind of file a list is, by its first bytes; a name's ending is not believed."""

from typing import BinaryIO, Literal

from server.campaigns.problems import unreadable
from tools.sentence import sentence

_OPENING = 64 * 1024
_ZIP = b"PK\3\4"
_COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1")
"""Of Excel before 2007, and of an .xlsx with a password."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WEB = (b"<html", b"<table", b"<!doctype", b"<?xml", b"<meta", b"mime-version")
_SAVE = sentence("Open it in a spreadsheet and save it as .xlsx or as CSV UTF-8.")


def kind_of(file: BinaryIO) -> Literal["csv", "xlsx"]:
    """Whether it is text or a workbook; what is in the workbook is looked at by who opens it.

    Raises:
        RefusedError: it is another kind, which is told.
    """
    file.seek(0)
    opening = file.read(_OPENING)
    if not opening:
        raise unreadable(sentence("the file is empty."), sentence("Check which file is meant."))
    if opening.startswith(_ZIP):
        return "xlsx"
    if opening.startswith(_COMPOUND):
        file.seek(0)
        if any(_ENCRYPTED in piece for piece in iter(lambda: file.read(_OPENING), b"")):
            raise unreadable(sentence("the workbook has a password."), sentence("Save it without one."))
        raise unreadable(sentence("it is an old .xls workbook."), sentence("Save it as .xlsx."))
    if opening.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_WEB):
        raise unreadable(sentence("it is a web page or XML, whatever its name says."), _SAVE)
    if opening.startswith(b"%PDF"):
        raise unreadable(sentence("it is a PDF."), _SAVE)
    return "csv"
