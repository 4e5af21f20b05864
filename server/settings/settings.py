"""Settings, each with its check; a wrong one stops the start with a clear message."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PrivateAttr, SecretStr, ValidationError

from server.languages.catalogue import Language
from server.languages.locale import language_of_the_system
from server.settings.errors import complaints
from server.settings.file import SettingsError, read_settings_file
from server.settings.kept_passwords import with_kept_passwords
from server.settings.layers import Origins, laid_over
from server.settings.policy import ApprovalSettings, PolicySettings, PrivacySettings
from server.settings.types import COMMAS, Mistake, MistakesError, Section, WholePath
from tools.sentence import sentence

MISPRINTED_DOMAIN = "itpisom.com"
"""The OMIS ManageReport document's examples misprint the host; credentials would go to a stranger."""

_STORE_URL = re.compile(r"postgresql(\+\w+)?://|sqlite(\+\w+)?:///(?=/|[A-Za-z]:[/\\])")
"""A store in memory would forget what was sent; one of the current folder could be somebody else's."""
_HOLDER = re.compile("[a-z0-9_-]{1,40}")
MIN_TOKEN = 32
_SENDABLE = re.compile(f"[!-~]{{{MIN_TOKEN},}}")
"""A header ends before a space or a line break: a token with one at its end would never be the one shown."""

