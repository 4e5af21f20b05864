"""Passwords that the system's keyring keeps, for accounts whose settings say so.

Another process asks the keyring: a start without such a setting pays nothing, and a keyring that waits for a
person to unlock it cannot hold the server for good.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from server.settings.file import SettingsError
from server.settings.layers import Origins, Place, name_of
from tools.sentence import sentence

SERVICE = "campaign-ops-mcp"
"""Our name in the keyring."""
ACCOUNTS: Mapping[str, str] = MappingProxyType({"every8d": "uid", "omis": "login_name"})
"""The setting of each vendor that names the account."""
KEYRING = sentence("the keyring")
_SECONDS = 60


def with_kept_passwords(values: dict[str, Any], origins: Origins) -> tuple[dict[str, Any], Origins]:
    """The same settings, with each password that the keyring keeps.

    Raises:
        SettingsError: it has none for the account, or cannot be asked.
    """
    found: dict[Place, str] = {}
    for vendor, setting in ACCOUNTS.items():
        section: object = values.get(vendor)
        if not isinstance(section, dict):
            continue
        given = cast("dict[str, Any]", section)
        if given.get("password_from") != "keyring" or "password" in given or setting not in given:
            continue
        password = kept_password(vendor, str(given[setting]))
        if not password:
            raise SettingsError(
                sentence(
                    "{setting}: the keyring has no password of this account. Run `campaign-ops-mcp setup`.",
                    setting=name_of((vendor, "password")),
                )
            )
        given["password"] = password
        found[(vendor, "password")] = KEYRING
    if not found:
        return values, origins
    named = origins.file_was_named
    return values, Origins(of={**origins.of, **found}, file=origins.file, file_was_named=named)


def user_of(vendor: str, account: str) -> str:
    """The name under which the keyring keeps this account's password."""
    return f"{vendor}:{account}"


def kept_password(vendor: str, account: str) -> str:
    """What the keyring keeps for this account; empty where it has nothing, or cannot be asked."""
    command = [sys.executable, "-P", "-m", "keyring", "get", SERVICE, user_of(vendor, account)]
    try:
        asked = subprocess.run(  # noqa: S603 - our own Python, and no shell
            command,
            env={**os.environ, "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.removesuffix("\n") if asked.returncode == 0 else ""
