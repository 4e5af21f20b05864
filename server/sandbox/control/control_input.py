"""What the control endpoints take; anything else is refused with a reason."""

from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.requests import Request

from server.sandbox.callback_target import is_loopback
from server.sandbox.control.faults import PLAYS, REFUSE
from server.sandbox.control.input_words import problem

_CENTURY = 100 * 365.25 * 86_400


class WrongInputError(Exception):
    """A control request that makes no sense; its text says why."""


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _known_fault(name: str) -> str:
    if name != REFUSE and name not in PLAYS:
        raise ValueError(f"unknown fault; there are {', '.join([REFUSE, *PLAYS])}")
    return name


def _loopback(url: str | None) -> str | None:
    if url is not None and not is_loopback(url):
        raise ValueError("callbacks go to loopback hosts only")
    return url


class ClockInput(_Input):
    """POST /_sandbox/clock."""

    advance_seconds: float | None = Field(default=None, ge=0, le=_CENTURY)
    date_offset_seconds: float | None = Field(default=None, ge=-_CENTURY, le=_CENTURY)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give advance_seconds or date_offset_seconds")
        return self


class FaultInput(_Input):
    """POST /_sandbox/faults; `path` is a page's last segment, or * for all."""

    path: str = "*"
    fault: Annotated[str, AfterValidator(_known_fault)]
    times: int = Field(default=1, ge=1)
    after: int = Field(default=0, ge=0)
    seconds: float = Field(default=1.0, ge=0, le=600)
    processed: bool = False


class CallbackInput(_Input):
    """POST /_sandbox/callbacks; a url of null ends the reports."""

    uid: str = "sandbox"
    url: Annotated[str | None, AfterValidator(_loopback)]
    encoding: Literal["utf-8", "big5"] = "utf-8"
    method: Literal["GET", "POST"] = "GET"
    repeat: int = Field(default=1, ge=1, le=20)
    plus_as_space: bool = False


class ReplyInput(_Input):
    """POST /_sandbox/reply."""

    mobile: str
    text: str
    batch_id: str | None = None
    sender: str | None = None


class CreditInput(_Input):
    """POST /_sandbox/credit; `uid` is an EVERY8D account, `login` an OMIS one, `points` are added."""

    uid: str | None = None
    login: str | None = None
    points: float = Field(allow_inf_nan=False)


class AccountInput(_Input):
    """POST /_sandbox/account: the switches of an EVERY8D account."""

    uid: str = "sandbox"
    international: bool | None = None
    legacy: bool | None = None
    locked: bool | None = None


class OmisInput(_Input):
    """POST /_sandbox/omis."""

    encoding: Literal["utf-8", "utf-16"] | None = None
    format: Literal["xml", "csv"] | None = None
    root: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$")
    update_seconds: float | None = Field(default=None, ge=0)


Input = TypeVar("Input", bound=_Input)


async def read(request: Request, model: type[Input]) -> Input:
    """The request's JSON body as `model`. Raises WrongInputError."""
    try:
        return model.model_validate_json(await request.body() or b"{}")
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        raise WrongInputError("; ".join(problem(each, model.model_fields) for each in wrong)) from None
