"""The pages docs/settings*.md: a table of every section, with the descriptions of the catalogue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined

from server.languages.catalogue import Language, in_language
from server.settings.descriptions import DESCRIPTIONS, HEADINGS
from server.settings.errors import section_of
from server.settings.layers import Place, name_of
from server.settings.settings import Settings

_EN = """# Settings

[繁體中文](settings.zh-TW.md)

The tables are generated from the program by `make update`; do not edit this page.

Settings come from the environment, then from one file: the one of `--config` or `CAMPAIGN_OPS_CONFIG`, else
your own.

| system | your own file |
|---|---|
{files}

With your own file the server, the terminal and every client agree without an option; what stands in a
client's file is not known in your terminal. The file holds passwords: `chmod 600` it. One that others may
write, or that stands in a folder that they may write, is refused. No file of the current folder is ever
read, `.env` neither: a client starts the server in the folder that it has open, which can be somebody
else's. For the same reason paths are whole (from the root, or `~`, on).

In the file, `CAMPAIGN_OPS_POLICY__POINTS_PER_DAY` is `points_per_day` under `[policy]`. Lists are written
with commas or as JSON (in TOML as lists). A name that does not exist, or a value that does not fit, stops
the start; all mistakes are told at once. `campaign-ops-mcp doctor` says which file is read, and where each
setting came from.
"""
_ZH = """# 設定

[English](settings.md)

表格由 `make update` 從程式產生，請勿手動編輯本頁。

設定先讀環境變數，再讀一個檔案：`--config` 或 `CAMPAIGN_OPS_CONFIG` 指定的檔案，否則是您自己的設定檔。

| 系統 | 您自己的設定檔 |
|---|---|
{files}

寫在自己的設定檔裡，伺服器、終端機與每個用戶端不必加任何選項就會一致；寫在用戶端設定裡的內容，
終端機並不知道。設定檔裡有密碼，請執行`chmod 600`。他人可以寫入的檔案，或放在他人可以寫入的資料夾裡的檔案，
一律拒絕讀取。目前資料夾裡的任何檔案（包含 `.env`）都不會被讀取：用戶端會在它開啟的資料夾裡啟動伺服器，
而那可能是別人的資料夾。基於同樣的理由，路徑一律要完整（從根目錄或 `~` 開始）。

在設定檔裡，`CAMPAIGN_OPS_POLICY__POINTS_PER_DAY` 就是 `[policy]` 底下的 `points_per_day`。
清單以逗號分隔或寫成 JSON（TOML 則直接寫成清單）。名稱不存在或值不合用就無法啟動，所有錯誤會一次列出。
`campaign-ops-mcp doctor` 會說明讀取了哪個檔案、每項設定來自何處。
"""
_FILES = """| Linux | `~/.config/campaign-ops-mcp/config.toml` |
| macOS | `~/Library/Application Support/campaign-ops-mcp/config.toml` |
| Windows | `%LOCALAPPDATA%\\campaign-ops-mcp\\config.toml` |

```toml
language = "zh-TW"

[every8d]
uid = "{account}"
password = "{password}"

[omis]
login_name = "{account}"
password = "{password}"

[policy]
points_per_day = 500
countries = ["TW"]
```"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What a page says in its language besides the catalogue's sentences."""

    head: str
    columns: tuple[str, str, str]
    required: str
    none: str
    account: str
    password: str


_WORDS: Mapping[Language, _Words] = {
    "en": _Words(
        head=_EN,
        columns=("setting", "default", "meaning"),
        required="required",
        none="none",
        account="your account",
        password="your password",  # noqa: S106 - to be replaced
    ),
    "zh-TW": _Words(
        head=_ZH,
        columns=("設定", "預設值", "說明"),
        required="必填",
        none="無",
        account="您的帳號",
        password="您的密碼",  # noqa: S106 - to be replaced
    ),
}


def settings_page(language: Language) -> str:
    """The whole page."""
    words = _WORDS[language]
    files = _FILES.format(account=words.account, password=words.password)
    return "\n".join([words.head.format(files=files), *_tables(language, words)])


def every_setting(model: type[BaseModel] = Settings, above: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Each setting with its default, `PydanticUndefined`, or None where it depends on the system."""
    for name, field in model.model_fields.items():
        section = section_of(model, name)
        if section is None:
            yield (*above, name), None if field.default_factory else field.get_default()
        else:
            yield from every_setting(section, (*above, name))


def _tables(language: Language, words: _Words) -> Iterator[str]:
    settings = list(every_setting())
    for section, heading in HEADINGS.items():
        yield f"## {in_language(heading, language)}\n"
        yield f"| {' | '.join(words.columns)} |\n|---|---|---|"
        for place, default in settings:
            if ".".join(place[:-1]) == section:
                meaning = in_language(DESCRIPTIONS[".".join(place)], language)
                yield f"| `{name_of(place)}` | {_written(default, words)} | {meaning} |"
        yield ""


def _written(value: Any, words: _Words) -> str:
    """A default as the environment would have it."""
    if value is PydanticUndefined:
        return words.required
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, tuple):
        value = ",".join(map(str, cast("tuple[object, ...]", value)))
    if isinstance(value, bool):
        value = str(value).lower()
    if value in (None, "", {}):
        return words.none
    return f"`{int(value) if isinstance(value, Decimal) else value}`"
