"""Settings: where they come from, which one wins, and what a wrong one says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
import pytest

from server.mcp.app import offered
from server.settings.settings import SettingsError, load_settings
from tests.e2e.process import COMMAND, environment

PASSWORD = "canary-password-4711"
EVERY8D = {"CAMPAIGN_OPS_EVERY8D__UID": "shop", "CAMPAIGN_OPS_EVERY8D__PASSWORD": PASSWORD}
OMIS = {"CAMPAIGN_OPS_OMIS__LOGIN_NAME": "manager", "CAMPAIGN_OPS_OMIS__PASSWORD": PASSWORD}


@pytest.fixture(autouse=True)
def _nothing_set(no_settings: Path) -> None:
    """Every test begins without settings, in an empty folder."""


def _set(patch: pytest.MonkeyPatch, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        patch.setenv(name, value)


def _complaint(**overrides: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(None, **overrides)
    return str(caught.value)


def _toml(folder: Path, text: str) -> Path:
    file = folder / "campaign.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_settings_nothing_is_configured() -> None:
    settings = load_settings()
    assert (settings.every8d, settings.omis) == (None, None)


def test_a_server_without_any_account_says_what_to_set() -> None:
    with pytest.raises(SettingsError) as caught:
        offered(load_settings())
    assert "CAMPAIGN_OPS_EVERY8D__UID" in str(caught.value)
    assert "--sandbox" in str(caught.value)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, EVERY8D | {"CAMPAIGN_OPS_POLICY__READ_ONLY": "true"})
    settings = load_settings()
    assert settings.every8d is not None
    assert settings.every8d.uid == "shop"
    assert settings.every8d.password.get_secret_value() == PASSWORD
    assert settings.every8d.base_url == "https://oms.every8d.com"
    assert settings.policy.read_only is True


def test_lists_are_written_with_commas_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_OPS_TOOLSETS", "sms, reports")
    monkeypatch.setenv("CAMPAIGN_OPS_POLICY__BLOCKED_NUMBERS", "0912345678,0922 333 444")
    settings = load_settings()
    assert settings.toolsets == ("sms", "reports")
    assert settings.policy.blocked_numbers == ("+886912345678", "+886922333444")


def test_the_toml_file_is_read(tmp_path: Path) -> None:
    file = _toml(
        tmp_path,
        f'toolsets = ["sms"]\n[every8d]\nuid = "s"\npassword = "{PASSWORD}"\n[policy]\ncountries = ["TW"]\n',
    )
    settings = load_settings(file)
    assert settings.toolsets == ("sms",)
    assert settings.policy.countries == ("TW",)


def test_a_misspelt_section_is_named_with_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_OPS_POLCIY__READ_ONLY", "true")
    assert "CAMPAIGN_OPS_POLCIY__READ_ONLY: no such setting. Did you mean policy?" in _complaint()


def test_a_misspelt_setting_inside_a_section_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cap that was never set protects nobody."""
    monkeypatch.setenv("CAMPAIGN_OPS_POLICY__POINTS_PER_DAYS", "100")
    assert "CAMPAIGN_OPS_POLICY__POINTS_PER_DAYS: no such setting" in _complaint()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("polcy = 1\n", "polcy in campaign.toml: no such setting. Did you mean policy?"),
        (
            "[policy]\nread_onyl = true\n",
            "policy.read_onyl in campaign.toml: no such setting. Did you mean read_only?",
        ),
        ("[policy\n", "is not valid TOML"),
    ],
)
def test_a_wrong_toml_file_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=r"\S") as caught:
        load_settings(_toml(tmp_path, text))
    assert says in str(caught.value)


def test_a_toml_file_that_is_not_there_is_named_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / "none.toml")
    assert "none.toml: the file cannot be read" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


