"""A client starts the server in the folder that it has open; that folder must not be able to set anything."""

import json
import logging
import shlex
import sys
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from server.logs.logs import configure_logging
from server.settings.own_command import own_command, with_own_commands
from server.settings.own_program import program
from server.settings.settings import load_settings
from tests.e2e.house import House
from tests.e2e.process import COMMAND, Served, at_the_sandbox, environment, served
from tests.gate.servers import config_file, decide, fronted
from tests.long_runs import some_long
from tests.patience import PATIENCE

ASKED: dict[str, Any] = {"recipients": ["0912345101"], "text": "您好"}
HOSTILE = {
    "EVERY8D__BASE_URL": "http://127.0.0.1:9",
    "OMIS__BASE_URL": "http://127.0.0.1:9",
    "APPROVAL__MODE": "nonsense",
    "APPROVAL__OUT_OF_BAND": "false",
    "POLICY__TEST_NUMBERS": "0912345101",
    "POLICY__TEST_RECIPIENTS": "100",
    "POLICY__TEST_POINTS": "1000",
    "POLICY__READ_ONLY": "true",
    "CONFIG": "hostile.toml",
}
"""What would send the account to another host, send without a question, or stop the start."""


def plant(folder: Path) -> None:
    lines = [f"CAMPAIGN_OPS_{name}={value}" for name, value in HOSTILE.items()]
    (folder / ".env").write_text("\n".join(lines))
    toml = "[policy]\nread_only = true\n[every8d]\nbase_url = 'http://127.0.0.1:9'\n"
    for name in ("hostile.toml", "config.toml", "campaign-ops.toml", "campaign-ops-mcp.toml"):
        (folder / name).write_text(toml)


@pytest.mark.parametrize(
    ("era", "named"), [("legacy", "environment"), ("auto", "option"), ("auto", "own")], indirect=["era"]
)
async def test_a_hostile_folder_sets_nothing(
    house: House, named: str, request: pytest.FixtureRequest
) -> None:
    """Wherever the settings come from, the account's calls go where they say, and a person is asked."""
    env, options = at_the_sandbox(house), tuple[str, ...]()
    if named != "environment":
        request.getfixturevalue("quick_start")
        env = environment(house.folder)
        folder = house.folder / ".config" / "campaign-ops-mcp"
        folder.mkdir(parents=True)
        file = folder / ("config.toml" if named == "own" else "ops.toml")
        account = f'base_url = "{house.url}"\nuid = "sandbox"\npassword = "sandbox"\n'
        file.write_text(f'store.folder = "{house.folder / "store"}"\n[every8d]\n{account}')
        options = ("--config", str(file)) if named == "option" else ()
    repository = house.folder / "repository"
    repository.mkdir()
    plant(repository)
    async with served(*options, env=env, folder=repository, era=house.era) as server:
        await server.ready()
        credit = await server.ask("tools/call", {"name": "query_credit", "arguments": {}})
        asked = await server.ask("tools/call", {"name": "send_sms", "arguments": ASKED})
    assert json.loads(credit["content"][0]["text"])["credit"] == 10000
    assert json.loads(asked["content"][0]["text"])["outcome"] == "approval_required"
    assert await house.changes() == []


@pytest.mark.usefixtures("quick_start")
@pytest.mark.parametrize("more", [(), ("--sandbox",)], ids=["account", "sandbox"])
async def test_serve_takes_no_file_of_the_folder_that_it_is_started_in(
    no_settings: Path, more: tuple[str, ...]
) -> None:
    plant(no_settings)
    env = environment(no_settings)
    async with served("--config", "hostile.toml", *more, env=env, folder=no_settings) as server:
        with anyio.fail_after(PATIENCE):
            out, err = await server.process.communicate()
    assert (server.process.returncode, out) == (2, b"")
    assert err.decode().startswith("--config: is not a whole path")


async def told_to_run(server: Served) -> tuple[str, str]:
    """What the person is told to do about a send that waits: the command, and the action's id."""
    await server.ready()
    asked = await server.ask("tools/call", {"name": "send_sms", "arguments": ASKED})
    facts = json.loads(asked["content"][0]["text"])
    return facts["person_does"].split("`")[1], facts["action_id"]


async def typed(command: str | list[str], folder: Path) -> str:
    """What it prints in a terminal of the same user that knows nothing of the server."""
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    done = await anyio.run_process(command, env=environment(folder), cwd=elsewhere, check=False)
    return done.stdout.decode()


