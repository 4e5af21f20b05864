"""The command line: the names of the commands. Each stands in a file of this folder, with its options."""

import io
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, BinaryIO, cast

import typer

from server.command.late_group import late_group
from server.command.usage import INTERRUPTED, spoken
from server.first_cause import first_cause
from server.languages.catalogue import in_language
from server.settings.file import SettingsError
from server.store.errors import StoreUnavailableError
from server.version import own_version
from tools.sentence import reason_of, sentence

_HERE = "server.command."
_COMMANDS = {
    "serve": _HERE + "serve:serve",
    "sandbox": _HERE + "sandbox:sandbox",
    "demo": _HERE + "demo:demo",
    "tools": _HERE + "tool_list:tools",
    "doctor": _HERE + "doctor:doctor",
    "health": _HERE + "health:health",
    "unlock": _HERE + "unlock:unlock",
    "console": _HERE + "console:console_command",
    "setup": _HERE + "setup:setup",
    "install": _HERE + "install:install",
    "uninstall": _HERE + "install:uninstall",
    "approvals": _HERE + "approvals:approvals_command",
    "sent": _HERE + "sent:sent_command",
    "credit": _HERE + "credit:credit_command",
    "stop": _HERE + "stop:stop_command",
    "policy": _HERE + "policy:policy",
    "opt-outs": _HERE + "opt_outs:opt_outs_command",
    "worker": _HERE + "worker:worker",
    "purge": _HERE + "purge:purge_command",
    "forget": _HERE + "forget:forget_command",
    "evidence": _HERE + "evidence:evidence_command",
}
_BLOCK = {
    "add": _HERE + "block:block_add",
    "remove": _HERE + "block:block_remove",
    "list": _HERE + "block:block_list",
}
_AUDIT = {
    "verify": _HERE + "audit:audit_verify",
    "accept-loss": _HERE + "loss:audit_accept_loss",
    "export": _HERE + "audit:audit_export",
}
_ACTIONS = {
    "list": _HERE + "actions:actions_list",
    "show": _HERE + "action:actions_show",
    "close": _HERE + "actions:actions_close",
}
_CALLBACKS = {
    "status": _HERE + "callbacks:callbacks_status",
    "quarantine": _HERE + "callbacks:callbacks_quarantine",
    "rotate": _HERE + "callbacks:callbacks_rotate",
}
_PASSKEYS = {
    "list": _HERE + "passkeys:passkeys_list",
    "reset": _HERE + "passkeys:passkeys_reset",
}
_CAMPAIGNS = {
    "list": _HERE + "campaigns:campaigns_list",
    "show": _HERE + "campaigns:campaigns_show",
    "watch": _HERE + "campaigns:campaigns_watch",
    "rehearse": _HERE + "rehearse:rehearse",
}

PLACES = (
    *_COMMANDS.values(),
    *_BLOCK.values(),
    *_AUDIT.values(),
    *_ACTIONS.values(),
    *_CALLBACKS.values(),
    *_CAMPAIGNS.values(),
    *_PASSKEYS.values(),
)
"""Every command; the sentence that its help begins with is its function's docstring."""

app = typer.Typer(
    cls=late_group(_COMMANDS),
    help=sentence("Run SMS, MMS and e-mail campaigns on EVERY8D and OMIS from an MCP client."),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for name, places, about in (
    ("block", _BLOCK, sentence("Numbers that are never texted.")),
    ("audit", _AUDIT, sentence("The record of every decision.")),
    ("actions", _ACTIONS, sentence("The ledger of what was done.")),
    ("campaigns", _CAMPAIGNS, sentence("Texts to a list: how far they are.")),
    ("callbacks", _CALLBACKS, sentence("What the vendor reports by itself.")),
    ("passkeys", _PASSKEYS, sentence("What signs an approval as a person's.")),
):
    app.add_typer(typer.Typer(cls=late_group(places), help=about, no_args_is_help=True), name=name)


def _lines(wrong: SettingsError) -> Iterable[str]:
    return wrong.lines


def main(told: Callable[[SettingsError], Iterable[str]] = _lines) -> None:
    """The entry point. A wrong setting ends with one clear message and exit code 2; `told` words it."""
    if sys.stderr is None:
        # What is printed to no stderr goes to stdout, which is the MCP channel.
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for good
    if sys.stdout is not None:
        # A terminal without our characters (Big5, ASCII) must still show the question to approve.
        cast("io.TextIOWrapper[BinaryIO]", sys.stdout).reconfigure(errors="backslashreplace")
    code: str | int | None = 0
    try:
        app()
    except* (SettingsError, StoreUnavailableError) as wrong:
        cause = first_cause(wrong)
        _tell(told(cause) if isinstance(cause, SettingsError) else [reason_of(cause)])
        code = 2
    except* SystemExit as ended:
        reason = first_cause(ended)
        code = reason.code if isinstance(reason, SystemExit) else 1
    if code == INTERRUPTED:
        # A thread that waits for what the person types would hold the process until they type it.
        os._exit(INTERRUPTED)
    raise SystemExit(code)


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(in_language(line, spoken()), err=True)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer's signature
    if wanted:
        typer.echo(own_version())
        raise typer.Exit


@app.callback()
def every_command(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help=sentence("Show the version.")),
    ] = False,
) -> None:
    """Options before the command's name."""


if __name__ == "__main__":
    sys.exit(main())
