"""`campaign-ops-mcp credit`: the points that are left, asked through the gate like any look."""

from functools import partial
from pathlib import Path

from server.command.common import FAILED, OK, parts_of, person, unasked
from server.command.examining.accounts import told
from server.command.options import Config, run
from server.command.terminal import Terminal
from server.gate.caller import Caller
from server.settings.own_command import with_own_commands
from tools.every8d.credit import QUERY_CREDIT
from tools.sentence import sentence


async def credit(config: Path | None) -> int:
    """Print the points left of each configured account."""
    async with parts_of(config, sandbox=False) as parts:
        out, settings = Terminal(parts.settings.language), parts.settings
        code = OK
        if settings.every8d is None and settings.omis is None:
            out.say(sentence("No account is configured."))
            return FAILED
        if settings.every8d is not None:
            caller = Caller(principal=person(), session=person(), can_ask=False)
            answer = await unasked(parts, QUERY_CREDIT, caller)
            if answer.is_error:
                said, code = told(answer.facts), FAILED
            else:
                said = sentence("{points} points left", points=f"{answer.facts['credit']:,}")
            account = settings.every8d.uid
            line = sentence("EVERY8D, {account}: {said}", account=account, said=said)
            out.say(with_own_commands(settings, line))
        if settings.omis is not None:
            # None of its interfaces tells the points (ManageReport, TaskManager).
            account = settings.omis.login_name
            out.say(sentence("OMIS, {account}: its interface does not tell the points.", account=account))
    return code


def credit_command(*, config: Config = None) -> None:
    """Print the points left of each configured account."""
    raise SystemExit(run(partial(credit, config)))
