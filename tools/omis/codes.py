"""What OMIS's numbers mean: the error codes of its two pages, the states, the kinds of reports.

The two pages share numbers and not meanings (110 is a wrong option on one and an unknown job on the other),
so the tables are kept apart and every look-up names its page.
"""

from dataclasses import dataclass
from typing import Literal

from tools.cleaning import clean
from tools.problems import Problem, RefusedError
from tools.sentence import sentence, together
from tools.wire.errors import UnreadableReply

Page = Literal["ManageReport", "TaskManager"]
"""The page that was called: document 000 is ManageReport, document 001 TaskManager."""

TERMINATED = -1
PAUSED = -2
EXCEPTION = 100
"""ManageReport's `Exception`: something broke on the way, so nobody knows how far it got."""

DEADLINE_PASSED = 111
"""ManageReport's end of tracking: the report is there, and is not refreshed any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One error code in our words, and the way out."""

    message: str
    next: str
    retryable: bool = False


_NO_LICENCE = Meaning(
    message=sentence("The OMIS account has no licence for this page"),
    next=sentence("Ask Cloudmax to enable the API page for this account."),
)

MANAGE_REPORT: dict[int, Meaning] = {
    EXCEPTION: Meaning(
        message=sentence("OMIS met an error of its own"),
        next=sentence("Try again in a few minutes; if it persists, tell Cloudmax the code."),
        retryable=True,
    ),
    102: Meaning(
        message=sentence("OMIS took the request for a wrong one"),
        next=sentence("Check the arguments; if they are right, tell Cloudmax the code."),
    ),
    110: Meaning(
        message=sentence("OMIS does not know this option"),
        next=sentence("Ask Cloudmax whether the account may use this report function."),
    ),
    DEADLINE_PASSED: Meaning(
        message=sentence(
            "The report's tracking deadline has passed; only the statistics so far are available"
        ),
        next=sentence(
            "Use list_reports and download_report for what there is; it cannot be refreshed any more."
        ),
    ),
    112: Meaning(
        message=sentence("No such report, or it belongs to another account"),
        next=sentence("Use list_reports to find the report's id."),
    ),
    1000: _NO_LICENCE,
}
"""ErrorCode of document 000, 回傳 ErrorCode 訊息代碼."""

TASK_MANAGER: dict[int, Meaning] = {
    110: Meaning(
        message=sentence("No such job, or it belongs to another account"),
        next=sentence("Check the job's id; query_launch lists the jobs of a launch."),
    ),
    111: Meaning(
        message=sentence("No such launch, or it belongs to another account"),
        next=sentence("Check the launch's id in the OMIS web pages."),
    ),
    112: Meaning(
        message=sentence("OMIS does not allow this action on the launch"),
        next=sentence("Use query_launch to see the launch's state."),
    ),
    113: Meaning(
        message=sentence("OMIS does not allow this action on the job"),
        next=sentence("Use query_job to see the job's state."),
    ),
    114: Meaning(
        message=sentence("OMIS did not accept the new deadline"),
        next=sentence("Give a later time in the future."),
    ),
    1000: _NO_LICENCE,
}
"""ErrorCode of document 001, 回傳 ErrorCode 訊息代碼."""

_PAGES: dict[Page, dict[int, Meaning]] = {"ManageReport": MANAGE_REPORT, "TaskManager": TASK_MANAGER}

_UNDOCUMENTED = Meaning(
    message=sentence("OMIS refused with a code that its document does not explain"),
    next=sentence(
        "Check the OMIS account settings (no code is documented for a wrong login), or ask Cloudmax."
    ),
)


def refusal(page: Page, code: int | None, text: str, *, nothing: str = "") -> RefusedError:
    """The call's own error as a refusal: our meaning of the code on that page, their text as data.

    `nothing` says what did not happen. `code` is None when OMIS reported a failure without a number.
    """
    meaning = _UNDOCUMENTED if code is None else _PAGES[page].get(code, _UNDOCUMENTED)
    return RefusedError(
        Problem(
            code="vendor_refused",
            message=together(sentence("{what}.", what=meaning.message), nothing),
            next=meaning.next,
            retryable=meaning.retryable,
            vendor_code=None if code is None else str(code),
            vendor_text=clean(text) or None,
        )
    )


def failed_action(page: Page, code: int | None, text: str, *, nothing: str) -> RefusedError:
    """Like `refusal`, for a call that was to change something.

    Raises UnreadableReply for ManageReport's 100: an exception inside OMIS proves neither that the change
    happened nor that it did not.
    """
    if page == "ManageReport" and code == EXCEPTION:
        raise UnreadableReply(
            "OMIS answered 100 (an exception of its own), which does not say how far it got."
        )
    return refusal(page, code, text, nothing=nothing)
