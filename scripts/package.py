"""Everything that a release is handed over as, from one source: pyproject.toml and what stands here.

`make package` writes `dist/`: the wheel, the bundle for Claude Desktop (.mcpb), the registry's server.json,
the plugin for Claude Code, and the bill of materials. Each is checked by its own validator, offline.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from resvg_py import svg_to_bytes

from scripts.node import NODE
from server.command import bundle
from server.mcp.skills.extension import NAMES, frontmatter, text_of
from server.settings.layers import name_of

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NAME, VERSION = str(PROJECT["name"]), str(PROJECT["version"])
NAMESPACE = os.environ.get("NAMESPACE", "io.github.campaign-ops")
"""Of the registry: whoever publishes has to own it."""
TITLE = "Campaign Ops"
AUTHOR = {"name": "Campaign Ops MCP maintainers"}
CHINESE_WORDS: dict[str, Any] = {
    "display_name": "Campaign Ops 簡訊行銷",
    "description": "在 EVERY8D 與 OMIS 上發送簡訊、MMS 與電子郵件；會扣點或無法復原的動作都先由人核准。",
    "keywords": ["簡訊", "簡訊行銷", "EVERY8D", "OMIS"],
}
"""Of the manifest, in Traditional Chinese. What it asks for has no such place, and is in both languages."""
_KEPT = "Kept by the host among its secrets. 由主程式安全保存。"
_FIELDS: dict[str, dict[str, Any]] = {
    "every8d_uid": {
        "type": "string",
        "description": "The account (UID) of EVERY8D, if you have one. EVERY8D 的登入帳號（UID），有才填。",
    },
    "every8d_password": {"type": "string", "description": _KEPT, "sensitive": True},
    "omis_login_name": {
        "type": "string",
        "description": (
            "The account (LoginName) of OMIS, if you have one. OMIS 的登入帳號（LoginName），有才填。"
        ),
    },
    "omis_password": {"type": "string", "description": _KEPT, "sensitive": True},
    "points_per_day": {
        "type": "number",
        "description": (
            "No more than so many points a day are spent, whoever agrees. Left empty, the limit of your own "
            f"settings file holds, and {bundle.POINTS_OF_NOBODYS_CHOICE} without one. "
            "每日扣點的上限，誰核准都一樣；"
            f"留空則依您自己的設定檔，檔案裡沒有設就是 {bundle.POINTS_OF_NOBODYS_CHOICE}。"
        ),
        "min": 0,
    },
    "language": {
        "type": "string",
        "description": (
            "en or zh-TW, for questions, pages and errors. Left empty, that of your own settings file, or of "
            "the computer. 填 zh-TW 或 en，決定詢問、網頁與錯誤訊息的語言；留空則依您自己的設定檔或電腦。"
        ),
    },
    "sandbox": {
        "type": "boolean",
        "description": (
            "Both vendors are simulated: nothing is sent, and no account is needed. "
            "兩家廠商都是模擬的：不會真的發送，也不需要帳號。"
        ),
        "default": False,
    },
}
_ABOUT_THE_PLUGIN = f"""# {TITLE}

{PROJECT["description"]}

It starts the server with `uvx`. `uvx {NAME} setup` asks for the accounts.
"""
ENGLISH, CHINESE = "SKILL.md", "SKILL.zh-TW.md"
_BESIDE = f"\nWhere the person writes Chinese, follow [{CHINESE}]({CHINESE}) instead.\n"
_BUNDLED = ("README.md", "LICENSE")
_WITHOUT = shutil.ignore_patterns("__pycache__", "*.pyc")


def manifest() -> dict[str, Any]:
    """Of the bundle (MCPB 0.4): the host brings uv, which installs the locked versions at the first start."""
    start = ["run", "--directory", "${__dirname}", "python", "-P", "-m", bundle.__name__, "serve"]
    environment = {name_of(field.setting): bundle.asked_as(name) for name, field in bundle.FORM.items()}
    return {
        "manifest_version": "0.4",
        "name": NAME,
        "display_name": TITLE,
        "version": VERSION,
        "description": PROJECT["description"],
        "author": AUTHOR,
        "license": PROJECT["license"],
        "keywords": PROJECT["keywords"],
        "icon": "icon.png",
        "localization": {"resources": "resources/${locale}.json", "default_locale": "en"},
        "server": {
            "type": "uv",
            "entry_point": "server/command/bundle.py",
            "mcp_config": {"command": "uv", "args": start, "env": environment},
        },
        "tools_generated": True,
        "prompts_generated": True,
        "compatibility": {
            "platforms": ["darwin", "win32", "linux"],
            "runtimes": {"python": PROJECT["requires-python"]},
        },
        # None is required: each may have one vendor's account, the other's, both, or a file of settings.
        "user_config": {
            name: {"title": field.title, "required": False, **_FIELDS[name]}
            for name, field in bundle.FORM.items()
        },
    }


def bundled_project() -> str:
    """The bundle's pyproject.toml: this one, with the locked versions and nothing that only checks need."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    locked = re.findall(r"^([a-z0-9].*?)(?: \\)?$", lock, re.MULTILINE)
    pinned = "".join(f"  {json.dumps(each)},\n" for each in locked)
    own = (ROOT / "pyproject.toml").read_text("utf-8")
    return f"{own}\n[tool.uv]\ndefault-groups = []\nconstraint-dependencies = [\n{pinned}]\n"


