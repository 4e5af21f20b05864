"""What a send to so many people would cost, without their numbers: a dry run that nothing can follow from."""

from decimal import Decimal

from server.gate.calls import CallOf
from server.gate.context import GateContext
from server.gate.proposing import warned
from server.gate.rules.policy import check_size
from server.gate.ruling import check_clocks, obey_rules
from server.gate.words.sentences import what_is_hit
from tools.operation import Preview, Surroundings


async def priced_by_count(context: GateContext, call: CallOf, world: Surroundings) -> Preview:
    """The preview, with each limit that the size of the send would hit; its size refuses nothing.

    Raises:
        RefusedError: the text, the time or the tool itself is against a rule.
    """
    look = call.operation.preview
    if look is None:
        raise TypeError("what costs has a preview")
    await obey_rules(context, call, world, (), points=None)
    preview = await context.vendors.query(look(call.params, world))
    check_clocks(context, call, world)
    points, count = preview.points or Decimal(0), preview.recipients or 0
    hits = [
        f"The rule on {each.rule} ({each.setting}) allows {each.limit}; this would be {each.asked}."
        for each in check_size(points, count, context.settings.policy)
    ]
    hits += [what_is_hit(each) for each in await context.book.caps_hit(points, count)]
    return warned(context, call, preview.model_copy(update={"warnings": (*preview.warnings, *hits)}))
