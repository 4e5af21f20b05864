"""The kinds of reports: note 1 (報表種類) of document 000, and the arguments that name them."""

from typing import Annotated

from pydantic import AfterValidator, Field

from tools.values import IDENTIFIER

REPORT_TYPES: dict[str, str] = {
    "11001": "sms_failed",
    "11002": "sms_at_carrier",
    "11003": "sms_received",
    "11004": "sms_not_received",
    "20001": "email_sent",
    "20003": "email_opened",
    "20005": "email_clicked",
    "21001": "open_download",
    "2100199": "open_download_quick",
    "21002": "click_download",
    "21003": "bounce_download",
    "21032": "success_download",
    "30023": "reading_summary",
    "31003": "removal_download",
}
"""Number to English name. OMIS may have more: list_report_types shows them, without a name."""

_NUMBERS = {name: number for number, name in REPORT_TYPES.items()}


def report_type_number(written: str) -> str:
    """The number of a report type that is given by number or name.

    Raises:
        ValueError: note 1 does not have it. The known ones are listed, the value is not repeated.
    """
    plain = written.strip().lower().replace(" ", "_").replace("-", "_")
    number = _NUMBERS.get(plain, plain)
    if number not in REPORT_TYPES:
        known = ", ".join(f"{number} {name}" for number, name in REPORT_TYPES.items())
        raise ValueError(f"not a known report type. Known: {known}.")
    return number


def _numbers(written: list[str]) -> list[str]:
    return list(dict.fromkeys(report_type_number(one) for one in written))


ReportType = Annotated[str, IDENTIFIER, AfterValidator(report_type_number)]
"""A report type by number or name; its number once validated."""

ReportTypes = Annotated[list[str], IDENTIFIER, Field(max_length=len(REPORT_TYPES)), AfterValidator(_numbers)]
"""Report types by number or name; their numbers, each once, once validated."""
