"""The bundle for Claude Desktop, packed, unpacked and started with what a host makes of its form."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from scripts import package
from scripts.node import NODE
from tests.long_runs import some_long

HOST = package.ROOT / "scripts/npm/node_modules/@anthropic-ai/mcpb/dist/shared/config.js"
AS_A_HOST = """
const [module, folder, filled] = process.argv.slice(1)
const { getMcpConfigForManifest } = await import(module)
const { readFileSync } = await import("node:fs")
const manifest = JSON.parse(readFileSync(`${folder}/manifest.json`, "utf-8"))
const told = await getMcpConfigForManifest({
  manifest, extensionPath: folder, systemDirs: {}, userConfig: JSON.parse(filled), pathSeparator: "/"
})
console.log(JSON.stringify(told))
"""
"""What a host does with a form, by the code that its makers publish."""
EVERY8D = {"every8d_uid": "someone", "every8d_password": "its-password"}
OMIS = {"omis_login_name": "someone", "omis_password": "its-password"}
FIELDS = (*EVERY8D, *OMIS)
TITLES = {name: field["title"] for name, field in package.manifest()["user_config"].items()}
AS_IN_THE_MANIFEST = "not filled in, so that its place in the manifest is handed over"
OF_EVERY8D, OF_OMIS = "send_sms", "delete_job"
FORMS: dict[str, dict[str, Any]] = {
    "left": OMIS,
    "changed": {**OMIS, "points_per_day": 500, "language": "en"},
    "emptied": {**OMIS, "points_per_day": "", "language": ""},
}
IN_FORCE = """
from server.command.bundle import options_of_the_form
from server.settings.settings import load_settings
assert options_of_the_form() == []
settings = load_settings()
print(settings.policy.points_per_day, settings.language)
"""
OWN_FILES = {
    "none": ("", {"left": "500 zh-TW", "changed": "500 en", "emptied": "500 zh-TW"}),
    "with a limit": (
        'language = "en"\n[policy]\npoints_per_day = 8000\n',
        {"left": "8000 en", "changed": "500 en", "emptied": "8000 en"},
    ),
    "without one": ("[policy]\npoints_per_month = 9000\n", {"left": "500 zh-TW"}),
}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a host unpacks it; the validator of bundles has looked at it."""
    if not HOST.exists():
        pytest.skip("`make package` installs it")
    home = tmp_path_factory.mktemp("bundle")
    package.write_bundle(home / "packed.mcpb", home / "folder")
    with zipfile.ZipFile(home / "packed.mcpb") as packed:
        packed.extractall(home / "unpacked")
    return home / "unpacked"


def started(unpacked: Path, elsewhere: dict[str, str], filled: dict[str, Any]) -> StdioServerParameters:
    """The command of the unpacked bundle, as a host starts it for this form.

    uv runs what is unpacked on the packages of these tests: it would ask a registry for them.
    """
    node = [NODE, "--input-type=module", "-e", AS_A_HOST, HOST, unpacked, json.dumps(filled)]
    ran = subprocess.run(node, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(ran.stdout)
    here = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(unpacked),
        "UV_NO_SYNC": "1",
        "UV_OFFLINE": "1",
        "UV_PROJECT_ENVIRONMENT": sys.prefix,
    }
    env = {**elsewhere, **here, **told["env"]}
    return StdioServerParameters(command=told["command"], args=told["args"], env=env, cwd=unpacked)


def refused(start: StdioServerParameters, **more: str) -> str:
    """What it says when it does not start."""
    ran = subprocess.run(
        [start.command, *start.args],
        env={**(start.env or {}), **more},
        cwd=start.cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, b"")
    return ran.stderr.decode()


async def tools_of(start: StdioServerParameters) -> set[str]:
    """What an assistant is offered by it."""
    async with Client(stdio_client(start)) as client:
        return {tool.name for tool in (await client.list_tools()).tools}


@pytest.mark.parametrize(
    ("given", "left"),
    [
        pytest.param(OMIS, AS_IN_THE_MANIFEST, id="OMIS, as in the manifest"),
        pytest.param(OMIS, "", id="OMIS, empty", marks=pytest.mark.long),
        pytest.param(OMIS, None, id="OMIS, null", marks=pytest.mark.long),
        pytest.param(EVERY8D, AS_IN_THE_MANIFEST, id="EVERY8D, as in the manifest", marks=pytest.mark.long),
    ],
)
async def test_who_has_one_vendors_account_fills_in_that_one_alone(
    unpacked: Path, elsewhere: dict[str, str], given: dict[str, str], left: str | None
) -> None:
    others = {} if left == AS_IN_THE_MANIFEST else {name: left for name in FIELDS if name not in given}
    names = await tools_of(started(unpacked, elsewhere, {**others, **given}))
    assert names & {OF_EVERY8D, OF_OMIS} == {OF_OMIS if given == OMIS else OF_EVERY8D}