@pytest.mark.usefixtures("quick_start")
@pytest.mark.parametrize("how", some_long(["option", "environment", "sandbox"]))
@pytest.mark.parametrize("era", ["auto"], indirect=True)
async def test_what_a_person_is_told_to_run_finds_the_action_from_any_terminal(
    house: House, how: str
) -> None:
    spacious = house.folder / "a folder"
    spacious.mkdir()
    account = {"base_url": house.url, "uid": "sandbox", "password": "sandbox"}
    env, options = environment(house.folder), tuple[str, ...]()
    match how:
        case "sandbox":
            options = ("--sandbox",)
        case "environment":
            named = {f"EVERY8D__{name.upper()}": value for name, value in account.items()}
            env = environment(house.folder, **named, STORE__FOLDER=str(spacious / "store"))
        case _:
            file = spacious / "ops.toml"
            lines = [f'store.folder = "{spacious / "store"}"', "[every8d]"]
            lines += [f'{name} = "{value}"' for name, value in account.items()]
            file.write_text("\n".join(lines))
            options = ("--config", str(file))
    async with served(*options, env=env, folder=house.folder) as server:
        command, action_id = await told_to_run(server)
    assert COMMAND in command
    # A shell for what has settings or a space in it, else what a shell would make of the words.
    words = shlex.split(command) if how == "sandbox" else command
    assert action_id in await typed(words, house.folder)


@pytest.mark.parametrize(("on_path", "told"), [(True, "campaign-ops-mcp"), (False, COMMAND)])
def test_the_bare_name_is_told_where_the_path_leads_to_it(
    no_settings: Path, monkeypatch: pytest.MonkeyPatch, on_path: object, told: str
) -> None:
    program.cache_clear()
    monkeypatch.setattr(sys, "argv", [COMMAND])
    monkeypatch.setenv("PATH", str(Path(COMMAND).parent) if on_path else str(no_settings))
    settings = load_settings(sandbox={"language": "en"})
    assert own_command(settings, "approvals") == f"{told} approvals --sandbox"
    program.cache_clear()


async def test_what_is_not_installed_can_be_run_from_a_folder_that_holds_a_package_of_its_name(
    no_settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`python -m server.command.cli` would import the `server` of the folder that it is typed in."""
    python = no_settings / "python"
    python.symlink_to(sys.executable)
    hostile = no_settings / "elsewhere" / "server"
    hostile.mkdir(parents=True)
    (hostile / "__init__.py").write_text("raise SystemExit('hostile')")
    program.cache_clear()
    monkeypatch.setattr(sys, "argv", ["server/command/cli.py"])
    monkeypatch.setattr(sys, "executable", str(python))
    command = own_command(load_settings(), "policy").replace(
        str(python), str(Path(COMMAND).parent / "python")
    )
    done = await anyio.run_process(command, env=environment(no_settings), cwd=hostile.parent, check=False)
    assert "CAMPAIGN_OPS_POLICY__CALLS_PER_MINUTE" in done.stdout.decode(), done.stderr


async def test_the_log_names_the_command_of_this_server_and_leaves_outside_text_alone(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, root = load_settings(config_file(house)), logging.getLogger()
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    before, level = root.handlers[:], root.level
    try:
        configure_logging("INFO", (), partial(with_own_commands, settings))
        logging.getLogger("t").warning("run `campaign-ops-mcp audit verify`: %s", "`campaign-ops-mcp serve`")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    said = json.loads(capsys.readouterr().err)["message"]
    assert f" audit verify --config {config_file(house)}`: `campaign-ops-mcp serve`" in said
    assert with_own_commands(settings, said.replace("`campaign-ops-mcp serve`", "")) in said


@pytest.mark.parametrize("proof", ["", "1183"])
async def test_a_wrong_or_missing_proof_shows_the_question_and_how_to_answer_it(
    house: House, capsys: pytest.CaptureFixture[str], proof: str
) -> None:
    async with fronted(house) as session:
        action_id = (await session.facts("terminate_launch", {"launch_id": "1182"}))["action_id"]
        assert await decide(house, approve=action_id, proof=proof) == 1
        shown = capsys.readouterr().out
        assert (await session.facts("get_action", {"action_id": action_id}))["state"] == "proposed"
    assert "Terminate" in shown
    assert "1182" in shown
    wanted = f"approvals --approve {action_id} --proof 1182 --config {config_file(house)}`"
    assert wanted in shown
