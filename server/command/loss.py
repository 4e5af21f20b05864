"""`campaign-ops-mcp audit accept-loss`: a person goes on with a store that lost its past."""

from functools import partial
from pathlib import Path

from server.command.common import FAILED, OK, parts_of, person
from server.command.options import Config, Sandbox, run
from server.command.terminal import terminal
from server.store.key_file import KeyFileError
from tools.sentence import reason_of, sentence


async def accept_loss(config: Path | None, *, sandbox: bool = False) -> int:
    """Begin a new generation of the store, which the audit records; what waited for a decision expires."""
    out = terminal(config)
    async with parts_of(config, sandbox=sandbox) as parts:
        try:
            lost = await parts.journal.accept_loss(person())
        except KeyFileError as error:
            out.say(sentence("The loss is not accepted: {reason}", reason=reason_of(error)))
            return FAILED
    if lost is None:
        out.say(
            sentence(
                "Nothing is lost: the store has all that the audit's head remembers. Nothing was changed."
            )
        )
        return OK
    out.say(sentence("The loss is accepted: {loss}.", loss=lost))
    out.say(
        sentence(
            "Compare with the vendor's own records what was sent meanwhile; blocked numbers may be lost too."
        )
    )
    out.say(sentence("Nothing is sent unasked for 24 hours; what waited for a decision has expired."))
    return OK


def audit_accept_loss(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """Go on with a store that lost its past; for 24 hours every send is asked for."""
    raise SystemExit(run(partial(accept_loss, config, sandbox=sandbox)))
