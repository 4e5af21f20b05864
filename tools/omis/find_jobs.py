"""Find jobs by whom they went to: document 001, 查詢的對象. Named there once, and never explained."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from tools.mobile import as_dest
from tools.omis.answers import read_answer
from tools.omis.arguments import request
from tools.omis.records import Records, as_records
from tools.operation import PagedParams, Query, Risk, Steps, Surroundings, one
from tools.sentence import sentence
from tools.values import PERSON, MobileArgument

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z0-9-]{2,63}")
_NOTE = "The document does not explain this query; the answer is passed on as it came."


def _email(written: str) -> str:
    if not _EMAIL.fullmatch(written):
        raise ValueError(sentence("not an e-mail address. Write it as name@example.com."))
    return written


Email = Annotated[str, Field(max_length=254), AfterValidator(_email), PERSON]


class FindJobsParams(PagedParams):
    """Exactly one of the three ways to find jobs."""

    email: Annotated[Email | None, Field(description="Such as amy@example.com; or absent.")] = None
    mobile: Annotated[MobileArgument | None, Field(description="Recipient's number, or absent.")] = None
    external_reference: Annotated[
        str | None, Field(min_length=1, max_length=64, description="Needs job_type; or absent.")
    ] = None
    job_type: Annotated[
        str | None,
        Field(pattern=r"^[0-9A-Za-z_-]{1,32}$", description="Goes with external_reference; or absent."),
    ] = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = sum(way is not None for way in (self.email, self.mobile, self.external_reference))
        if ways != 1 or (self.external_reference is None) != (self.job_type is None):
            raise ValueError(
                sentence("Give exactly one of email, mobile, or external_reference with job_type.")
            )
        return self


def _fields(params: FindJobsParams) -> dict[str, str]:
    if params.email is not None:
        return {"EmailAddress": params.email}
    if params.mobile is not None:
        return {"SMSNumber": as_dest(params.mobile)}
    return {"ExternRefNum": params.external_reference or "", "JobType": params.job_type or ""}


def _find(params: FindJobsParams, around: Surroundings) -> Steps[Records]:
    reply = yield from one(request("TaskManager", around.omis, **_fields(params)))
    return as_records(read_answer(reply, around.omis, "TaskManager"), "job", params, note=_NOTE)


find_jobs = Query(
    name="find_jobs",
    title="Find jobs",
    description=(
        "Find which OMIS jobs (mails) went to an email or a mobile number, or by external_reference "
        "with job_type: exactly one of these. 找寄送：用信箱 email、手機號碼、外部編號查寄給誰、收過哪"
        "些 EDM。"
    ),
    toolset="jobs",
    vendor="omis",
    section="OMIS TaskManager, EmailAddress, SMSNumber, ExternRefNum with JobType",
    risk=Risk.READ,
    params=FindJobsParams,
    result=Records,
    steps=_find,
)
