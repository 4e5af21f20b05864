"""Settings from the environment, `.env`, or a TOML file; a wrong one stops the start with a clear message."""

import difflib
import io
import ipaddress
import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from dotenv.parser import Binding, parse_stream
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from server.policy_settings import COMMAS, ApprovalSettings, PolicySettings, PrivacySettings

PREFIX = "CAMPAIGN_OPS_"
MISPRINTED_DOMAIN = "itpisom.com"
"""The OMIS ManageReport document's examples misprint the host; credentials would go to a stranger."""

_NAMED = re.compile(r"(\w+): ")
"""A check of a whole section names the field first."""

_STORE_URL = re.compile(r"postgresql(\+\w+)?://|sqlite(\+\w+)?:///(?!:memory:|file:)[^?]")
"""A store in memory would forget what was sent; and each of its connections would have one of its own."""
_HOLDER = re.compile("[a-z0-9_-]{1,40}")
MIN_TOKEN = 32
_SENDABLE = re.compile(f"[!-~]{{{MIN_TOKEN},}}")
"""A header ends before a space or a line break: a token with one at its end would never be the one shown."""

Toolset = Literal["sms", "reports", "launches", "jobs", "desk"]
TOOLSETS: tuple[Toolset, ...] = ("sms", "reports", "launches", "jobs", "desk")


class SettingsError(Exception):
    """Settings or options cannot be used. The text names each and its fix, and never a setting's value."""


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _base_url(url: str) -> str:
    try:
        parts = urlsplit(url.rstrip("/"))
        _ = parts.port
    except ValueError:
        raise ValueError("is not a URL: its host or port cannot be read.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not a URL. Write https:// and the host, with the path prefix if there is one.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must not hold a user name, a password, a query or a fragment.")
    # A dot at the end names the same host.
    if f".{parts.hostname.lower().rstrip('.')}".endswith(f".{MISPRINTED_DOMAIN}"):
        raise ValueError("is the misprinted host of the OMIS document. The real one is api.itpison.com.")
    return url.rstrip("/")


def _store_url(url: SecretStr) -> SecretStr:
    if url and not _STORE_URL.match(url.get_secret_value()):
        raise ValueError("must begin with postgresql://, or be sqlite:/// and the path of a file.")
    return url


def _callback_token(token: SecretStr) -> SecretStr:
    """The vendor signs nothing: whoever guesses it can say that a text arrived."""
    if token and not re.fullmatch(r"[\w.~-]{16,}", token.get_secret_value(), re.ASCII):
        raise ValueError("must be at least 16 letters, digits, - or _: it is the end of a URL, and a secret.")
    return token


