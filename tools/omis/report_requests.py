"""How ManageReport.aspx is asked: Option, ResponseMode and the period (document 000)."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tools.omis.arguments import request
from tools.operation import Params, Request, Surroundings
from tools.sentence import sentence
from tools.taipei import dashed
from tools.values import TimeArgument

Refresh = Annotated[Literal["data", "html", "pdf"], Field(description="Form to rebuild.")]
"""ReportCheckType: the SQL data, the HTML file, or the PDF file."""

_CHECK_TYPES = {"data": "0", "html": "1", "pdf": "2"}


class Period(Params):
    """A period with an order."""

    start: Annotated[TimeArgument, Field(description="From (Taipei time).")]
    end: Annotated[TimeArgument, Field(description="Until (Taipei time).")]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start >= self.end:
            raise ValueError(sentence("start must be before end."))
        return self

    def fields(self) -> dict[str, str]:
        """StartTime and EndTime, `yyyy-MM-dd HH:mm:ss`."""
        return {"StartTime": dashed(self.start), "EndTime": dashed(self.end)}


def manage(
    option: int, around: Surroundings, fields: Mapping[str, str] | None = None, *, mode: int | None = None
) -> Request:
    """A call of ManageReport; ResponseMode goes with every one, from the settings unless given."""
    shown = str(around.omis.response_mode if mode is None else mode)
    return request("ManageReport", around.omis, Option=str(option), ResponseMode=shown, **(fields or {}))


def refresh_fields(refresh: str, types: Sequence[str]) -> dict[str, str]:
    """ReportCheckType, and ReportTypeID as `20001,20003`; without types it is left out, which means all."""
    listed = {"ReportTypeID": ",".join(types)} if types else {}
    return {"ReportCheckType": _CHECK_TYPES[refresh]} | listed
