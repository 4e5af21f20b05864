"""No whole number and no whole name leaves in a result, and no text passes for ours that is not."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, computed_field, field_serializer

from server.gate.masking import present
from server.gate.text_fields import outside_fields, text_fields
from tools.catalog import every_operation
from tools.cleaning import hidden_characters
from tools.desk_operation import AnyOperation
from tools.operation import Preview, Result
from tools.values import (
    MOBILE,
    OUTSIDE,
    PERSON,
    Mark,
    MobileNumber,
    OutsideText,
    PersonName,
    Points,
    Timestamp,
)

EXACT = ("points", "kind", "at", "note")
"""Fields of `Everything` that hold no text from outside."""
CELLS = Mark("cells")
NUMBER, MASKED = "+886912345678", "0912***678"
TEXT = "call +886 912-345-678 or ０９１２３４５６７８"
MASKED_TEXT = "call 0912***678 or 0912***678"


class Status(StrEnum):
    SENT = "sent"


class Row(Result):
    mobile: MobileNumber
    name: PersonName = ""
    reply: OutsideText | None = None
    status: Status = Status.SENT


class Everything(Result):
    points: Points = Decimal("1.50")
    at: Timestamp | None = None
    row: Row | None = None
    rows: list[Row] = Field(default_factory=list[Row])
    pair: tuple[Row, MobileNumber] | None = None
    numbers: tuple[MobileNumber, ...] = ()
    marked_numbers: Annotated[Sequence[str], MOBILE] = ()
    either: MobileNumber | int | None = None
    names: Annotated[list[str | None], PERSON] = Field(default_factory=list[str | None])
    by_number: Mapping[MobileNumber, Row] = Field(default_factory=dict[str, Row])
    other: Annotated[dict[str, OutsideText | None], CELLS] = Field(default_factory=dict[str, str | None])
    cells: Annotated[list[list[str]], CELLS] = Field(default_factory=list[list[str]])
    raw: Annotated[str, OUTSIDE] = ""
    loose: Any = None
    kind: Literal["sms", "mms"] = "sms"
    note: str = ""
    above: "Everything | None" = None

    @computed_field
    @property
    def first(self) -> Annotated[str, MOBILE]:
        return NUMBER


def shown(*, show_numbers: bool = False, known: Sequence[str] = (), **fields: Any) -> dict[str, object]:
    facts = present(Everything(**fields), show_numbers=show_numbers, known=known).facts
    return {name: facts[name] for name in fields}


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        (
            {"row": Row(mobile=NUMBER, name="王小明")},
            {"row": {"mobile": MASKED, "name": "王**", "status": "sent"}},
        ),
        ({"rows": [Row(mobile=NUMBER)]}, {"rows": [{"mobile": MASKED, "name": "", "status": "sent"}]}),
        (
            {"pair": (Row(mobile=NUMBER), NUMBER)},
            {"pair": [{"mobile": MASKED, "name": "", "status": "sent"}, MASKED]},
        ),
        ({"numbers": (NUMBER, "+14155552671", "")}, {"numbers": [MASKED, "+141***671", ""]}),
        ({"marked_numbers": [NUMBER]}, {"marked_numbers": [MASKED]}),
        ({"either": NUMBER}, {"either": MASKED}),
        ({"either": 5}, {"either": 5}),
        ({"names": ["王小明", " Ann Lee", None, ""]}, {"names": ["王**", "A**", None, ""]}),
        (
            {"other": {"TEL": TEXT, "gone": None, "0912345678": "x"}},
            {"other": {"TEL": MASKED_TEXT, "gone": None, MASKED: "x"}},
        ),
        ({"cells": [[TEXT, "100"], ["a\u202eb"]]}, {"cells": [[MASKED_TEXT, "100"], ["ab"]]}),
        (
            {"cells": [["to ming@example.com", "https://x.tw/?m=ming%40example.com"]]},
            {"cells": [["to m**@example.com", "https://x.tw/?m=m**%40example.com"]]},
        ),
        ({"raw": "a\u200bb " + TEXT}, {"raw": "ab " + MASKED_TEXT}),
        ({"loose": Row(mobile=NUMBER)}, {"loose": {"mobile": MASKED, "name": "", "status": "sent"}}),
        ({"note": "2 rows"}, {"note": "2 rows"}),
        ({"points": Decimal("1.50")}, {"points": 1.5}),
    ],
)
def test_marked_fields_are_masked_wherever_they_stand(
    fields: dict[str, Any], facts: dict[str, object]
) -> None:
    assert shown(**fields) == facts


def test_a_computed_field_is_masked_and_none_is_left_out() -> None:
    facts = present(Everything(), show_numbers=False).facts
    assert facts["first"] == MASKED
    assert "row" not in facts


def test_a_result_within_a_result_is_masked() -> None:
    inner = Everything(above=Everything(numbers=(NUMBER,)))
    above = present(inner, show_numbers=False).facts["above"]
    assert isinstance(above, dict)
    assert above["numbers"] == [MASKED]


def test_keys_that_look_alike_once_masked_stay_apart() -> None:
    twins = {"+886912345678": Row(mobile=NUMBER), "+886912999678": Row(mobile=NUMBER)}
    row = {"mobile": MASKED, "name": "", "status": "sent"}
    assert shown(by_number=twins) == {"by_number": {MASKED: row, MASKED + "'": row}}


def test_the_settings_open_numbers_and_names_and_hidden_characters_still_go() -> None:
    row = Row(mobile=NUMBER, name="王小明", reply="hi 0912345678")
    facts = shown(row=row, raw="a\u200bb " + TEXT, show_numbers=True)
    assert facts["row"] == {"mobile": NUMBER, "name": "王小明", "reply": "hi 0912345678", "status": "sent"}
    assert facts["raw"] == "ab " + TEXT


def test_a_number_that_the_caller_gave_stays_readable() -> None:
    facts = shown(numbers=(NUMBER, "+886987654321"), raw="0912345678, 0987654321", known=[NUMBER])
    assert facts == {"numbers": [NUMBER, "0987***321"], "raw": "0912345678, 0987***321"}


def test_a_long_text_is_not_cut() -> None:
    assert shown(raw="好" * 5000)["raw"] == "好" * 5000


@given(st.text(), st.from_regex(r"9[0-9]{8}", fullmatch=True), st.sampled_from(["0", "+886", "886-", "０"]))
def test_no_number_and_no_hidden_character_leaves_in_outside_text(text: str, nine: str, prefix: str) -> None:
    raw = shown(raw=f"{text} ;{prefix}{nine}; {text}")["raw"]
    assert isinstance(raw, str)
    assert f";0{nine[:3]}***{nine[-3:]};" in raw
    assert not hidden_characters(raw)


def test_the_outside_fields_of_a_type_are_told_by_their_paths() -> None:
    assert outside_fields(Everything) == [
        "row.name",
        "row.reply",
        "rows[].name",
        "rows[].reply",
        "pair[].name",
        "pair[].reply",
        "by_number{}.name",
        "by_number{}.reply",
        "other{key}",
        "other{}",
        "cells[][]",
        "raw",
    ]


def test_every_place_for_free_text_is_found() -> None:
    unmarked = [field.path for field in text_fields(Everything) if not field.kinds]
    assert unmarked == ["loose", "note"]
    numbers = [
        field.path for field in text_fields(Everything) if "mobile" in field.kinds and "." not in field.path
    ]
    assert numbers == ["pair[]", "numbers[]", "marked_numbers[]", "either", "by_number{key}", "first"]


# Fields of the catalogue whose words are ours, or whose form was checked when they were read. A new str field
# belongs here only if nobody outside can write into it; otherwise it is marked.
OUR_OWN_WORDS = {
    "SendResult.batch_id": "read only when it has a batch id's form",
    "SendResult.note": "ours",
    "DeduplicatedResult.batch_id": "as in SendResult",
    "DeduplicatedResult.note": "ours",
    "MessageIdResult.batch_id": "as in SendResult",
    "MessageIdResult.note": "ours",
    "MessageIdResult.message_id": "24 digits, or ours",
    "DeliveryEvent.status": "our meaning of the code",
    "DeliveryMessage.status": "our meaning of the code",
    "Record.report_type": "our table's name of the type",
    "Record.status": "our meaning of the code",
    "Records.note": "ours",
    "RepliesResult.note": "ours",
    "JobActionResult.job_id": "the caller's argument",
    "JobActionResult.action": "ours",
    "JobActionResult.note": "ours",
    "LaunchActionResult.launch_id": "the caller's argument",
    "LaunchActionResult.action": "ours",
    "LaunchActionResult.note": "ours",
    "ReportActionResult.report_id": "the caller's argument",
    "ReportActionResult.action": "ours",
    "ReportActionResult.note": "ours",
    "DownloadReportResult.name": "our name of the saved file",
    "DownloadReportResult.uri": "our URI of the saved file",
    "DownloadReportResult.content_type": "one of our own names for a kind of content",
    "DownloadReportResult.note": "ours",
    "ActionSummary.action_id": "our id",
    "ActionSummary.tool": "our name",
    "ActionSummary.by": "a name of the settings, or ours",
    "ActionSummary.decided_by": "a name of the settings, or ours",
    "ActionsResult.note": "ours",
    "ActionsResult.sums": "our words for what is summed",
    "ActionDetail.action_id": "our id",
    "ActionDetail.tool": "our name",
    "ActionDetail.by": "a name of the settings, or ours",
    "ActionDetail.decided_by": "a name of the settings, or ours",
    "ActionDetail.reason": "ours",
    "ActionDetail.retry_of": "our id",
    "ActionDetail.next": "ours",
    "Preview.effect": "ours",
    "Preview.nothing": "ours",
    "Preview.target": "the caller's argument",
    "Preview.text": "the caller's argument",
    "Preview.image": "the caller's argument",
    "Preview.warnings": "ours",
    "Preview.state": "our names and our words for states",
    "ReadListResult.conclusion": "ours",
    "ReadListResult.notes": "ours",
    "ReadListResult.read_as": "ours",
    "ReadListResult.sha256": "our digest",
    "ReconcileResult.action_id": "our id",
    "ReconcileResult.evidence": "ours",
    "ReconcileResult.next": "ours",
    "BatchSummary.action_id": "our id",
    "CheckMessageResult.conclusion": "ours",
    "CheckMessageResult.notes": "ours, with what the caller's text holds quoted",
    "CodeCount.meaning": "our meaning of the code",
    "CodeCount.state": "one of our classes",
    "DeadNumberRow.meaning": "our meaning of the code",
    "DeadNumbersResult.conclusion": "ours",
    "DeliverySummary.compared": "ours",
    "DeliverySummary.conclusion": "ours",
    "DeliverySummary.counts": "our classes",
    "DeliverySummary.points_from": "ours",
    "DeliverySummary.rests_on": "ours",
    "DeliverySummary.to_do": "ours",
    "DifferenceRow.action_id": "our id",
    "DifferenceRow.why": "ours",
    "DroppedBatch.arrived": "ours",
    "InFlightResult.conclusion": "ours",
    "InFlightRow.can": "our name of a tool",
    "InFlightRow.state": "our name of a tool, or our meaning of a state",
    "MorningBrief.conclusion": "ours",
    "MorningBrief.lines": "ours",
    "NotTexted.rows": "our row numbers",
    "PointsStatement.conclusion": "ours",
    "PointsStatement.month": "the caller's argument",
    "PointsStatement.notes": "ours",
    "SenderRow.sender": "a name of the settings, or ours",
    "SentToNumber.approved_by": "our name of a channel",
    "SentToNumber.by": "a name of the settings, or ours",
    "SentToNumber.status": "our meaning of the code",
    "SentToNumber.status_class": "one of our classes",
    "BlockResult.conclusion": "ours",
    "CodeSum.status_class": "one of our classes",
    "ExportResult.conclusion": "ours",
    "ExportResult.name": "our name of the file",
    "ReadReportResult.conclusion": "ours",
    "ReadReportResult.note": "ours",
    "ReportRow.event": "our word for the type",
    "ReportRow.status_class": "one of our classes",
    "ReportSums.days": "days as we write them",
    "UpdatingReport.report_type": "our table's name of the type",
    "WatchReportsResult.conclusion": "ours",
    "LatestReply.reply_id": "our id",
    "ImportResult.conclusion": "ours",
    "ImportResult.not_known": "ours",
    "ReplySummary.conclusion": "ours",
    "CampaignPlan.campaign_id": "our id",
    "CampaignPlan.conclusion": "ours",
    "CampaignPlan.excluded": "our reasons",
    "CampaignPlan.warnings": "ours",
    "CampaignRow.campaign_id": "our id",
    "CampaignStatus.campaign_id": "our id",
    "CampaignStatus.conclusion": "ours",
    "CampaignStatus.next": "ours",
    "CampaignStepResult.campaign_id": "our id",
    "CampaignStepResult.note": "ours",
    "PausedCampaign.campaign_id": "our id",
    "Rehearsal.campaign_id": "our id",
    "Rehearsal.conclusion": "ours",
    "PausedCampaign.conclusion": "ours",
    "ReplySummary.rests_on": "ours",
    "StopResult.conclusion": "ours",
    "StoppedItem.action_id": "our id",
    "StoppedItem.why": "ours",
}
OPERATIONS = every_operation()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_text_of_a_result_is_marked_or_reviewed(operation: AnyOperation) -> None:
    unmarked = {field.owner for field in text_fields(operation.result) if not field.kinds}
    assert unmarked <= OUR_OWN_WORDS.keys()


def test_no_reviewed_field_has_gone() -> None:
    owners = {field.owner for operation in OPERATIONS for field in text_fields(operation.result)}
    assert OUR_OWN_WORDS.keys() <= owners


def test_a_preview_shows_its_first_and_last_number_masked() -> None:
    preview = Preview(
        effect="Send an SMS", nothing="Nothing was sent.", first_mobile=NUMBER, last_mobile=NUMBER
    )
    facts = present(preview, show_numbers=False).facts
    assert (facts["first_mobile"], facts["last_mobile"]) == (MASKED, MASKED)


def test_a_field_that_pydantic_has_renamed_is_masked_under_its_own_name() -> None:
    class Renamed(BaseModel):
        mobile: MobileNumber = Field(serialization_alias="to")

    assert present(Renamed(mobile=NUMBER), show_numbers=False).facts == {"mobile": MASKED}


@given(st.builds(Everything, loose=st.none(), above=st.none()))
def test_what_needs_no_masking_is_shown_as_pydantic_writes_it(everything: Everything) -> None:
    shown = present(everything, show_numbers=True).facts
    written = everything.model_dump(mode="json", exclude_none=True)
    assert [shown.get(name) for name in EXACT] == [written.get(name) for name in EXACT]


def test_a_field_that_pydantic_leaves_out_is_left_out() -> None:
    class Quiet(BaseModel):
        word: str = "x"
        password: str = Field(default="secret", exclude=True)

    assert present(Quiet(), show_numbers=True).facts == {"word": "x"}


def test_a_serialiser_that_would_be_passed_over_is_refused() -> None:
    class Decorated(BaseModel):
        points: int = 1

        @field_serializer("points")
        def _in_words(self, points: int) -> str:
            return f"{points} points"

    with pytest.raises(TypeError, match="Decorated"):
        present(Decorated(), show_numbers=True)