Toolset = Literal["sms", "reports", "launches", "jobs", "desk"]
TOOLSETS: tuple[Toolset, ...] = ("sms", "reports", "launches", "jobs", "desk")


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
        raise ValueError(sentence("is not a URL: its host or port cannot be read.")) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(
            sentence("is not a URL. Write https:// and the host, with the path prefix if there is one.")
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(sentence("must not hold a user name, a password, a query or a fragment."))
    # A dot at the end names the same host.
    if f".{parts.hostname.lower().rstrip('.')}".endswith(f".{MISPRINTED_DOMAIN}"):
        raise ValueError(
            sentence("is the misprinted host of the OMIS document. The real one is api.itpison.com.")
        )
    return url.rstrip("/")


def _store_url(url: SecretStr) -> SecretStr:
    if url and not _STORE_URL.match(url.get_secret_value()):
        raise ValueError(
            sentence("must begin with postgresql://, or be sqlite:/// and the whole path of a file.")
        )
    return url


def _callback_token(token: SecretStr) -> SecretStr:
    """The vendor signs nothing: whoever guesses it can say that a text arrived."""
    if token and not re.fullmatch(r"[\w.~-]{16,}", token.get_secret_value(), re.ASCII):
        raise ValueError(
            sentence("must be at least 16 letters, digits, - or _: it is the end of a URL, and a secret.")
        )
    return token


def _network(written: str) -> str:
    try:
        return str(ipaddress.ip_network(written, strict=False))
    except ValueError:
        raise ValueError(sentence("is neither an address nor a network, such as 203.0.113.0/24.")) from None


Network = Annotated[str, AfterValidator(_network)]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
Password = Annotated[SecretStr, Field(min_length=1)]
PasswordFrom = Literal["settings", "keyring"]
"""Where an account's password is: in these settings, or in the keyring of the system (`setup`)."""


class Every8dSettings(Section):
    """The EVERY8D account. Enterprise hosts carry a path prefix, which is kept."""

    base_url: BaseUrl = "https://oms.every8d.com"
    uid: Annotated[str, Field(min_length=1)]
    password: Password
    password_from: PasswordFrom = "settings"  # noqa: S105 - a place
    response_format: Literal[0, 1, 2] = 0
    max_recipients: Annotated[int, Field(ge=1, le=10_000)] = 500
    calls_at_once: Annotated[int, Field(ge=1, le=32)] = 4

    def conflicts(self) -> Iterator[Mistake]:
        """A password goes to no host unencrypted."""
        parts = urlsplit(self.base_url)
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            yield Mistake(sentence("must be https; plain http is only for loopback."), "base_url")


class OmisSettings(Section):
    """The OMIS account, and the request style that its server wants."""

    base_url: BaseUrl = "https://api.itpison.com"
    login_name: Annotated[str, Field(min_length=1)]
    password: Password
    password_from: PasswordFrom = "settings"  # noqa: S105 - a place
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

    def conflicts(self) -> Iterator[Mistake]:
        """The password goes nowhere unencrypted, and OMIS sends nothing to a host that nobody allowed."""
        parts = urlsplit(self.base_url)
        unencrypted = parts.scheme != "https" and not is_loopback(parts.hostname or "")
        if unencrypted and not self.send_password_unencrypted:
            said = sentence(
                "must be https. Plain http shows the password to anybody on the way; if that is really "
                "wanted, set send_password_unencrypted."
            )
            yield Mistake(said, "base_url")
        if self.request_style == "xml_url" and not self.xml_url:
            yield Mistake(sentence("is needed by request_style xml_url."), "xml_url")
        allowed = {host.lower() for host in self.redirect_hosts}
        for name in ("xml_url", "refer_url", "successful_url", "failed_url"):
            url: str = getattr(self, name)
            if url and (urlsplit(url).hostname or "").lower() not in allowed:
                said = sentence(
                    "its host is not in redirect_hosts. Add it there if OMIS may send data to it."
                )
                yield Mistake(said, name)


class FilesSettings(Section):
    """Folders: where images for MMS are taken from, and where reports are kept."""

    folder: WholePath | None = None
    reports: WholePath | None = None
    max_report_bytes: Annotated[int, Field(ge=1)] = 200 * 1024 * 1024


class ListsSettings(Section):
    """Lists of recipients: where their files are, and how large they may be."""

    folder: WholePath | None = None
    """The folder for images (`files.folder`) if not set."""
    max_bytes: Annotated[int, Field(ge=1)] = 50 * 1024 * 1024
    max_rows: Annotated[int, Field(ge=1)] = 1_000_000


class CallbacksSettings(Section):
    """The receiver of EVERY8D 2.1. Without a token it is off; the vendor's URL ends in the token."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8095
    host: str = "127.0.0.1"
    token: Annotated[SecretStr, AfterValidator(_callback_token)] = SecretStr("")
    url: BaseUrl | None = None
    """Where the vendor reaches the receiver (`https://` and the host): what `callbacks rotate` prints."""
    allowed_addresses: Annotated[tuple[Network, ...], COMMAS] = ()
    """Who may call besides knowing the URL: addresses and networks. Empty: everybody."""
    ask: bool = True
    """Whether open batches are asked for (2.2, 2.4) at growing intervals, with a callback or without."""


def _tokens(tokens: dict[str, SecretStr]) -> dict[str, SecretStr]:
    secrets = [token.get_secret_value() for token in tokens.values()]
    wrong: list[Mistake] = []
    if not all(_HOLDER.fullmatch(name) for name in tokens):
        said = sentence("a name holds more than 40 characters, or others than a to z, 0 to 9, _ and -.")
        wrong.append(Mistake(said))
    if not all(_SENDABLE.fullmatch(secret) for secret in secrets):
        said = sentence(
            "a token is too short or holds a space: {count} ASCII characters at least, made at random.",
            count=MIN_TOKEN,
        )
        wrong.append(Mistake(said))
    if len(set(secrets)) < len(secrets):
        wrong.append(Mistake(sentence("two names have the same token. Give each its own.")))
    if wrong:
        raise MistakesError(wrong)
    return tokens


class HttpSettings(Section):
    """Who may use `serve --http`: a token for each name. Without tokens, whoever reaches the port may.

    A caller acts as the name of its token: each name has its own actions, batches, delivery events, report
    files, replays and calls a minute.
    """

    tokens: Annotated[dict[str, SecretStr], AfterValidator(_tokens)] = Field(default={})
    shared: bool = False
    """Batches, delivery events and report files are everybody's; actions stay each name's own."""
    owner_of_foreign: str = ""
    """The name whose token also sees and erases batches that this server did not send. Empty: none."""

    def conflicts(self) -> Iterator[Mistake]:
        """A misspelt name would leave its batches with nobody."""
        if self.owner_of_foreign and self.owner_of_foreign not in self.tokens:
            said = sentence("has no token of this name. Write one of the names in tokens.")
            yield Mistake(said, "owner_of_foreign")


class ConsoleSettings(Section):
    """The page for people, on this machine alone. The first server of a machine has its port."""

    enabled: bool = True
    port: Annotated[int, Field(ge=0, le=65534)] = 8807
    """That of `serve --sandbox` is the next one. 0 takes a free port, which the server
    that shows the page names alone."""


class StoreSettings(Section):
    """Where actions, approvals and the audit are kept: SQLite by default, `postgresql://…` to scale out."""

    url: Annotated[SecretStr, AfterValidator(_store_url)] = SecretStr("")
    """Empty means one SQLite file in `folder`."""
    folder: WholePath | None = None
    """The SQLite file, the audit's key and head, and the reports; the user's data directory by default."""
    audit_key_file: WholePath | None = None
    audit_head_file: WholePath | None = None


class Settings(Section):
    """Everything that can be set. Environment names start with CAMPAIGN_OPS_ and nest with `__`."""

    every8d: Every8dSettings | None = None
    omis: OmisSettings | None = None
    files: FilesSettings = FilesSettings()
    lists: ListsSettings = ListsSettings()
    callbacks: CallbacksSettings = CallbacksSettings()
    http: HttpSettings = HttpSettings()
    console: ConsoleSettings = ConsoleSettings()
    store: StoreSettings = StoreSettings()
    policy: PolicySettings = PolicySettings()
    approval: ApprovalSettings = ApprovalSettings()
    privacy: PrivacySettings = PrivacySettings()
    toolsets: Annotated[tuple[Toolset, ...], COMMAS, Field(min_length=1)] = TOOLSETS
    language: Language = Field(default_factory=language_of_the_system)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    _origins: Origins = PrivateAttr(default_factory=Origins)

    @property
    def origins(self) -> Origins:
        """Where each of them came from."""
        return self._origins

    def coming_from(self, origins: Origins) -> Self:
        """The same settings, which remember where they came from."""
        self._origins = origins
        return self


def load_settings(
    config: Path | None = None, *, sandbox: Mapping[str, Any] = MappingProxyType({}), **options: Any
) -> Settings:
    """Settings from what `sandbox` sets, then the command's options, the environment, and the file.

    The file is the one of `config`, of CAMPAIGN_OPS_CONFIG, or the user's own (`server.settings.file`).

    Raises:
        SettingsError: with one line for each setting that is wrong, or why the file was not read.
    """
    values, origins = with_kept_passwords(*laid_over(read_settings_file(config), options, sandbox))
    try:
        return Settings.model_validate(values).coming_from(origins)
    except ValidationError:
        raise SettingsError(*complaints(Settings, values, origins)) from None
