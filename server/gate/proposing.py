"""The proposal of a call: what is frozen for a person to see, and what they are told beside it."""

import json
from collections.abc import Sequence
from decimal import Decimal

from server.gate.calls import Call, CallOf
from server.gate.context import GateContext
from server.gate.words.questions import proof_for
from server.settings.policy import ApprovalSettings
from server.store.actions import CallKey, Proposal
from server.store.sent_texts import Repeated
from server.vendors.clock import WARNED, minutes
from tools.operation import Params, Preview, Surroundings
from tools.sentence import sentence

_MAY_BE_DONE = sentence(
    "The record of what was done before was lost, so this may have been done already. Every send is asked "
    "for until 24 hours after."
)
_TARGETS = ("launch_id", "job_id", "report_id", "batch_id")


def warned(context: GateContext, call: CallOf, preview: Preview) -> Preview:
    """The preview with what a person should know of the server's own state."""
    apart = context.vendors.apart(call.operation.vendor)
    said = [_MAY_BE_DONE] if context.book.past.asks(context.clock()) else []
    if apart is not None and abs(apart) > WARNED:
        said.append(
            sentence(
                "This machine's clock and the vendor's are {minutes:,} minutes apart: times may mean another "
                "moment than said.",
                minutes=minutes(apart),
            )
        )
    return preview.model_copy(update={"warnings": (*preview.warnings, *said)}) if said else preview


class Proposing:
    """Freezes what a person is to see, with the proof that the settings ask for."""

    def __init__(self, approval: ApprovalSettings) -> None:
        self._approval = approval

    def proposal(
        self,
        call: Call,
        world: Surroundings,
        preview: Preview,
        key: CallKey,
        repeats: Sequence[Repeated] = (),
    ) -> Proposal:
        """The proposal with its frozen preview, which tells of these earlier sends."""
        return Proposal(
            principal=key.principal,
            session=call.caller.session,
            tool=key.tool,
            risk=str(call.operation.risk),
            vendor=call.operation.vendor or "",
            digest=key.digest,
            request_id=key.request_id,
            arguments=json.dumps(call.arguments(), ensure_ascii=False),
            preview=preview.model_dump_json(),
            proof=proof_for(preview, call.operation, self._approval),
            account=key.account,
            target=preview.target or _target_of(call.params),
            campaign=world.campaign.id if world.campaign else "",
            points=preview.points or Decimal(0),
            recipients=preview.recipients or 0,
            retry_of=world.earlier.action_id if world.earlier else "",
            repeats=",".join(send.action_id for send in repeats),
        )


def _target_of(params: Params) -> str:
    """What is acted on, for actions that need no preview."""
    # A model that is asked for what it has not takes long to say so.
    there = [name for name in _TARGETS if name in type(params).model_fields]
    return next((str(value) for name in there if (value := getattr(params, name))), "")
