"""What a release is handed over as: the registry's, the bundle's and the plugin's own rules hold."""

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import package
from server.mcp.skills.extension import NAMES, frontmatter, text_of
from server.settings.layers import name_of

ROOT = Path(package.ROOT)
REGISTRY = files("skillsaw") / "schemas" / "mcp_registry" / "v2025_12_11" / "server.schema.json"
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
IGNORED = (ROOT / ".dockerignore").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
TOLD = ("title", "description")
ACCOUNTS = {"every8d": ("uid", "password"), "omis": ("login_name", "password")}
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


def test_the_bundle_speaks_chinese_wherever_a_manifest_can_and_asks_in_both_languages() -> None:
    manifest = package.manifest()
    localizable = {"display_name", "description", "long_description", "keywords"}
    assert set(package.CHINESE_WORDS) == localizable & set(manifest)
    fields: dict[str, dict[str, Any]] = manifest["user_config"]
    words = [*package.CHINESE_WORDS.values(), *(each[at] for each in fields.values() for at in TOLD)]
    assert [each for each in words if not re.search(r"[\u4e00-\u9fff]", str(each))] == []
    assert manifest["localization"]["resources"] == "resources/${locale}.json"


def test_the_bundle_installs_the_locked_versions_and_nothing_that_only_the_checks_need() -> None:
    project = tomllib.loads(package.bundled_project())
    assert project["project"] == package.PROJECT
    assert project["tool"]["uv"]["default-groups"] == []
    pinned = [Requirement(each) for each in project["tool"]["uv"]["constraint-dependencies"]]
    assert all(re.fullmatch(r"==[\w.]+", str(each.specifier)) for each in pinned)
    needed = {canonicalize_name(Requirement(each).name) for each in package.PROJECT["dependencies"]}
    assert needed <= {canonicalize_name(each.name) for each in pinned}
    assert len(pinned) > 60


def test_the_registry_is_told_of_both_vendors_accounts_and_which_of_it_is_secret() -> None:
    (registered,) = package.registry_entry()["packages"]
    secret = {each["name"]: each.get("isSecret", False) for each in registered["environmentVariables"]}
    known = {name_of((vendor, field)) for vendor in ACCOUNTS for field in ACCOUNTS[vendor]}
    assert set(secret) == known
    assert {name for name, hidden in secret.items() if hidden} == {
        name for name in known if name.endswith("PASSWORD")
    }


def test_every_field_that_is_asked_for_is_used_and_a_password_is_kept_as_one() -> None:
    manifest = package.manifest()
    used = set(re.findall(r"\$\{user_config\.(\w+)\}", json.dumps(manifest["server"])))
    assert used == set(manifest["user_config"])
    fields: dict[str, dict[str, Any]] = manifest["user_config"]
    secret = [name for name, each in fields.items() if each.get("sensitive")]
    assert secret == ["every8d_password", "omis_password"]


def test_the_bundle_asks_for_both_vendors_accounts_and_requires_neither() -> None:
    manifest = package.manifest()
    given: dict[str, str] = manifest["server"]["mcp_config"]["env"]
    assert {name_of((vendor, field)) for vendor in ACCOUNTS for field in ACCOUNTS[vendor]} < set(given)
    assert [name for name, each in manifest["user_config"].items() if each["required"]] == []


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


def test_the_bill_of_materials_names_every_locked_package_and_which_the_project_needs_itself(
    tmp_path: Path,
) -> None:
    package.write_bill(tmp_path / "bill.json")
    bill = json.loads((tmp_path / "bill.json").read_text("utf-8"))
    named = {each["bom-ref"]: canonicalize_name(each["name"]) for each in bill["components"]}
    pins = tomllib.loads(package.bundled_project())["tool"]["uv"]["constraint-dependencies"]
    assert set(named.values()) == {canonicalize_name(Requirement(each).name) for each in pins}
    root = bill["metadata"]["component"]["bom-ref"]
    (own,) = [each["dependsOn"] for each in bill["dependencies"] if each["ref"] == root]
    needed = {canonicalize_name(Requirement(each).name) for each in package.PROJECT["dependencies"]}
    assert sorted(named[each] for each in own) == sorted(needed)


def test_everything_names_the_same_version() -> None:
    said = {package.manifest()["version"], package.registry_entry()["version"], package.plugin()["version"]}
    assert said == {package.VERSION}
    assert f"{package.NAME}@{package.VERSION}" in json.dumps(package.plugins_servers())


def test_the_image_runs_as_nobody_and_says_which_server_it_is() -> None:
    assert re.search(r"^USER campaign-ops$", DOCKERFILE, re.MULTILINE)
    assert "--uid 10001" in DOCKERFILE
    assert f'io.modelcontextprotocol.server.name="{package.NAMESPACE}/{package.NAME}"' in DOCKERFILE
    assert re.search(r'^HEALTHCHECK .*"campaign-ops-mcp", "health"', DOCKERFILE, re.MULTILINE)


def test_the_image_is_built_of_locked_packages_alone() -> None:
    installs = re.findall(r"pip .*install .*", DOCKERFILE)
    assert len(installs) == 3
    assert [each for each in installs if "--require-hashes" not in each and "--no-index" not in each] == []


def test_the_image_is_slim_has_nothing_to_install_with_and_shows_no_page_that_nobody_could_reach() -> None:
    assert re.search(r"^ARG BASE=python:[\d.]+-slim$", DOCKERFILE, re.MULTILINE)
    copied = re.findall(r"^COPY --from=built (\S+)", DOCKERFILE, re.MULTILINE)
    assert copied == ["/opt/campaign-ops"]
    assert f"-m venv --without-pip {copied[0]}" in DOCKERFILE
    assert "CAMPAIGN_OPS_CONSOLE__ENABLED=false" in DOCKERFILE


def test_what_the_image_is_built_of_is_let_in_and_nothing_else_is() -> None:
    first, *others = [each for each in IGNORED.splitlines() if not each.startswith("#")]
    let_in = {each[1:] for each in others if each.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    assert first == "*"
    assert let_in == {name for line in copied for name in line.split()}
    assert let_in == {name for name in let_in if (ROOT / name).exists()}


def test_every_container_of_ours_is_read_only_without_rights_and_is_given_its_secrets_as_files() -> None:
    services = COMPOSE["services"]
    ours = {name: each for name, each in services.items() if name != "database"}
    assert set(ours) == {"server", "worker", "http"}
    for each in ours.values():
        assert each["read_only"] is True
        assert each["cap_drop"] == ["ALL"]
        assert each["security_opt"] == ["no-new-privileges:true"]
        assert each["secrets"] == ["settings"]
        assert each["depends_on"]["database"]["condition"] == "service_healthy"
    assert (services["worker"]["command"], services["http"]["command"]) == (["worker"], ["serve", "--http"])
    assert "healthcheck" in services["database"]
    for each in services.values():
        said = each["environment"]
        assert [name for name in said if "PASSWORD" in name and not name.endswith("_FILE")] == []
        assert [port for port in each.get("ports", ()) if not port.startswith("127.0.0.1:")] == []
    assert all(each["file"].startswith("./secrets/") for each in COMPOSE["secrets"].values())
    assert "secrets/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