BaseUrl = Annotated[str, AfterValidator(_base_url)]
Password = Annotated[SecretStr, Field(min_length=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Every8dSettings(_Section):
    """The EVERY8D account. Enterprise hosts carry a path prefix, which is kept."""

    base_url: BaseUrl = "https://oms.every8d.com"
    uid: Annotated[str, Field(min_length=1)]
    password: Password
    response_format: Literal[0, 1, 2] = 0
    max_recipients: Annotated[int, Field(ge=1, le=10_000)] = 500
    calls_at_once: Annotated[int, Field(ge=1, le=32)] = 4

    @model_validator(mode="after")
    def _https_only(self) -> "Every8dSettings":
        parts = urlsplit(self.base_url)
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise ValueError("base_url: must be https; plain http is only for loopback.")
        return self


class OmisSettings(_Section):
    """The OMIS account, and the request style that its server wants."""

    base_url: BaseUrl = "https://api.itpison.com"
    login_name: Annotated[str, Field(min_length=1)]
    password: Password
    send_password_unencrypted: bool = False
    """Allows plain http to a host that is not loopback: anybody on the way can read the password."""
    password_in_url: bool = False
    """Calls by GET, for servers that allow nothing else: the password then stands in URLs and their logs."""
    request_style: Literal["form", "xml_request", "xml_file", "xml_url"] = "form"
    xml_url: str = ""
    """Where OMIS fetches the credentials' XML from (XmlReqUrl); its host must be in `redirect_hosts`."""
    response_mode: Literal[0, 1, 2, 3] = 1
    refer_url: str = ""
    successful_url: str = ""
    failed_url: str = ""
    redirect_hosts: Annotated[tuple[str, ...], COMMAS] = ()
    download_hosts: Annotated[tuple[str, ...], COMMAS] = ()
    """Hosts that a report's link may name besides the base URL's own."""
    calls_at_once: Annotated[int, Field(ge=1, le=32)] = 4

    @model_validator(mode="after")
    def _consistent(self) -> "OmisSettings":
        parts = urlsplit(self.base_url)
        unencrypted = parts.scheme != "https" and not is_loopback(parts.hostname or "")
        if unencrypted and not self.send_password_unencrypted:
            raise ValueError(
                "base_url: must be https. Plain http shows the password to anybody on the way; "
                "if that is really wanted, set send_password_unencrypted."
            )
        if self.request_style == "xml_url" and not self.xml_url:
            raise ValueError("xml_url: is needed by request_style xml_url.")
        for name in ("xml_url", "refer_url", "successful_url", "failed_url"):
            _check_allowed(name, getattr(self, name), self.redirect_hosts)
        return self


def _check_allowed(name: str, url: str, hosts: tuple[str, ...]) -> None:
    if url and (urlsplit(url).hostname or "").lower() not in {host.lower() for host in hosts}:
        raise ValueError(
            f"{name}: its host is not in redirect_hosts. Add it there if OMIS may send data to it."
        )


class FilesSettings(_Section):
    """Folders: where images for MMS are taken from, and where reports are kept."""

    folder: Path | None = None
    reports: Path | None = None
    max_report_bytes: Annotated[int, Field(ge=1)] = 200 * 1024 * 1024


class CallbacksSettings(_Section):
    """The receiver of EVERY8D 2.1. Without a token it is off; the vendor's URL ends in the token."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8095
    host: str = "127.0.0.1"
    token: Annotated[SecretStr, AfterValidator(_callback_token)] = SecretStr("")


def _tokens(tokens: dict[str, SecretStr]) -> dict[str, SecretStr]:
    secrets = [token.get_secret_value() for token in tokens.values()]
    if not all(_HOLDER.fullmatch(name) for name in tokens):
        raise ValueError("a name holds more than 40 characters, or others than a to z, 0 to 9, _ and -.")
    if not all(_SENDABLE.fullmatch(secret) for secret in secrets):
        raise ValueError(
            f"a token is too short or holds a space: {MIN_TOKEN} ASCII characters at least, made at random."
        )
    if len(set(secrets)) < len(secrets):
        raise ValueError("two names have the same token. Give each its own.")
    return tokens


class HttpSettings(_Section):
    """Who may use `serve --http`: a token for each name. Without tokens, whoever reaches the port may.

    A caller acts as the name of its token: each name has its own actions, replays and calls a minute.
    """

    tokens: Annotated[dict[str, SecretStr], AfterValidator(_tokens)] = {}


class StoreSettings(_Section):
    """Where actions, approvals and the audit are kept: SQLite by default, `postgresql://…` to scale out."""

    url: Annotated[SecretStr, AfterValidator(_store_url)] = SecretStr("")
    """Empty means one SQLite file in `folder`."""
    folder: Path | None = None
    """The SQLite file, the audit's key and head, and the reports; the user's data directory by default."""
    audit_key_file: Path | None = None
    audit_head_file: Path | None = None


class Settings(BaseSettings):
    """Everything that can be set. Environment names start with CAMPAIGN_OPS_ and nest with `__`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_file=".env",
        env_file_encoding="utf-8",
        enable_decoding=False,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    every8d: Every8dSettings | None = None
    omis: OmisSettings | None = None
    files: FilesSettings = FilesSettings()
    callbacks: CallbacksSettings = CallbacksSettings()
    http: HttpSettings = HttpSettings()
    store: StoreSettings = StoreSettings()
    policy: PolicySettings = PolicySettings()
    approval: ApprovalSettings = ApprovalSettings()
    privacy: PrivacySettings = PrivacySettings()
    toolsets: Annotated[tuple[Toolset, ...], COMMAS, Field(min_length=1)] = TOOLSETS
    language: Literal["en", "zh-TW"] = "en"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the framework passes it by name
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Adds the TOML file below the environment, and leaves secret folders out."""
        return init_settings, env_settings, dotenv_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(config: Path | None = None, **overrides: Any) -> Settings:
    """Settings from `overrides`, then the environment, then `.env`, then the TOML file.

    Raises:
        SettingsError: with one line for each setting that is wrong.
    """
    _check_names([*_dotenv_names(Path(".env")), *os.environ])
    _check_file(config)

    class _WithFile(Settings):
        model_config = SettingsConfigDict(toml_file=config)

    try:
        return _WithFile(**overrides)
    except ValidationError as error:
        raise SettingsError("\n".join(_lines(error))) from None


def _check_file(config: Path | None) -> None:
    if config is None:
        return
    try:
        names = tomllib.loads(config.read_text(encoding="utf-8"))
    except OSError:
        raise SettingsError(f"--config {config.name}: the file cannot be read. Check its path.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise SettingsError(f"--config {config.name}: is not valid TOML in UTF-8. Check it.") from None
    unknown = sorted(set(names) - set(Settings.model_fields))
    if unknown:
        raise SettingsError("\n".join(f"{name}: no such setting.{_suggest(name)}" for name in unknown))


def _dotenv_names(file: Path) -> list[str]:
    """The names in `.env`. A line of ours that says nothing must not be passed over in silence either."""
    try:
        bindings = list(parse_stream(io.StringIO(file.read_text(encoding="utf-8"))))
    except (FileNotFoundError, IsADirectoryError):
        return []
    except OSError:
        raise SettingsError(".env: the file cannot be read. Check its permissions.") from None
    except UnicodeDecodeError:
        raise SettingsError(".env: is not UTF-8 text. Save it as UTF-8.") from None
    wrong = [_line_of(each) for each in bindings if each.value is None and _is_ours(each)]
    if wrong:
        raise SettingsError("\n".join(f".env: line {line} sets nothing. Write NAME=value." for line in wrong))
    return [each.key for each in bindings if each.key]


def _is_ours(binding: Binding) -> bool:
    """Other programs have lines of their own in the file; a comment comes without a key and without error."""
    return bool(binding.key or binding.error) and PREFIX in binding.original.string.upper()


def _line_of(binding: Binding) -> int:
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _check_names(names: Iterable[str]) -> None:
    """A misspelt variable must not be ignored: a cap that was never set protects nobody."""
    wrong = [
        f"{name}: no such setting.{_suggest(first)}"
        for name in sorted(set(names))
        if name.upper().startswith(PREFIX)
        and (first := name[len(PREFIX) :].split("__")[0].lower()) not in Settings.model_fields
    ]
    if wrong:
        raise SettingsError("\n".join(wrong))


def _suggest(name: str) -> str:
    close = difflib.get_close_matches(name, Settings.model_fields, n=1)
    return f" Did you mean {close[0]}?" if close else ""


def _lines(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        message = problem["msg"].removeprefix("Value error, ")
        path = [part for part in problem["loc"] if isinstance(part, str)]
        entries = [part + 1 for part in problem["loc"] if isinstance(part, int)]
        if named := _NAMED.match(message):
            path.append(named[1])
            message = message[named.end() :]
        name = PREFIX + "__".join(path).upper()
        if problem["type"] == "missing":
            message = "is needed. Set it."
        elif problem["type"] == "extra_forbidden":
            message = "no such setting. Check its spelling."
        elif problem["type"] == "too_short":
            message = "is empty. Give it a value, or leave it out."
        elif problem["type"] == "model_type":
            message = f"is a section. Set what is in it, as {name}__…"
        elif entries:
            message = f"entry {entries[0]}: {message}"
        yield f"{name}: {message}"
