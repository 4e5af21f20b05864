"""Why a file cannot be read as a list: in our words, without anything that stands in it."""

from tools.problems import Problem, RefusedError
from tools.sentence import sentence


def unreadable(what: str, fix: str) -> RefusedError:
    """The file as a whole is refused; nothing of it was taken."""
    return RefusedError(
        Problem(
            code="unreadable_list",
            message=sentence("The list was not read: {what} Nothing was sent.", what=what),
            next=fix,
        )
    )


def too_large(what: str, setting: str) -> RefusedError:
    """The file is beyond a limit of the settings."""
    return RefusedError(
        Problem(
            code="list_too_large",
            message=sentence("The list was not read: {what} Nothing was sent.", what=what),
            next=sentence(
                "Split the list into several files, or let the operator raise {setting}.", setting=setting
            ),
        )
    )


def more_bytes_than(most: int) -> RefusedError:
    """The file is larger than `lists.max_bytes`, which are so many."""
    return too_large(sentence("it has more than {most} bytes.", most=most), "lists.max_bytes")


DAMAGED = sentence("Open it in a spreadsheet, save it anew as .xlsx, and try that file.")
"""What to do about a workbook that is not as it should be."""