NO_OTHER_PLACE = {"APPROVAL__OUT_OF_BAND": "false"}
BAD: list[tuple[dict[str, str], str]] = [
    ({"EVERY8D__UID": "shop"}, "EVERY8D__PASSWORD: is needed"),
    ({"EVERY8D": "shop"}, "EVERY8D: is a section"),
    (EVERY8D | {"EVERY8D__UID": ""}, "EVERY8D__UID"),
    (EVERY8D | {"CAMPAIGN_OPS_EVERY8D__PASSWORD": ""}, "EVERY8D__PASSWORD: is empty"),
    (EVERY8D | {"EVERY8D__BASE_URL": "https://oms.every8d.com:99999"}, "EVERY8D__BASE_URL: is not a URL"),
    (EVERY8D | {"EVERY8D__BASE_URL": "https://[oms"}, "EVERY8D__BASE_URL: is not a URL"),
    (EVERY8D | {"EVERY8D__BASE_URL": "oms.every8d.com"}, "EVERY8D__BASE_URL: is not a URL"),
    (EVERY8D | {"EVERY8D__BASE_URL": "http://oms.every8d.com"}, "EVERY8D__BASE_URL: must be https"),
    (EVERY8D | {"EVERY8D__BASE_URL": "http://127.0.0.1.example.com"}, "EVERY8D__BASE_URL: must be https"),
    (EVERY8D | {"EVERY8D__BASE_URL": f"https://a:{PASSWORD}@x.tw"}, "EVERY8D__BASE_URL: must not hold"),
    (EVERY8D | {"EVERY8D__RESPONSE_FORMAT": "3"}, "EVERY8D__RESPONSE_FORMAT"),
    (EVERY8D | {"EVERY8D__MAX_RECIPIENTS": "0"}, "EVERY8D__MAX_RECIPIENTS"),
    (EVERY8D | {"EVERY8D__PASWORD": PASSWORD}, "EVERY8D__PASWORD: no such setting"),
    (OMIS | {"OMIS__BASE_URL": "https://api.itpisom.com"}, "the misprinted host"),
    (OMIS | {"OMIS__BASE_URL": "https://API.ITPISOM.COM:443/x"}, "the misprinted host"),
    (OMIS | {"OMIS__BASE_URL": "https://api.itpisom.com./"}, "the misprinted host"),
    (OMIS | {"OMIS__BASE_URL": "https://itpisom.com"}, "the misprinted host"),
    (OMIS | {"OMIS__BASE_URL": "http://api.itpison.com"}, "OMIS__BASE_URL: must be https"),
    (OMIS | {"OMIS__REQUEST_STYLE": "xml_url"}, "OMIS__XML_URL: is needed"),
    (OMIS | {"OMIS__REQUEST_STYLE": "soap"}, "OMIS__REQUEST_STYLE"),
    (OMIS | {"OMIS__REFER_URL": "https://evil.example/x"}, "OMIS__REFER_URL: its host is not in"),
    (OMIS | {"OMIS__SUCCESSFUL_URL": "https://evil.example"}, "OMIS__SUCCESSFUL_URL: its host is not in"),
    (OMIS | {"OMIS__FAILED_URL": "https://a@evil.example"}, "OMIS__FAILED_URL: its host is not in"),
    (OMIS | {"OMIS__RESPONSE_MODE": "4"}, "OMIS__RESPONSE_MODE"),
    ({"HTTP__TOKENS__DESK": PASSWORD}, "HTTP__TOKENS: a token is too short"),
    ({"HTTP__TOKENS__DESK": "é" * 40}, "HTTP__TOKENS: a token is too short"),
    ({"HTTP__TOKENS__DESK": "x" * 40 + " "}, "HTTP__TOKENS: a token is too short or holds a space"),
    ({"HTTP__TOKENS__DESK": "x" * 40, "HTTP__TOKENS__NIGHT": "x" * 40}, "HTTP__TOKENS: two names"),
    ({"HTTP__TOKENS__THE DESK": "x" * 40}, "HTTP__TOKENS: a name holds"),
    ({"POLICY__POINTS_PER_CALL": "-1"}, "POLICY__POINTS_PER_CALL"),
    ({"POLICY__CALLS_PER_MINUTE": "many"}, "POLICY__CALLS_PER_MINUTE"),
    ({"POLICY__COUNTRIES": "TW,Taiwan"}, "POLICY__COUNTRIES: entry 2: not a country"),
    ({"POLICY__COUNTRIES": "TW,XX"}, "POLICY__COUNTRIES: entry 2: no such country"),
    ({"POLICY__COUNTRIES": "UK"}, "POLICY__COUNTRIES: entry 1: no such country"),
    (
        {"POLICY__DISABLED_TOOLS": "send_sms,send_msm"},
        "DISABLED_TOOLS: entry 2: no such tool. Did you mean send_",
    ),
    ({"POLICY__DISABLED_TOOLS": "sms"}, "tools --all` lists them"),
    ({"APPROVAL__EXPIRES_S": "inf"}, "APPROVAL__EXPIRES_S"),
    ({"APPROVAL__HUMAN_MINIMUM_MS": "40000"}, "HUMAN_MINIMUM_MS: a form waits 40 seconds"),
    (
        {"APPROVAL__HUMAN_MINIMUM_MS": "2000", "APPROVAL__FORM_TIMEOUT_S": "1.5"},
        "HUMAN_MINIMUM_MS: a form waits 1.5 seconds (form_timeout_s), so no answer would count. Write less",
    ),
    (NO_OTHER_PLACE | {"APPROVAL__FOUR_EYES": "true"}, "FOUR_EYES: wants an approval on the page"),
    (NO_OTHER_PLACE | {"APPROVAL__FOUR_EYES": "true"}, "nobody could approve. Set out_of_band to true"),
    (NO_OTHER_PLACE | {"APPROVAL__MODE": "out_of_band_only"}, "MODE: wants an approval on the page"),
    (NO_OTHER_PLACE | {"APPROVAL__PASSKEYS": "required"}, "PASSKEYS: wants an approval on the page"),
    (NO_OTHER_PLACE | {"APPROVAL__PASSKEY_ABOVE_POINTS": "100"}, "PASSKEY_ABOVE_POINTS: wants an approval"),
    (NO_OTHER_PLACE | {"APPROVAL__PASSKEY_FOR_DESTROY": "true"}, "PASSKEY_FOR_DESTROY: wants an approval"),
    ({"APPROVAL__PHONE": "+14155550123"}, "APPROVAL__PHONE: not a mobile number of Taiwan"),
    ({"APPROVAL__PHONE": "0223456789"}, "APPROVAL__PHONE: not a mobile number (a landline"),
    ({"APPROVAL__PHONE": "boss"}, "APPROVAL__PHONE: not a mobile number. Write it as 0912345678"),
    ({"APPROVAL__PHONE_OWNER": "boss"}, "APPROVAL__PHONE_OWNER: is no name of list_actions"),
    (
        {"APPROVAL__PHONE": "0933111222", "APPROVAL__FOUR_EYES": "true"},
        "APPROVAL__PHONE_OWNER: is needed with four_eyes",
    ),
    ({"CALLBACKS__TOKEN": "short"}, "CALLBACKS__TOKEN: must be at least 16"),
    ({"CALLBACKS__TOKEN": "a/long/token?for=tests"}, "CALLBACKS__TOKEN: must be at least 16"),
    ({"POLICY__BLOCKED_NUMBERS": "0212345678"}, "POLICY__BLOCKED_NUMBERS"),
    ({"POLICY__QUIET_HOURS__START": "21:00"}, "POLICY__QUIET_HOURS__END: is needed"),
    (
        {"POLICY__QUIET_HOURS__START": "21:00", "POLICY__QUIET_HOURS__END": "21:00"},
        "start and end are the same",
    ),
    ({"TOOLSETS": "sms,emails"}, "TOOLSETS: entry 2: "),
    ({"TOOLSETS": ","}, "TOOLSETS: is empty"),
    ({"LANGUAGE": "fr"}, "LANGUAGE"),
    ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
    ({"STORE__FOLDR": "x"}, "STORE__FOLDR: no such setting"),
    ({"STORE__URL": f"mysql://u:{PASSWORD}@h/x"}, "STORE__URL: must begin with postgresql://"),
    ({"STORE__URL": "sqlite://"}, "sqlite:/// and the whole path of a file"),
    ({"STORE__URL": "sqlite:///:memory:"}, "sqlite:/// and the whole path of a file"),
    ({"STORE__URL": "sqlite:///store.sqlite3"}, "sqlite:/// and the whole path of a file"),
    ({"STORE__FOLDER": "store"}, "STORE__FOLDER: is not a whole path"),
    ({"POLICY__BLOCKED_NUMBERS_FILE": "./blocked.txt"}, "NUMBERS_FILE: is not a whole path"),
    ({"POLICY__COUNTRIES": '["TW"'}, "POLICY__COUNTRIES: is not a JSON list"),
    ({"STORE__URL": "sqlite:///file:x.db?mode=memory&uri=true"}, "sqlite:/// and the whole path of a file"),
]


