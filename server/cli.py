"""The command `campaign-ops-mcp`. Each command imports what it needs when it runs: servers start fast."""

import gc
import sys
from pathlib import Path
from typing import Annotated

import anyio
import typer

app = typer.Typer(
    help="Run SMS, MMS and e-mail campaigns on EVERY8D and OMIS from an MCP client.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Config = Annotated[Path | None, typer.Option("--config", help="A TOML file with settings.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free port.")]


def main() -> None:
    """The entry point. A wrong setting ends with one clear message and exit code 2."""
    from server.settings import SettingsError  # noqa: PLC0415 - after typer has read the command

    try:
        app()
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(2) from None


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
    from server.serving import Serving  # noqa: PLC0415 - only this command needs the server
    from server.transports import leave  # noqa: PLC0415 - as above

    serving = Serving(
        sandbox=sandbox, http=http, port=port, toolsets=toolsets, read_only=read_only, config=config
    )
    gc.enable()
    gc.freeze()
    anyio.run(serving.run)
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
    from server.tool_list import print_tools  # noqa: PLC0415 - only this command needs it

    print_tools(config, every=every)


@app.command()
def doctor(*, config: Config = None) -> None:
    """Check settings, reachability and login of both vendors; one line each, with what to do."""
    from server.doctor import examine  # noqa: PLC0415 - only this command needs it

    raise SystemExit(anyio.run(examine, config))


@app.command()
def unlock(vendor: Annotated[str, typer.Argument(help="every8d or omis")], *, config: Config = None) -> None:
    """Call a vendor's account again after its refused login was dealt with."""
    from server.desk_commands import unlock_vendor  # noqa: PLC0415 - only this command needs it

    anyio.run(unlock_vendor, vendor, config)


if __name__ == "__main__":
    sys.exit(main())
