"""What a release is handed over as: the registry's, the bundle's and the plugin's own rules hold."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scripts import package
from server.mcp.skills.extension import NAMES, frontmatter, text_of

ROOT = Path(package.ROOT)
REGISTRY = files("skillsaw") / "schemas" / "mcp_registry" / "v2025_12_11" / "server.schema.json"
BUNDLE = ROOT / "scripts/npm/node_modules/@anthropic-ai/mcpb/schemas/mcpb-manifest-v0.4.schema.json"


def test_the_registrys_own_schema_takes_our_entry() -> None:
    schema = json.loads(REGISTRY.read_text("utf-8"))
    entry = package.registry_entry()
    assert entry["$schema"] == schema["$id"]
    jsonschema.validate(entry, schema)


def test_the_bundles_own_schema_takes_our_manifest() -> None:
    if not BUNDLE.exists():
        pytest.skip("`make package` installs it")
    jsonschema.validate(package.manifest(), json.loads(BUNDLE.read_text("utf-8")))


def test_every_field_that_is_asked_for_is_used_and_a_password_is_kept_as_one() -> None:
    manifest = package.manifest()
    used = set(re.findall(r"\$\{user_config\.(\w+)\}", json.dumps(manifest["server"])))
    assert used == set(manifest["user_config"])
    fields: dict[str, dict[str, Any]] = manifest["user_config"]
    assert [name for name, each in fields.items() if each.get("sensitive")] == ["every8d_password"]


def test_the_plugin_has_each_skill_as_it_is_served_in_both_languages() -> None:
    for name in NAMES:
        texts = package.skill_files(name)
        english, chinese = (frontmatter(text_of(name, language)) for language in ("en", "zh-TW"))
        assert texts[package.CHINESE] == text_of(name, "zh-TW")
        assert text_of(name, "en").split("---\n", 2)[2] in texts[package.ENGLISH]
        assert frontmatter(texts[package.ENGLISH]) == {
            "name": name,
            "description": f"{english['description']} {chinese['description']}",
        }
        assert f"]({package.CHINESE})" in texts[package.ENGLISH]


def test_the_linter_of_plugins_finds_nothing_in_ours(tmp_path: Path) -> None:
    package.write_plugin(tmp_path / "plugin")
    assert {each.name for each in (tmp_path / "plugin" / "skills").iterdir()} == set(NAMES)


def test_everything_names_the_same_version() -> None:
    said = {package.manifest()["version"], package.registry_entry()["version"], package.plugin()["version"]}
    assert said == {package.VERSION}
    assert f"{package.NAME}@{package.VERSION}" in json.dumps(package.plugins_servers())


def test_the_image_runs_as_nobody_and_says_which_server_it_is() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8")
    assert re.search(r"^USER campaign-ops$", lines, re.MULTILINE)
    assert f'io.modelcontextprotocol.server.name="{package.NAMESPACE}/{package.NAME}"' in lines
    compose = (ROOT / "compose.yaml").read_text("utf-8")
    assert "read_only: true" in compose
    assert "no-new-privileges:true" in compose
