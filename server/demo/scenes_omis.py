"""OMIS's part of the session: a launch stopped and let go on, a job restarted, a report refreshed."""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from server.demo.expectations import Expectation, asked, done
from server.demo.rows import rows_of
from server.demo.steps import Memory, Step, agrees, calls, clock_moves, kept, reads, top_up
from tools.sentence import sentence
from tools.taipei import TAIPEI

_PAUSED = -2
"""OMIS's ERRORCODE of what is paused."""


def _from_now(**offset: float) -> str:
    return (datetime.now(TAIPEI) + timedelta(**offset)).isoformat(timespec="seconds")


def _week_ago(_memory: Memory) -> str:
    return _from_now(days=-7)


def _today(_memory: Memory) -> str:
    return _from_now()


def _first_state(facts: Mapping[str, Any]) -> str:
    row = rows_of(facts)[0]
    return sentence("job {id}: {state}", id=row["job_id"], state=row["status"])


def _csv(facts: Mapping[str, Any]) -> str:
    return base64.b64decode(facts["content"]).decode("utf-8-sig")


def _ids(facts: Mapping[str, Any]) -> str:
    return ", ".join(sorted({record["report_job_id"] for record in rows_of(facts)}))


LAUNCHES = (
    Step(
        title=sentence("Stop launch 1182"),
        does=calls("pause_launch", launch_id="1182"),
        shows=lambda facts: sentence(
            "{action} {id}: accepted", action=facts["action"], id=facts["launch_id"]
        ),
        expects=(
            asked(0),
            done(),
            Expectation(
                says=sentence("paused at the vendor"),
                holds=lambda seen: seen.after.launch("1182")["error_code"] == _PAUSED,
            ),
        ),
    ),
    Step(
        title=sentence("Let launch 1182 go on"),
        does=calls("resume_launch", launch_id="1182"),
        person=agrees,
        shows=lambda facts: sentence(
            "{action} {id}: accepted", action=facts["action"], id=facts["launch_id"]
        ),
        expects=(
            asked(1),
            done(),
            Expectation(
                says=sentence("runs at the vendor"),
                holds=lambda seen: seen.after.launch("1182")["error_code"] == 0,
            ),
        ),
    ),
    Step(
        title=sentence("Why did job 5514 stop?"),
        does=calls("query_job", job_id="5514"),
        shows=lambda facts: sentence(
            "{state} ({why})", state=_first_state(facts), why=rows_of(facts)[0]["error_message"]
        ),
        expects=(
            Expectation(
                says=sentence("it has an error"),
                holds=lambda seen: rows_of(seen.facts)[0]["status"] == "error",
            ),
        ),
    ),
    Step(
        title=sentence("Restart it after a top-up"),
        first=top_up(2_000),
        does=calls("restart_job", job_id="5514"),
        person=agrees,
        shows=lambda facts: sentence("{action} {id}: accepted", action=facts["action"], id=facts["job_id"]),
        expects=(
            asked(1),
            done(),
            Expectation(
                says=sentence("restarted at the vendor"),
                holds=lambda seen: seen.after.job("5514")["error_code"] == 0,
            ),
        ),
    ),
    Step(
        title=sentence("Does it send again?"),
        first=clock_moves(11),
        does=calls("query_job", job_id="5514"),
        shows=_first_state,
        expects=(
            Expectation(
                says=sentence("it sends"), holds=lambda seen: rows_of(seen.facts)[0]["status"] == "sending"
            ),
        ),
    ),
)

REPORTS = (
    Step(
        title=sentence("Which reports are there?"),
        does=calls("list_reports", start=_week_ago, end=_today),
        shows=lambda facts: sentence("{total} files of reports {ids}", total=facts["total"], ids=_ids(facts)),
        expects=(
            Expectation(
                says=sentence("report 9001 is listed"), holds=lambda seen: "9001" in _ids(seen.facts)
            ),
        ),
    ),
    Step(
        title=sentence("Refresh report 9001"),
        does=calls("update_report", report_id="9001", report_types=["sms_failed"]),
        shows=lambda facts: facts["note"],
        expects=(asked(0), done()),
    ),
    Step(
        title=sentence("Is it being refreshed?"),
        does=calls("list_updating_reports"),
        shows=lambda facts: sentence("{total} running", total=facts["total"]),
        expects=(Expectation(says=sentence("one is running"), holds=lambda seen: seen.facts["total"] == 1),),
    ),
    Step(
        title=sentence("And a minute later?"),
        first=clock_moves(61),
        does=calls("list_updating_reports"),
        shows=lambda facts: sentence("{total} running", total=facts["total"]),
        expects=(Expectation(says=sentence("none is running"), holds=lambda seen: seen.facts["total"] == 0),),
    ),
    Step(
        title=sentence("Download it"),
        does=calls("download_report", report_id="9001", report_type="sms_failed"),
        shows=lambda facts: sentence("{rows} rows, {size} bytes", rows=facts["rows"], size=facts["size"]),
        expects=(
            Expectation(
                says=sentence("the answer links to the file"),
                holds=lambda seen: seen.answer.links == (seen.facts["uri"],),
            ),
        ),
        keeps={"report": "uri"},
    ),
    Step(
        title=sentence("Read the file"),
        does=reads(kept("report")),
        shows=lambda facts: sentence(
            "a table with the columns {columns}", columns=_csv(facts).splitlines()[0]
        ),
        expects=(
            Expectation(
                says=sentence("it is the report"), holds=lambda seen: "ReportJobID" in _csv(seen.facts)
            ),
        ),
    ),
)
