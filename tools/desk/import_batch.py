"""A batch that was sent on the vendor's own site becomes one of the records."""

from typing import Annotated

from pydantic import Field

from tools.counting import many
from tools.desk_operation import Desk, DeskOperation
from tools.every8d.batches import BatchId
from tools.import_desk import Imported
from tools.operation import Params, Result, Risk
from tools.sentence import sentence
from tools.values import Minute, OutsideText, Points


class ImportParams(Params):
    """Which batch."""

    batch_id: Annotated[BatchId, Field(description="Its BatchID.")]


class ImportResult(Result):
    """The batch as it is in the records now, the conclusion first."""

    conclusion: str
    batch_id: OutsideText | None
    sent_at: Minute
    recipients: int
    delivered: int
    failed: int
    pending: int
    points: Points | None = None
    not_known: list[str]


async def _import(params: ImportParams, desk: Desk) -> ImportResult:
    found = await desk.importing.import_batch(params.batch_id)
    batch = found.batch
    return ImportResult(
        conclusion=_conclusion(found),
        batch_id=batch.batch_id,
        sent_at=batch.sent_at,
        recipients=batch.recipients,
        delivered=batch.delivered,
        failed=batch.failed,
        pending=batch.pending,
        points=batch.points,
        not_known=_not_known(found),
    )


def _conclusion(found: Imported) -> str:
    if found.fresh:
        return (
            f"Imported: {many(found.batch.recipients, 'message')}. Nothing was sent and nothing was charged."
        )
    whose = "was sent by this server" if found.batch.action_id else "was imported before"
    return f"Nothing was changed: this batch {whose}."


def _not_known(found: Imported) -> list[str]:
    said: list[str] = []
    if not found.batch.action_id:
        said.append("Its text and subject: the vendor does not tell them.")
    if found.batch.points is None:
        said.append("Its points: the vendor has not told the price of every message yet.")
    if not found.complete:
        said.append("Some of its messages: the vendor did not tell of all. summarize_delivery with refresh.")
    if found.perhaps:
        said.append(
            f"Whether it is {', '.join(found.perhaps)}, of unknown outcome: look with reconcile_action first."
        )
    return said


IMPORT_BATCH = DeskOperation(
    name="import_batch",
    title="Import a batch",
    description=("Import a batch sent on the vendor's site into records. 匯入網站、後台上發的批次。"),
    toolset="desk",
    vendor="every8d",
    section=sentence("ours: the records"),
    risk=Risk.READ,
    params=ImportParams,
    result=ImportResult,
    run=_import,
)
