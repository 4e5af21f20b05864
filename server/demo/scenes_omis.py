"""OMIS's part of the session: a launch stopped and let go on, a job restarted, a report refreshed."""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from server.demo.expectations import Expectation, asked, done
from server.demo.rows import rows_of
from server.demo.steps import Memory, Step, agrees, calls, clock_moves, kept, reads, top_up
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
    return f"job {rows_of(facts)[0]['job_id']}: {rows_of(facts)[0]['status']}"


def _csv(facts: Mapping[str, Any]) -> str:
    return base64.b64decode(facts["content"]).decode("utf-8-sig")


def _ids(facts: Mapping[str, Any]) -> str:
    return ", ".join(sorted({record["report_job_id"] for record in rows_of(facts)}))


LAUNCHES = (
    Step(
        title="Stop launch 1182",
        does=calls("pause_launch", launch_id="1182"),
        shows=lambda facts: f"{facts['action']} {facts['launch_id']}: accepted",
        expects=(
            asked(0),
            done(),
            Expectation(
                says="paused at the vendor",
                holds=lambda seen: seen.after.launch("1182")["error_code"] == _PAUSED,
            ),
        ),
    ),
    Step(
        title="Let launch 1182 go on",
        does=calls("resume_launch", launch_id="1182"),
        person=agrees,
        shows=lambda facts: f"{facts['action']} {facts['launch_id']}: accepted",
        expects=(
            asked(1),
            done(),
            Expectation(
                says="runs at the vendor", holds=lambda seen: seen.after.launch("1182")["error_code"] == 0
            ),
        ),
    ),
    Step(
        title="Why did job 5514 stop?",
        does=calls("query_job", job_id="5514"),
        shows=lambda facts: f"{_first_state(facts)} ({rows_of(facts)[0]['error_message']})",
        expects=(
            Expectation(
                says="it has an error", holds=lambda seen: rows_of(seen.facts)[0]["status"] == "error"
            ),
        ),
    ),
    Step(
        title="Restart it after a top-up",
        first=top_up(2_000),
        does=calls("restart_job", job_id="5514"),
        person=agrees,
        shows=lambda facts: f"{facts['action']} {facts['job_id']}: accepted",
        expects=(
            asked(1),
            done(),
            Expectation(
                says="restarted at the vendor", holds=lambda seen: seen.after.job("5514")["error_code"] == 0
            ),
        ),
    ),
    Step(
        title="Does it send again?",
        first=clock_moves(11),
        does=calls("query_job", job_id="5514"),
        shows=_first_state,
        expects=(
            Expectation(says="it sends", holds=lambda seen: rows_of(seen.facts)[0]["status"] == "sending"),
        ),
    ),
)

REPORTS = (
    Step(
        title="Which reports are there?",
        does=calls("list_reports", start=_week_ago, end=_today),
        shows=lambda facts: f"{facts['total']} files of reports {_ids(facts)}",
        expects=(Expectation(says="report 9001 is listed", holds=lambda seen: "9001" in _ids(seen.facts)),),
    ),
    Step(
        title="Refresh report 9001",
        does=calls("update_report", report_id="9001", report_types=["sms_failed"]),
        shows=lambda facts: facts["note"],
        expects=(asked(0), done()),
    ),
    Step(
        title="Is it being refreshed?",
        does=calls("list_updating_reports"),
        shows=lambda facts: f"{facts['total']} running",
        expects=(Expectation(says="one is running", holds=lambda seen: seen.facts["total"] == 1),),
    ),
    Step(
        title="And a minute later?",
        first=clock_moves(61),
        does=calls("list_updating_reports"),
        shows=lambda facts: f"{facts['total']} running",
        expects=(Expectation(says="none is running", holds=lambda seen: seen.facts["total"] == 0),),
    ),
    Step(
        title="Download it",
        does=calls("download_report", report_id="9001", report_type="sms_failed"),
        shows=lambda facts: f"{facts['rows']} rows, {facts['size']} bytes",
        expects=(
            Expectation(
                says="the answer links to the file",
                holds=lambda seen: seen.answer.links == (seen.facts["uri"],),
            ),
        ),
        keeps={"report": "uri"},
    ),
    Step(
        title="Read the file",
        does=reads(kept("report")),
        shows=lambda facts: f"a table with the columns {_csv(facts).splitlines()[0]}",
        expects=(Expectation(says="it is the report", holds=lambda seen: "ReportJobID" in _csv(seen.facts)),),
    ),
)
