"""What all operations of EVERY8D have in common."""

import pytest

from tools.desk_operation import AnyOperation
from tools.every8d.operations import OPERATIONS
from tools.operation import Action, PagedParams, Risk, RiskyParams

EACH = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
RISKS = {
    "query_credit": ("EVERY8D 3.1", Risk.READ),
    "send_sms": ("EVERY8D 1.1", Risk.SPEND),
    "send_sms_deduplicated": ("EVERY8D 1.3", Risk.SPEND),
    "send_sms_with_message_id": ("EVERY8D 1.4", Risk.SPEND),
    "send_personalized_sms": ("EVERY8D 1.5", Risk.SPEND),
    "send_mms": ("EVERY8D 1.2", Risk.SPEND),
    "get_sms_delivery": ("EVERY8D 2.2", Risk.READ),
    "get_mms_delivery": ("EVERY8D 2.3", Risk.READ),
    "get_sms_replies": ("EVERY8D 2.4", Risk.READ),
    "erase_sms_booking": ("EVERY8D 3.2", Risk.DESTROY),
    "erase_mms_booking": ("EVERY8D 3.3", Risk.DESTROY),
    "undo_send": ("ours, over EVERY8D 3.2 and 3.3", Risk.CHANGE),
    "list_delivery_events": ("EVERY8D 2.1", Risk.READ),
}


def test_every_section_of_the_document_is_an_operation_with_its_risk() -> None:
    assert {each.name: (each.section, each.risk) for each in OPERATIONS} == RISKS


@EACH
def test_an_operation_belongs_to_the_sms_tools_of_every8d(operation: AnyOperation) -> None:
    assert (operation.vendor, operation.toolset) == ("every8d", "sms")


@EACH
def test_only_a_risky_operation_can_be_previewed_and_repeated(operation: AnyOperation) -> None:
    risky = operation.risk in (Risk.SPEND, Risk.DESTROY)
    assert issubclass(operation.params, RiskyParams) == risky
    assert (isinstance(operation, Action) and operation.preview is not None) == risky


@EACH
def test_a_list_is_paged(operation: AnyOperation) -> None:
    assert issubclass(operation.params, PagedParams) == ("page" in operation.result.model_fields)


@EACH
def test_every_argument_is_described_in_a_few_words(operation: AnyOperation) -> None:
    for name, field in operation.params.model_fields.items():
        assert field.description, name
        assert len(field.description.split()) <= 12, name
