"""The command line as it is found: every command, its sentence and its options, each imported when named."""

import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from server.command.cli import app

OF_AN_ACCOUNT = ("--sandbox", "--config")
COMMANDS = {
    "serve": (
        "Serve MCP over stdio (the default) or HTTP.",
        ("--sandbox", "--http", "--port", "--toolsets", "--read-only", "--config"),
    ),
    "sandbox": ("Run both simulated vendors alone; any client of these vendors", ("--port",)),
    "demo": ("Play a whole session through a real MCP client against the sandbox.", ("--console",)),
    "tools": ("List the tools with risk, document section and token cost.", ("--config", "--all")),
    "doctor": ("Check settings, reachability and login of both vendors", OF_AN_ACCOUNT),
    "health": (
        "Say whether the store is there and the server answers; asks no vendor.",
        ("--port", *OF_AN_ACCOUNT),
    ),
    "unlock": ("Call a vendor's account again after its refused login was dealt with.", OF_AN_ACCOUNT),
    "console": (
        "Open the page on which a person sees, approves and stops.",
        ("--no-browser", *OF_AN_ACCOUNT),
    ),
    "setup": ("Ask for the accounts of both vendors, keep their passwords", ("--config",)),
    "install": ("Have another program start this server:", ("--sandbox", "--yes", "--config")),
    "uninstall": ("Take this server out of another program's list again.", ("--yes", "--config")),
    "approvals": (
        "List what waits for a person, and approve or deny it.",
        ("--watch", "--approve", "--deny", "--proof", "--texts", "--page", *OF_AN_ACCOUNT),
    ),
    "sent": ("List what went out on a day, with the sum.", OF_AN_ACCOUNT),
    "credit": ("Print the points left of each configured account.", ("--config",)),
    "stop": (
        "Stop everything: pause what runs at once, and ask once before every booking is erased.",
        ("--config",),
    ),
    "policy": ("Print the rules that are in force, and where each setting came from.", OF_AN_ACCOUNT),
    "opt-outs": (
        "Who asked for nothing more and waits to be blocked.",
        ("--confirm", "--dismiss", "--export", *OF_AN_ACCOUNT),
    ),
    "worker": ("Carry campaigns out: start it beside the server", ("--until-idle", "--config")),
    "purge": ("Reduce what is older than the retention to counts.", ("--yes", "--dry-run", *OF_AN_ACCOUNT)),
    "forget": ("Forget a number: its messages, names and replies go", ("--yes", *OF_AN_ACCOUNT)),
    "evidence": (
        "Write what a number was sent, who agreed and what came of it to one file",
        ("--from", "--to", "--output", *OF_AN_ACCOUNT),
    ),
    "block add": ("Never text this number again.", ("--note", *OF_AN_ACCOUNT)),
    "block remove": ("Let this number be texted again.", OF_AN_ACCOUNT),
    "block list": ("List the blocked numbers, masked.", OF_AN_ACCOUNT),
    "audit verify": ("", ("--expect-head", *OF_AN_ACCOUNT)),
    "audit accept-loss": ("Go on with a store that lost its past", OF_AN_ACCOUNT),
    "audit export": ("Write the audit to stdout as JSON lines.", OF_AN_ACCOUNT),
    "actions list": ("List the newest actions of the ledger.", ("--state", *OF_AN_ACCOUNT)),
    "actions show": ("Show all of one action: what, who, when", ("--page", *OF_AN_ACCOUNT)),
    "actions close": ("Close an action of unknown outcome by hand.", ("--as", *OF_AN_ACCOUNT)),
    "campaigns list": ("List the newest campaigns.", OF_AN_ACCOUNT),
    "campaigns show": ("Show how far a campaign is.", OF_AN_ACCOUNT),
    "campaigns watch": ("Show a bar of progress while a campaign is sent.", OF_AN_ACCOUNT),
    "campaigns rehearse": ("Play a planned campaign against the simulated vendor", ("--config",)),
    "callbacks status": ("What came in by callback, which secrets are taken, and when", OF_AN_ACCOUNT),
    "callbacks quarantine": ("The newest reports that fit nothing that was sent here.", OF_AN_ACCOUNT),
    "callbacks rotate": (
        "Make a new secret for the callback's URL; the one before is taken beside it.",
        ("--days", "--retire", *OF_AN_ACCOUNT),
    ),
    "passkeys list": ("List the passkeys that can sign approvals.", OF_AN_ACCOUNT),
    "passkeys reset": ("Take all passkeys away, when they are lost;", ("--yes", *OF_AN_ACCOUNT)),
}
GROUPS = {
    "": "Run SMS, MMS and e-mail campaigns on EVERY8D and OMIS from an MCP client.",
    "block": "Numbers that are never texted.",
    "audit": "The record of every decision.",
    "actions": "The ledger of what was done.",
    "campaigns": "Texts to a list: how far they are.",
    "callbacks": "What the vendor reports by itself.",
    "passkeys": "What signs an approval as a person's.",
}
_OPTION = re.compile(r"^  (--[a-z-]+)", re.MULTILINE)


def told(*typed: str) -> str:
    """What the command line prints, on a wide terminal without colours."""
    shown = CliRunner().invoke(app, typed, env={"COLUMNS": "200", "TERMINAL_WIDTH": "200", "NO_COLOR": "1"})
    return shown.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does_and_takes_its_options(command: str) -> None:
    sentence, options = COMMANDS[command]
    shown = told(*command.split(), "--help")
    assert f"{command} [OPTIONS]" in shown
    assert sentence in shown
    assert sorted(_OPTION.findall(shown)) == sorted((*options, "--help"))


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_lists_its_commands_in_their_order(group: str) -> None:
    shown = told(*group.split(), "--help")
    assert GROUPS[group] in shown
    listed = re.findall(r"^  ([a-z][a-z-]+) ", shown, re.MULTILINE)
    inside = [name.removeprefix(group).split()[0] for name in COMMANDS if name.startswith(group)]
    assert listed == list(dict.fromkeys(inside))


def test_a_misspelt_command_is_guessed() -> None:
    assert "Did you mean 'serve'?" in told("servr")
    assert "Did you mean 'verify'?" in told("audit", "verfy")


def test_naming_a_command_imports_no_other() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from server.command.cli import app\n"
        "CliRunner().invoke(app, ['sandbox', '--help'])\n"
        "print(*sorted(name for name in sys.modules if name.startswith('server.command.')))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [
        f"server.command.{name}"
        for name in (
            "cli",
            "help_page",
            "late_group",
            "log_lines",
            "options",
            "sandbox",
            "unanswered",
            "usage",
            "wide_lines",
        )
    ]


@pytest.mark.usefixtures("quick_start")
def test_the_command_alone_shows_what_there_is() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "server.command.cli"], capture_output=True, text=True, timeout=60, check=False
    )
    assert "Usage:" in shown.stdout + shown.stderr
    assert "Traceback" not in shown.stderr
