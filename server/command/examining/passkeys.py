"""The passkeys: whether anybody could approve what needs one."""

from server.command.examining.finding import Finding, failed, off, right
from server.ledger.passkeys import were_reset
from server.parts import Parts
from tools.sentence import plural, sentence

_TOPIC = sentence("passkeys")


async def of_passkeys(parts: Parts) -> Finding:
    """For settings under which something needs one."""
    until = await parts.passkeys.resting_until()
    if until is not None:
        return off(_TOPIC, were_reset(until))
    count = len(await parts.passkeys.held())
    if not count:
        return failed(
            _TOPIC,
            sentence(
                "None is registered: what needs one cannot be approved, and whoever registers the first one "
                "is believed."
            ),
            sentence("Run `campaign-ops-mcp console` and register yours."),
        )
    return right(
        _TOPIC, plural("{count} passkey signs approvals.", "{count} passkeys sign approvals.", count)
    )