@pytest.mark.parametrize(("values", "says"), BAD, ids=lambda each: each if isinstance(each, str) else "")
def test_a_bad_value_is_one_line_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], says: str
) -> None:
    prefix = "CAMPAIGN_OPS_"
    full = {(name if name.startswith(prefix) else prefix + name): value for name, value in values.items()}
    _set(monkeypatch, full)
    complaint = _complaint()
    assert says in complaint
    assert complaint.startswith(prefix)
    assert "pydantic" not in complaint.lower()
    assert PASSWORD not in complaint


def test_a_passkey_can_be_required_where_no_server_shows_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """`campaign-ops-mcp console` shows it itself then."""
    names = {"CAMPAIGN_OPS_CONSOLE__ENABLED": "false", "CAMPAIGN_OPS_APPROVAL__PASSKEYS": "required"}
    _set(monkeypatch, names)
    assert load_settings().approval.passkeys == "required"


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, {"CAMPAIGN_OPS_LANGUAGE": "fr", "CAMPAIGN_OPS_LOG_LEVEL": "LOUD"})
    assert len(_complaint().splitlines()) == 2


@pytest.mark.usefixtures("quick_start")
@pytest.mark.parametrize("source", ["the environment", "a file"])
async def test_every_command_refuses_the_rules_that_serve_refuses(no_settings: Path, source: str) -> None:
    """A rule that `policy` prints and `serve` does not take would be believed to be in force."""
    rules = {"disabled_tools": "send_smss", "countries": "XX"}
    env, options = environment(no_settings), list[str]()
    if source == "a file":
        listed = "".join(f'{name} = ["{value}"]\n' for name, value in rules.items())
        file = _toml(no_settings, f"[policy]\n{listed}[approval]\nhuman_minimum_ms = 60000\n")
        options = ["--config", str(file)]
    else:
        named = {f"POLICY__{name.upper()}": value for name, value in rules.items()}
        env = environment(no_settings, **named, APPROVAL__HUMAN_MINIMUM_MS="60000")
    for command in ("policy", "serve", "approvals"):
        done = await anyio.run_process([COMMAND, command, *options], env=env, cwd=no_settings, check=False)
        told = done.stderr.decode().lower()
        assert (done.returncode, done.stdout) == (2, b""), told
        assert len(told.splitlines()) == 3, told
        assert all(name in told for name in ("disabled_tools", "countries", "human_minimum_ms")), told


