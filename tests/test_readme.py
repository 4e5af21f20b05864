"""The README's settings table against the settings themselves."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, cast, get_args

import pytest
from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined

from server.hosts.hosts import HOSTS
from server.settings.layers import PREFIX
from server.settings.settings import Settings, load_settings

README = Path(__file__).parent.parent / "README.md"
CHINESE = README.with_name("README.zh-TW.md")
CLIENTS = README.parent / "docs" / "clients.md"
_ROW = re.compile(rf"^\| `({PREFIX}\w+)` \| (.*?) \| (.+?) \|$", re.MULTILINE)


def _section(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_section, get_args(annotation))), None)


def _written(value: Any) -> str:
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, tuple):
        value = ",".join(map(str, cast("tuple[object, ...]", value)))
    if isinstance(value, bool):
        value = str(value).lower()
    if value in (None, "", {}):
        return "none"
    return f"`{value if not isinstance(value, Decimal) else int(value)}`"


def _settings(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str]]:
    for name, field in model.model_fields.items():
        section = _section(field.annotation)
        if section is None:
            yield f"{prefix}{name.upper()}", _written(field.get_default())
        else:
            yield from _settings(section, f"{prefix}{name.upper()}__")


def test_the_readme_names_every_setting_with_its_default() -> None:
    rows = {name: default for name, default, _ in _ROW.findall(README.read_text(encoding="utf-8"))}
    assert rows == dict(_settings(Settings, PREFIX))


@pytest.mark.parametrize("page", [README, CHINESE, CLIENTS])
def test_a_page_links_only_to_files_that_exist(page: Path) -> None:
    targets: list[str] = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert targets
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", [README, CHINESE])
def test_both_languages_name_every_program_that_install_knows(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    (line,) = re.findall(r"^\S*campaign-ops-mcp install .*$", text, re.MULTILINE)
    assert [name for name in HOSTS if name not in line] == []


def test_every_client_configuration_is_json() -> None:
    blocks: list[str] = re.findall(r"```json\n(.*?)```", CLIENTS.read_text(encoding="utf-8"), re.DOTALL)
    servers = [json.loads(block) for block in blocks]
    assert all({"mcpServers", "servers"} & set(server) for server in servers)
    assert len(servers) >= 4


def test_the_settings_file_in_the_readme_can_be_used(no_settings: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    file = no_settings / "campaign-ops.toml"
    file.write_text(block, encoding="utf-8")
    assert load_settings(file).policy.points_per_day == 500


def test_every_setting_in_a_client_configuration_exists() -> None:
    text = CLIENTS.read_text(encoding="utf-8")
    used = set(re.findall(rf'"({PREFIX}\w+)":', text))
    assert used
    assert used <= dict(_settings(Settings, PREFIX)).keys()
