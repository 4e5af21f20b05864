"""The batch id: the only name that a send has at the vendor."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from tools.every8d.references import campaign_named
from tools.sentence import sentence
from tools.values import IDENTIFIER

_BATCH_ID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")


def _check(batch_id: str) -> str:
    if _BATCH_ID.fullmatch(batch_id) is None:
        raise ValueError(sentence("is no batch id. Give the 36 characters that the send answered."))
    return batch_id


def _check_either(given: str) -> str:
    return campaign_named(given) or _check(given)


BatchId = Annotated[str, IDENTIFIER, AfterValidator(_check), Field(description="Batch id (批次) of a send.")]
"""A batch id of the form 220478cc-8506-49b2-93b7-2505f651c12e (EVERY8D 1.1)."""

BatchOrCampaignId = Annotated[str, IDENTIFIER, AfterValidator(_check_either)]
"""The same, or the short id of one of our campaigns, which stands for all its batches."""