@pytest.mark.usefixtures("quick_start")
async def test_the_command_that_lists_the_tools_needs_no_settings_that_are_right(no_settings: Path) -> None:
    env = environment(no_settings, POLICY__DISABLED_TOOLS="send_smss")
    done = await anyio.run_process([COMMAND, "tools", "--all"], env=env, cwd=no_settings, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "send_sms" in done.stdout.decode()


def test_plain_http_to_omis_needs_a_setting_that_says_what_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = {"CAMPAIGN_OPS_OMIS__BASE_URL": "http://api.itpison.com/"}
    _set(monkeypatch, OMIS | plain | {"CAMPAIGN_OPS_OMIS__SEND_PASSWORD_UNENCRYPTED": "true"})
    omis = load_settings().omis
    assert omis is not None
    assert omis.base_url == "http://api.itpison.com"


@pytest.mark.parametrize("host", ["127.0.0.1:8091", "localhost:8091", "[::1]:8091"])
def test_plain_http_to_loopback_is_allowed(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    _set(monkeypatch, EVERY8D | {"CAMPAIGN_OPS_EVERY8D__BASE_URL": f"http://{host}"})
    assert load_settings().every8d is not None


def test_the_path_prefix_of_an_enterprise_host_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, EVERY8D | {"CAMPAIGN_OPS_EVERY8D__BASE_URL": "https://biz3.every8d.com.tw/prepaid/"})
    every8d = load_settings().every8d
    assert every8d is not None
    assert every8d.base_url == "https://biz3.every8d.com.tw/prepaid"


def test_a_secret_is_not_in_the_printed_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, EVERY8D | OMIS)
    settings = load_settings()
    assert PASSWORD not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_the_approvers_number_is_in_no_printed_setting_and_no_complaint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CAMPAIGN_OPS_APPROVAL__PHONE", "0933-111-222")
    settings = load_settings()
    assert settings.approval.phone.get_secret_value() == "+886933111222"
    assert "933" not in f"{settings} {settings!r} {settings.model_dump_json()}"
    monkeypatch.setenv("CAMPAIGN_OPS_APPROVAL__PHONE", "0933111222 or so")
    assert "0933" not in _complaint()


def test_settings_cannot_be_changed_afterwards() -> None:
    settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.policy.read_only = True
