"""Arguments in the forms in which hosts hand them over are taken as what they plainly are, and no further."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.gate.reading import plainly_meant
from tests.e2e.house import Facts, House
from tests.gate.servers import fronted
from tests.wire.examples import thorough
from tools.catalog import every_operation

PARAMS = {each.name: each.params for each in every_operation()}
BATCH = "220478cc-8506-49b2-93b7-2505f651c12e"
PERSON: Facts = {"mobile": "0912345678", "values": ["A"], "send_at": None, "name": "王"}
WELL_FORMED: list[tuple[str, Facts]] = [
    ("send_sms", {"recipients": ["0912345678", "0912345100"], "text": "[1] 您好", "subject": "7"}),
    ("send_personalized_sms", {"recipients": [PERSON], "template": "{%field1%}"}),
    ("terminate_launch", {"launch_id": "1182", "dry_run": True, "request_id": "3"}),
    ("restart_job", {"job_id": "5501"}),
    ("update_report", {"report_id": "9001", "report_types": ["11001", "11002"], "refresh": "data"}),
    ("get_sms_delivery", {"batch_id": BATCH, "page": 2}),
    ("get_action", {"action_id": "7KQ2-M9XD"}),
]
IDS = {
    *("launch_id", "job_id", "report_id", "batch_id", "action_id", "request_id"),
    *("report_type", "report_types", "tool", "campaign", "campaign_id"),
}
LISTS = {"recipients", "report_types"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@thorough
@given(case=st.sampled_from(WELL_FORMED), data=st.data())
def test_the_forms_of_hosts_mean_what_the_plain_form_means(case: tuple[str, Facts], data: Any) -> None:
    tool, plain = case
    params = PARAMS[tool]
    written = {name: data.draw(st.sampled_from(_forms(name, value))) for name, value in plain.items()}
    nulls = {name: None for name, field in params.model_fields.items() if not field.is_required()}
    asked = {**nulls, **written}
    assert params.model_validate(plainly_meant(params, asked)) == params.model_validate(
        plainly_meant(params, plain)
    )


def _forms(name: str, value: Any) -> list[Any]:
    """The ways in which a host may write a value."""
    forms: list[Any] = [value]
    if name in LISTS:
        forms += [json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)]
    if value == [PERSON]:
        forms += [[json.dumps(PERSON)]]
    if name == "report_types":
        forms += [[int(each) for each in value], [f" {each}" for each in value]]
    if name in IDS - LISTS:
        forms += [f" {value}", f"{value}\t\n", *([int(value)] if value.isdigit() else [])]
    return forms


@thorough
@given(tool=st.sampled_from(sorted(PARAMS)), data=st.data())
def test_nothing_else_is_read_into_an_argument(tool: str, data: Any) -> None:
    """A text, a flag, a number and a name that is not known stay exactly as they were given."""
    params = PARAMS[tool]
    given_ = {name: data.draw(JSON) for name in [*params.model_fields, "no_such"]}
    meant = plainly_meant(params, given_)
    assert meant["no_such"] == given_["no_such"] or given_["no_such"] is None
    for name, value in given_.items():
        if name not in IDS and not isinstance(value, list | dict | str) and value is not None:
            assert (meant[name], type(meant[name])) == (value, type(value))
    for name in ("text", "subject", "template", "image"):
        if name in params.model_fields and given_[name] is not None:
            assert meant[name] == given_[name]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("send_sms", {"recipients": '["0912345100"]', "text": "您好", "send_at": None, "subject": None}),
        ("terminate_launch", {"launch_id": 1182, "request_id": None}),
        ("delete_job", {"job_id": " 5500 "}),
        ("delete_report", {"report_id": 9001}),
    ],
)
async def test_a_host_s_own_way_of_writing_reaches_the_preview(
    house: House, tool: str, arguments: Facts
) -> None:
    async with fronted(house) as session:
        facts = await session.facts(tool, {**arguments, "dry_run": True})
    assert facts["outcome"] == "dry_run"


@pytest.mark.parametrize(
    ("tool", "arguments", "line"),
    [
        ("query_launch", {"launch_id": True}, "launch_id: is no text."),
        ("query_launch", {"launch_id": 1182.5}, "launch_id: is no text."),
        ("query_launch", {"launch_id": "11 82"}, "launch_id: is no id."),
        ("query_launch", {"launch_id": -1182}, "launch_id: is no text."),
        ("query_launch", {"launch_id": None}, "launch_id: is needed."),
        ("query_launch", {"launch_id": "1182", "page": True}, "page: is no number."),
        ("query_launch", {"launch_id": "1182", "page_size": False}, "page_size: is no number."),
        ("send_sms", {"recipients": "0912345100", "text": "x"}, "recipients: is no list."),
        ("send_sms", {"recipients": '{"a": 1}', "text": "x"}, "recipients: is no list."),
        ("send_sms", {"recipients": "[912345100]", "text": "x"}, "recipients[1]: is no text."),
        ("send_sms", {"recipients": ["0912345100"], "text": 5}, "text: is no text."),
        (
            "send_sms",
            {"recipients": ["0912345100"], "text": "x", "dryrun": None},
            "dryrun: no such argument.",
        ),
        ("send_sms", {"recipients": ["0912345100"], "text": "x", "dry_run": "true"}, "dry_run: is neither"),
    ],
)
async def test_what_is_not_plain_is_refused_as_before(
    house: House, tool: str, arguments: Facts, line: str
) -> None:
    async with fronted(house) as session:
        assert line in (await session.problem(tool, arguments))["message"]
    assert await house.vendor.log() == []