@pytest.mark.long
async def test_who_has_both_vendors_accounts_is_offered_the_tools_of_both(
    unpacked: Path, elsewhere: dict[str, str]
) -> None:
    names = await tools_of(started(unpacked, elsewhere, {**EVERY8D, **OMIS, "points_per_day": None}))
    assert {OF_EVERY8D, OF_OMIS} <= names


@pytest.mark.long
async def test_an_empty_form_leaves_the_account_to_the_persons_own_file(
    unpacked: Path, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[omis]\nlogin_name = "someone"\npassword = "its-password"\n', "utf-8")
    own.chmod(0o600)
    named = {**elsewhere, "CAMPAIGN_OPS_CONFIG": str(own)}
    names = await tools_of(started(unpacked, named, dict.fromkeys(FIELDS, "")))
    assert names & {OF_EVERY8D, OF_OMIS} == {OF_OMIS}


@pytest.mark.parametrize("own", some_long(reversed(OWN_FILES)))
def test_what_stands_in_the_form_goes_over_the_persons_own_file_and_what_was_left_does_not(
    unpacked: Path, elsewhere: dict[str, str], tmp_path: Path, own: str
) -> None:
    written, expected = OWN_FILES[own]
    file = tmp_path / "own.toml"
    file.write_text(written, "utf-8")
    file.chmod(0o600)
    there = {**elsewhere, "LANG": "zh_TW.UTF-8", **({"CAMPAIGN_OPS_CONFIG": str(file)} if written else {})}
    said = {name: _in_force(started(unpacked, there, FORMS[name])) for name in expected}
    assert said == expected


def _in_force(start: StdioServerParameters) -> str:
    asked = [sys.executable, "-P", "-c", IN_FORCE]
    return subprocess.run(asked, env=start.env, capture_output=True, text=True, check=True).stdout.strip()


async def test_who_has_no_account_tries_it_by_a_switch_of_the_form(
    unpacked: Path, elsewhere: dict[str, str]
) -> None:
    names = await tools_of(started(unpacked, elsewhere, {**dict.fromkeys(FIELDS, ""), "sandbox": True}))
    assert {OF_EVERY8D, OF_OMIS} <= names
    assert (await tools_of(started(unpacked, elsewhere, {**OMIS, "sandbox": False}))) & {OF_EVERY8D} == set()


@pytest.mark.parametrize(
    ("language", "said"), some_long([("zh-TW", "尚未填寫"), ("en", "No vendor account is given.")])
)
def test_who_gives_no_account_is_told_which_fields_to_fill_in(
    unpacked: Path, elsewhere: dict[str, str], language: str, said: str
) -> None:
    told = refused(started(unpacked, elsewhere, {}), CAMPAIGN_OPS_LANGUAGE=language)
    assert told.startswith(said)
    assert [name for name in FIELDS if TITLES[name] not in told] == []
    assert "CAMPAIGN_OPS" not in told
    assert "--sandbox" not in told


@pytest.mark.parametrize("given", some_long(["omis_password", "every8d_uid"]))
def test_who_gives_half_an_account_is_told_the_title_of_the_other_half(
    unpacked: Path, elsewhere: dict[str, str], given: str
) -> None:
    told = refused(started(unpacked, elsewhere, {**dict.fromkeys(FIELDS, ""), given: "half-of-it"}))
    (missing,) = (EVERY8D if given in EVERY8D else OMIS).keys() - {given}
    assert told == f'"{TITLES[missing]}": is needed. Set it.\n'


@pytest.mark.long
def test_what_is_empty_and_no_field_of_the_form_is_still_a_mistake(
    unpacked: Path, elsewhere: dict[str, str]
) -> None:
    start = started(unpacked, elsewhere, OMIS)
    told = refused(start, CAMPAIGN_OPS_TOOLSETS="")
    assert told == "CAMPAIGN_OPS_TOOLSETS: is empty. Give it a value, or leave it out.\n"