def registry_entry() -> dict[str, Any]:
    """The registry's server.json (schema of 2025-12-11)."""
    variables = [
        _variable("EVERY8D__UID", "The account of EVERY8D, where there is one"),
        _variable("EVERY8D__PASSWORD", "Its password", isSecret=True),
        _variable("OMIS__LOGIN_NAME", "The account of OMIS, where there is one"),
        _variable("OMIS__PASSWORD", "Its password", isSecret=True),
    ]
    return {
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": f"{NAMESPACE}/{NAME}",
        "title": TITLE,
        "description": "SMS, MMS and e-mail campaigns on EVERY8D and OMIS, each approved by a person.",
        "version": VERSION,
        "packages": [
            {
                "registryType": "pypi",
                "identifier": NAME,
                "version": VERSION,
                "runtimeHint": "uvx",
                "transport": {"type": "stdio"},
                "packageArguments": [{"type": "positional", "value": "serve"}],
                "environmentVariables": variables,
            }
        ],
    }


def _variable(setting: str, said: str, **more: bool) -> dict[str, Any]:
    return {"name": f"CAMPAIGN_OPS_{setting}", "description": said, "isRequired": False, **more}


def plugin() -> dict[str, Any]:
    """Of Claude Code (.claude-plugin/plugin.json)."""
    return {
        "name": NAME,
        "version": VERSION,
        "description": PROJECT["description"],
        "author": AUTHOR,
        "license": PROJECT["license"],
        "keywords": PROJECT["keywords"],
    }


def plugins_servers() -> dict[str, Any]:
    """The plugin's .mcp.json: the very version that the plugin is."""
    return {"mcpServers": {"campaign-ops": {"command": "uvx", "args": [f"{NAME}@{VERSION}", "serve"]}}}


def skill_files(name: str) -> dict[str, str]:
    """Of a skill of the plugin: a question in either language finds it, and is answered by that text."""
    english, chinese = text_of(name, "en"), text_of(name, "zh-TW")
    described = frontmatter(english)["description"]
    both = f"{described} {frontmatter(chinese)['description']}"
    return {ENGLISH: english.replace(described, both, 1) + _BESIDE, CHINESE: chinese}


def main() -> None:
    """Write and check everything."""
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel")
    _write(DIST / "server.json", registry_entry())
    write_plugin(DIST / "plugin")
    write_bundle(DIST / f"{NAME}-{VERSION}.mcpb", DIST / "bundle")
    shutil.rmtree(DIST / "bundle")
    write_bill(DIST / "sbom.cdx.json")
    print("\n".join(str(each.relative_to(ROOT)) for each in sorted(DIST.iterdir())))


def write_bundle(packed: Path, folder: Path) -> None:
    """The bundle, packed, and the folder that is packed.

    Raises CalledProcessError when the validator of bundles finds anything.
    """
    for room in ("server", "tools"):
        shutil.copytree(ROOT / room, folder / room, ignore=_WITHOUT)
    for name in _BUNDLED:
        shutil.copy(ROOT / name, folder)
    (folder / "pyproject.toml").write_text(bundled_project(), "utf-8")
    icon = (ROOT / "server" / "console" / "static" / "icon.svg").read_text("utf-8")
    (folder / "icon.png").write_bytes(bytes(svg_to_bytes(svg_string=icon, width=512, height=512)))
    (folder / "resources").mkdir()
    _write(folder / "manifest.json", manifest())
    _write(folder / "resources" / "zh-TW.json", CHINESE_WORDS)
    mcpb = ROOT / "scripts" / "npm" / "node_modules" / "@anthropic-ai" / "mcpb" / "dist" / "cli" / "cli.js"
    _run(NODE, mcpb, "validate", folder / "manifest.json")
    _run(NODE, mcpb, "pack", folder, packed)


def write_plugin(folder: Path) -> None:
    """The plugin as a folder. Raises CalledProcessError when the linter of plugins finds anything."""
    (folder / ".claude-plugin").mkdir(parents=True)
    _write(folder / ".claude-plugin" / "plugin.json", plugin())
    _write(folder / ".mcp.json", plugins_servers())
    (folder / "README.md").write_text(_ABOUT_THE_PLUGIN, "utf-8")
    for name in NAMES:
        (folder / "skills" / name).mkdir(parents=True)
        for file, text in skill_files(name).items():
            (folder / "skills" / name / file).write_text(text, "utf-8")
    _run(Path(sys.executable).with_name("skillsaw"), "lint", "--strict", folder)


def write_bill(bill: Path) -> None:
    """The bill of materials: every locked package, and which of them this project needs itself.

    Raises ValueError when it is none by CycloneDX's own schema.
    """
    # It warns that its root needs nothing, which is mended below.
    _run(
        *(sys.executable, "-W", "ignore", "-m", "cyclonedx_py"),
        *("requirements", "requirements.lock", "--pyproject"),
        *("pyproject.toml", "--output-reproducible", "-o", bill),
    )
    made = json.loads(bill.read_text("utf-8"))
    needed = {canonicalize_name(Requirement(each).name) for each in PROJECT["dependencies"]}
    root = made["metadata"]["component"]["bom-ref"]
    own = [each["bom-ref"] for each in made["components"] if canonicalize_name(each["name"]) in needed]
    others = [each for each in made["dependencies"] if each["ref"] != root]
    made["dependencies"] = [*others, {"ref": root, "dependsOn": sorted(own)}]
    _write(bill, made)
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill.read_text("utf-8"))
    if wrong is not None:
        raise ValueError(wrong)


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _run(*command: "str | Path") -> None:
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
