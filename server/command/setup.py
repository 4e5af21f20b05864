"""`campaign-ops-mcp setup`: accounts and approver's phone, asked for once, and the file that they end in."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import keyring
import typer
from keyring.errors import KeyringError

from server.command.common import FAILED
from server.command.doctor import examine
from server.command.options import Config, run
from server.command.setup_phone import ask_for_phone, is_on
from server.command.terminal import Terminal, terminal
from server.hosts.changing import ChangedMeanwhileError, read_text, replace_text
from server.hosts.toml_tables import parsed, with_table
from server.languages.catalogue import in_language
from server.settings.file import SettingsFile, users_file
from server.settings.kept_passwords import ACCOUNTS, SERVICE, kept_password, user_of
from server.settings.layers import laid_over
from tools.sentence import Sentence, sentence

_TITLES = {"every8d": "EVERY8D", "omis": "OMIS"}


def set_up(path: Path, out: Terminal) -> bool:
    """Ask for accounts and phone and write them into the file; whether there is something to check."""
    where = str(path)
    try:
        old = new = read_text(path)
        parsed(old)
        asked = _accounts_asked(out)
        for vendor, (account, password) in asked.items():
            before: Any = parsed(new).get(vendor, {})
            told = {key: value for key, value in before.items() if key not in ("password", "password_from")}
            section = {**told, ACCOUNTS[vendor]: account, **_kept(vendor, account, password, out)}
            new = with_table(new, (vendor,), section)
        new = _with_phone(path, new, out)
        if new != old:
            replace_text(path, old, new, copy_at=None, private=True)
    except (OSError, ValueError, AttributeError, ChangedMeanwhileError):
        out.say(sentence("The settings file was not changed: {path} cannot be read or written.", path=where))
        return False
    if new == old and not asked:
        out.say(sentence("Nothing was changed."))
        return False
    out.say(sentence("Written to {path}, which you alone can read.", path=where))
    return True


def _with_phone(path: Path, text: str, out: Terminal) -> str:
    """The file with the approver's phone, if one is given and there is an account to text it from."""
    read: Mapping[str, Any] = parsed(text)
    in_force, _ = laid_over(SettingsFile(path=path, named=True, values=read), {}, {})
    if not in_force.get("every8d", {}).get("uid"):
        return text
    before: Mapping[str, Any] = read.get("approval", {})
    four_eyes = is_on(in_force.get("approval", {}).get("four_eyes", False))
    approval = ask_for_phone(before, out, lambda said: _prompt(said, out), four_eyes=four_eyes)
    return with_table(text, ("approval",), approval) if approval != before else text


def _accounts_asked(out: Terminal) -> Mapping[str, tuple[str, str]]:
    """The account and password of each vendor that the person has."""
    found: dict[str, tuple[str, str]] = {}
    for vendor, title in _TITLES.items():
        account = _prompt(sentence("Account of {vendor} (empty: none)", vendor=title), out)
        if account:
            found[vendor] = account, _prompt(sentence("Its password"), out, hidden=True)
    return found


def _prompt(said: Sentence, out: Terminal, *, hidden: bool = False) -> str:
    """On the main thread: whoever ends it gets a terminal back that shows what is typed."""
    shown = in_language(said, out.language)
    if hidden:
        return str(typer.prompt(shown, hide_input=True))
    return str(typer.prompt(shown, default="", show_default=False)).strip()


def _kept(vendor: str, account: str, password: str, out: Terminal) -> Mapping[str, str]:
    """What the file says of the password: that the keyring has it, or the password itself."""
    try:
        keyring.set_password(SERVICE, user_of(vendor, account), password)
    except (KeyringError, RuntimeError, OSError):
        kept = False
    else:
        # As a start reads it: a keyring that keeps nothing says so to nobody.
        kept = kept_password(vendor, account) == password
    if kept:
        out.say(sentence("The keyring of this system keeps the password."))
        return {"password_from": "keyring"}
    out.say(sentence("This system has no keyring that can be used: the password stands in the file."))
    return {"password": password}


def setup(*, config: Config = None) -> None:
    """Ask for the accounts of both vendors, keep their passwords, and check them."""
    if not set_up(config or users_file(), terminal(config)):
        raise SystemExit(FAILED)
    raise SystemExit(run(partial(examine, config)))
