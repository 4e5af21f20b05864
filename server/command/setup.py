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
from server.command.options import Config, interrupted, run
from server.command.setup_phone import ask_for_phone, is_on
from server.command.terminal import Terminal, terminal
from server.command.unanswered import UnansweredError
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
        old = read_text(path)
        parsed(old)
    except (OSError, ValueError):
        out.say(sentence("Nothing was changed: {path} cannot be read. Correct it first.", path=where))
        return False
    try:
        asked = _accounts_asked(parsed(old), out)
        new = _with_phone(path, _with_accounts(old, asked), out)
        # Kept after the last question: whoever ends it before has changed nothing.
        new = _with_passwords(new, asked, out)
        if new != old:
            replace_text(path, old, new, copy_at=None, private=True)
    except typer.Abort:
        out.say(sentence("Nothing was changed."))
        return False
    except (OSError, ValueError, AttributeError, ChangedMeanwhileError):
        out.say(sentence("The settings file was not changed: {path} cannot be read or written.", path=where))
        return False
    if new == old and not asked:
        out.say(sentence("Nothing was changed."))
        return False
    out.say(sentence("Written to {path}, which you alone can read.", path=where))
    return True


def _with_accounts(text: str, asked: Mapping[str, tuple[str, str]]) -> str:
    """The file with the accounts, and nothing of the passwords of those before."""
    for vendor, (account, _) in asked.items():
        before: Any = parsed(text).get(vendor, {})
        told = {key: value for key, value in before.items() if key not in ("password", "password_from")}
        text = with_table(text, (vendor,), {**told, ACCOUNTS[vendor]: account})
    return text


def _with_passwords(text: str, asked: Mapping[str, tuple[str, str]], out: Terminal) -> str:
    """The file with what it says of each password, once that is kept."""
    for vendor, (account, password) in asked.items():
        section = {**parsed(text)[vendor], **_kept(vendor, account, password, out)}
        text = with_table(text, (vendor,), section)
    return text


def _with_phone(path: Path, text: str, out: Terminal) -> str:
    """The file with the approver's phone, if one is given and there is an account to text it from."""
    read: Mapping[str, Any] = parsed(text)
    in_force, _ = laid_over(SettingsFile(path=path, named=True, values=read), {}, {})
    if not in_force.get("every8d", {}).get("uid"):
        return text
    before: Mapping[str, Any] = read.get("approval", {})
    four_eyes = is_on(in_force.get("approval", {}).get("four_eyes", False))
    approval = ask_for_phone(before, out, lambda said: _prompt(said, out).strip(), four_eyes=four_eyes)
    return with_table(text, ("approval",), approval) if approval != before else text


def _accounts_asked(before: Mapping[str, Any], out: Terminal) -> Mapping[str, tuple[str, str]]:
    """The account and password of each vendor that the person has."""
    found: dict[str, tuple[str, str]] = {}
    for vendor, title in _TITLES.items():
        asked = (
            sentence("Account of {vendor} (empty: as it is)", vendor=title)
            if before.get(vendor, {}).get(ACCOUNTS[vendor])
            else sentence("Account of {vendor} (empty: none)", vendor=title)
        )
        account = _prompt(asked, out).strip()
        if account:
            found[vendor] = account, _password(out)
    return found


def _password(out: Terminal) -> str:
    """As it was typed, spaces too; one that nobody sees is asked for again where nothing came."""
    while not (typed := _prompt(sentence("Its password"), out, hidden=True)).strip():
        out.say(sentence("It is empty. Type it, or press Ctrl-C to change nothing."))
    return typed


def _prompt(said: Sentence, out: Terminal, *, hidden: bool = False) -> str:
    """On the main thread: whoever ends it gets a terminal back that shows what is typed."""
    shown = in_language(said, out.language)
    try:
        return str(typer.prompt(shown, default="", show_default=False, hide_input=hidden))
    except typer.Abort as ended:
        if isinstance(ended.__context__, KeyboardInterrupt):
            raise UnansweredError(sentence("Nothing was changed.")) from None
        if not hidden:
            # What is said next stands on a line of its own, as after a hidden answer.
            typer.echo()
        raise


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
    try:
        something = set_up(config or users_file(), terminal(config))
    except UnansweredError as ended:
        raise interrupted(ended.left) from None
    if not something:
        raise SystemExit(FAILED)
    raise SystemExit(run(partial(examine, config)))
