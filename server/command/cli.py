"""The command `campaign-ops-mcp`. Each command imports what it needs when it runs: servers start fast."""

import gc
import io
import os
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO, TypeVar, cast

import anyio
import typer

from server.first_cause import first_cause

app = typer.Typer(
    help="Run SMS, MMS and e-mail campaigns on EVERY8D and OMIS from an MCP client.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

block = typer.Typer(help="Numbers that are never texted.", no_args_is_help=True)
audit = typer.Typer(help="The record of every decision.", no_args_is_help=True)
actions = typer.Typer(help="The ledger of what was done.", no_args_is_help=True)
app.add_typer(block, name="block")
app.add_typer(audit, name="audit")
app.add_typer(actions, name="actions")

T = TypeVar("T")
Sandbox = Annotated[bool, typer.Option("--sandbox", help="Of `serve --sandbox`, not of the real account.")]
Config = Annotated[
    Path | None, typer.Option("--config", help="A TOML file with settings, instead of your own.")
]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free port.")]


def main() -> None:
    """The entry point. A wrong setting ends with one clear message and exit code 2."""
    from server.settings.settings import SettingsError  # noqa: PLC0415 - after typer has read the command
    from server.store.errors import StoreUnavailableError  # noqa: PLC0415 - as above

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
        typer.echo(str(first_cause(wrong)), err=True)
        code = 2
    except* SystemExit as ended:
        reason = first_cause(ended)
        code = reason.code if isinstance(reason, SystemExit) else 1
    raise SystemExit(code)


def _run(work: Callable[[], Awaitable[T]]) -> T:
    """What uses the store runs on the loop that suits its drivers."""
    from server.systems import loop_options  # noqa: PLC0415 - after typer has read the command

    return anyio.run(work, backend_options=loop_options())


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer's signature
    if wanted:
        from server.mcp.app import own_version  # noqa: PLC0415 - only this option needs it

        typer.echo(own_version())
        raise typer.Exit


@app.callback()
def every_command(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before the command's name."""


@app.command()
def serve(  # noqa: PLR0913 - each is an option of the command line
    *,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Simulate both vendors; no account needed.")
    ] = False,
    http: Annotated[bool, typer.Option("--http", help="Streamable HTTP on 127.0.0.1, path /mcp.")] = False,
    port: Port = 8090,
    toolsets: Annotated[str, typer.Option(help="With commas: sms,reports,launches,jobs,desk.")] = "",
    read_only: Annotated[bool, typer.Option("--read-only", help="Only tools that look.")] = False,
    config: Config = None,
) -> None:
    """Serve MCP over stdio (the default) or HTTP."""
    gc.disable()
    from server.mcp.transports import leave  # noqa: PLC0415 - as above
    from server.serving import Serving  # noqa: PLC0415 - only this command needs the server

    serving = Serving(
        sandbox=sandbox, http=http, port=port, toolsets=toolsets, read_only=read_only, config=config
    )
    gc.enable()
    gc.freeze()
    _run(serving.run)
    leave()


@app.command()
def sandbox(*, port: Port = 8091) -> None:
    """Run both simulated vendors alone; any client of these vendors can be pointed at it."""
    from server.serving import run_sandbox  # noqa: PLC0415 - only this command needs it

    anyio.run(run_sandbox, port)


@app.command()
def demo() -> None:
    """Play a whole session through a real MCP client against the sandbox."""
    from server.demo.play import play  # noqa: PLC0415 - only this command needs it

    raise SystemExit(anyio.run(play))


@app.command()
def tools(*, config: Config = None, every: Annotated[bool, typer.Option("--all")] = False) -> None:
    """List the tools with risk, document section and token cost."""
    from server.command.tool_list import print_tools  # noqa: PLC0415 - only this command needs it

    print_tools(config, every=every)


@app.command()
def doctor(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """Check settings, reachability and login of both vendors; one line each, with what to do."""
    from server.command.doctor import examine  # noqa: PLC0415 - only this command needs it

    raise SystemExit(_run(partial(examine, config, sandbox=sandbox)))


@app.command()
def unlock(
    vendor: Annotated[str, typer.Argument(help="every8d or omis")],
    *,
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """Call a vendor's account again after its refused login was dealt with."""
    from server.command.unlock import unlock_vendor  # noqa: PLC0415 - only this command needs it

    _run(partial(unlock_vendor, vendor, config, sandbox=sandbox))


@app.command()
def approvals(  # noqa: PLR0913 - each is an option of the command line
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and show new ones as they come.")] = False,
    approve: Annotated[str, typer.Option(help="Approve this action; needs --proof.")] = "",
    deny: Annotated[str, typer.Option(help="Deny this action.")] = "",
    proof: Annotated[str, typer.Option(help="What the question asks to type; y where it asks nothing.")] = "",
    texts: Annotated[str, typer.Option(help="Show every different text of this action.")] = "",
    page: Annotated[int, typer.Option(min=1, help="Of the texts.")] = 1,
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """List what waits for a person, and approve or deny it."""
    from server.command.approvals import Wanted, approvals  # noqa: PLC0415 - only this command needs it

    wanted = Wanted(
        watch=watch,
        approve=approve,
        deny=deny,
        proof=proof,
        texts=texts,
        page=page,
        sandbox=sandbox,
        config=config,
    )
    raise SystemExit(_run(partial(approvals, wanted)))


@app.command()
def policy(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """Print the rules that are in force, and where each setting came from."""
    from server.command.policy import show  # noqa: PLC0415 - only this command needs it

    raise SystemExit(show(config, sandbox=sandbox))


@block.command("add")
def block_add(number: str, *, note: str = "", sandbox: Sandbox = False, config: Config = None) -> None:
    """Never text this number again."""
    from server.command.block import add  # noqa: PLC0415 - only this command needs it

    raise SystemExit(_run(partial(add, config, number, note, sandbox=sandbox)))


@block.command("remove")
def block_remove(number: str, *, sandbox: Sandbox = False, config: Config = None) -> None:
    """Let this number be texted again."""
    from server.command.block import remove  # noqa: PLC0415 - only this command needs it

    raise SystemExit(_run(partial(remove, config, number, sandbox=sandbox)))


@block.command("list")
def block_list(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """List the blocked numbers, masked."""
    from server.command.block import show  # noqa: PLC0415 - only this command needs it

    raise SystemExit(_run(partial(show, config, sandbox=sandbox)))


@audit.command("verify")
def audit_verify(
    *,
    expect_head: Annotated[str, typer.Option("--expect-head", help="NUMBER:MAC, noted earlier.")] = "",
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """Check that no entry of the audit was changed, removed or cut off."""
    from server.command.audit import verify  # noqa: PLC0415 - only this command needs it

    raise SystemExit(_run(partial(verify, config, expect_head, sandbox=sandbox)))


@audit.command("accept-loss")
def audit_accept_loss(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """Go on with a store that lost its past; for 24 hours every send is asked for."""
    from server.command.loss import accept_loss  # noqa: PLC0415 - only this command needs it

    raise SystemExit(_run(partial(accept_loss, config, sandbox=sandbox)))


@audit.command("export")
def audit_export(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """Write the audit to stdout as JSON lines."""
    from server.command.audit import export  # noqa: PLC0415 - only this command needs it

    raise SystemExit(_run(partial(export, config, sandbox=sandbox)))


@actions.command("list")
def actions_list(*, state: str = "", sandbox: Sandbox = False, config: Config = None) -> None:
    """List the newest actions of the ledger."""
    from server.command.actions import show  # noqa: PLC0415 - only this command needs it

    raise SystemExit(_run(partial(show, config, state, sandbox=sandbox)))


@actions.command("close")
def actions_close(
    action_id: Annotated[str, typer.Argument(metavar="ID")],
    *,
    state: Annotated[str, typer.Option("--as", help="succeeded or failed")],
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """Close an action of unknown outcome by hand."""
    from server.command.actions import close  # noqa: PLC0415 - only this command needs it

    raise SystemExit(_run(partial(close, config, action_id, state, sandbox=sandbox)))


if __name__ == "__main__":
    sys.exit(main())
