"""`campaign-ops-mcp passkeys`: which there are, and a way on when all are lost."""

from functools import partial
from pathlib import Path

from server.command.common import FAILED, OK, parts_of, person
from server.command.options import Config, Sandbox, Yes, run
from server.command.terminal import Terminal, is_a_terminal
from tools.sentence import plural, sentence
from tools.taipei import iso


async def held(config: Path | None, *, sandbox: bool) -> int:
    """List them; the exit code."""
    async with parts_of(config, sandbox=sandbox) as parts:
        out = Terminal(parts.settings.language)
        passkeys = await parts.passkeys.held()
        if not passkeys:
            out.say(sentence("No passkey is registered. `campaign-ops-mcp console` opens the page for that."))
        out.columns((each.label, each.person, iso(each.registered_at)) for each in passkeys)
    return OK


async def reset(config: Path | None, *, sandbox: bool, yes: bool) -> int:
    """Take all away, once a person agreed in a real terminal; the exit code."""
    async with parts_of(config, sandbox=sandbox) as parts:
        out = Terminal(parts.settings.language)
        if not is_a_terminal():
            out.say(
                sentence("No passkey was taken away: that counts in a real terminal alone, not from a pipe.")
            )
            return FAILED
        question = sentence(
            "Take all passkeys away? New ones can be registered at once, and sign nothing for 24 hours."
        )
        if not (yes or await out.agreed(question, otherwise=sentence("Nothing was changed."))):
            return FAILED
        count = await parts.passkeys.reset(person())
        out.say(plural("{count} passkey was taken away.", "{count} passkeys were taken away.", count))
    return OK


def passkeys_list(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """List the passkeys that can sign approvals."""
    raise SystemExit(run(partial(held, config, sandbox=sandbox)))


def passkeys_reset(*, yes: Yes = False, sandbox: Sandbox = False, config: Config = None) -> None:
    """Take all passkeys away, when they are lost; approvals by passkey wait for 24 hours then."""
    raise SystemExit(run(partial(reset, config, sandbox=sandbox, yes=yes)))
