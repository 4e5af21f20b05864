"""Which places settings come from, which one wins, and who may write them."""

import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, cast, get_args, get_origin

import pytest
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from server.settings.errors import section_of
from server.settings.file import users_file
from server.settings.settings import Settings, SettingsError, load_settings

SECRET = "canary-password-4711"


@pytest.fixture(autouse=True)
def folder(no_settings: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, without settings in the environment and without a file of the user's."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(no_settings / "config"))
    return no_settings


def written(file: Path, text: str, mode: int = 0o600) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def refusal(config: Path | None = None) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(config)
    return str(caught.value)


def test_no_file_of_the_current_folder_is_read(folder: Path) -> None:
    for name in (".env", "config.toml", "campaign-ops.toml", "settings.toml", "pyproject.toml"):
        written(
            folder / name, 'CAMPAIGN_OPS_LANGUAGE="zh-TW"\n' if name == ".env" else 'language = "zh-TW"\n'
        )
    assert load_settings().language == "en"


def test_the_users_own_file_is_read_where_none_is_named() -> None:
    written(users_file(), 'language = "zh-TW"\n')
    settings = load_settings()
    assert settings.language == "zh-TW"
    assert settings.origins.file == users_file()


@pytest.mark.parametrize("variable", ["HOME", "XDG_CONFIG_HOME"])
def test_the_users_own_file_is_never_one_of_the_current_folder(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv(variable, ".")
    assert users_file().is_absolute()
    assert Path.cwd() not in users_file().parents


def test_a_named_file_is_read_instead_of_the_users_own_and_an_option_names_it_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(users_file(), 'language = "zh-TW"\nlog_level = "ERROR"\n')
    monkeypatch.setenv("CAMPAIGN_OPS_CONFIG", str(written(folder / "a.toml", 'log_level = "DEBUG"\n')))
    assert (load_settings().language, load_settings().log_level) == ("en", "DEBUG")
    option = written(folder / "b.toml", 'log_level = "WARNING"\n')
    assert load_settings(option).log_level == "WARNING"


def test_a_file_that_the_environment_names_needs_its_whole_path(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(folder / "a.toml", 'language = "zh-TW"\n')
    for name in ("a.toml", "./a.toml", ""):
        monkeypatch.setenv("CAMPAIGN_OPS_CONFIG", name)
        assert "CAMPAIGN_OPS_CONFIG: is not a whole path" in refusal()


@pytest.mark.parametrize(
    "content", ["a = " + "1" * 5000, "a = " + "[" * 5000, "a = 2026-02-30"], ids=["number", "lists", "day"]
)
def test_whatever_toml_a_file_holds_is_told_as_no_valid_one(folder: Path, content: str) -> None:
    assert "is not valid TOML" in refusal(written(folder / "odd.toml", content))


def test_a_file_is_named_in_vain_where_the_current_folder_is_gone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = folder / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert "--config a.toml: the file cannot be read" in refusal(Path("a.toml"))


def test_options_go_before_the_environment_and_that_before_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def uid(**more: Any) -> str:
        every8d = load_settings(file, **more).every8d
        assert every8d is not None
        return every8d.uid

    file = written(folder / "ops.toml", f'[every8d]\nuid = "file"\npassword = "{SECRET}"\n')
    assert uid() == "file"
    monkeypatch.setenv("CAMPAIGN_OPS_EVERY8D__UID", "environment")
    assert uid() == "environment"
    assert uid(every8d={"uid": "option"}) == "option"
    assert uid(every8d={"uid": "option"}, sandbox={"every8d": {"uid": "sandbox"}}) == "sandbox"


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o664])
def test_a_file_that_others_may_write_is_refused_with_the_fix(folder: Path, mode: int) -> None:
    said = refusal(written(folder / "ops.toml", 'language = "zh-TW"\n', mode))
    assert "was not read: others may write" in said
    assert f"Run `chmod go-w '{folder / 'ops.toml'}'`" in said


def test_a_file_that_others_may_read_is_read(folder: Path) -> None:
    assert load_settings(written(folder / "ops.toml", 'language = "zh-TW"\n', 0o644)).language == "zh-TW"


def test_a_file_in_a_folder_that_others_may_write_is_refused(folder: Path) -> None:
    """They could put another one in its place."""
    file = written(folder / "shared" / "ops" / "ops.toml", 'language = "zh-TW"\n')
    (folder / "shared").chmod(0o777)
    assert f"others may write {folder / 'shared'}" in refusal(file)
    (folder / "shared").chmod(0o1777)
    assert load_settings(file).language == "zh-TW"


def test_a_link_is_as_safe_as_where_it_stands_and_where_it_leads(folder: Path) -> None:
    real = written(folder / "shared" / "ops.toml", 'language = "zh-TW"\n')
    link = folder / "ops.toml"
    link.symlink_to(real)
    assert load_settings(link).language == "zh-TW"
    (folder / "shared").chmod(0o777)
    assert "others may write" in refusal(link)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(folder: Path) -> None:
    file = written(folder / "ops.toml", 'language = "zh-TW"\n')
    os.chown(file, 12345, -1)
    assert "belongs to another user" in refusal(file)


def test_mistakes_of_all_places_and_all_kinds_are_told_together(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_OPS_POLCIY__READ_ONLY", "true")
    monkeypatch.setenv("CAMPAIGN_OPS_APPROVAL__EXPIRES_S", "soon")
    file = written(
        folder / "ops.toml",
        'langauge = "en"\n[omis]\nlogin_name = "m"\npassword = "p"\nresponse_mode = 9\n'
        'base_url = "http://omis.example"\nrefer_url = "https://a.example"\nxml_url = "https://b.example"\n',
    )
    said = refusal(file).splitlines()
    assert sorted(line.split(": ")[0] for line in said) == [
        "CAMPAIGN_OPS_APPROVAL__EXPIRES_S",
        "CAMPAIGN_OPS_POLCIY__READ_ONLY",
        "langauge in ops.toml",
        "omis.base_url in ops.toml",
        "omis.refer_url in ops.toml",
        "omis.response_mode in ops.toml",
        "omis.xml_url in ops.toml",
    ]


Place = tuple[str, ...]


def leaves(model: type[BaseModel], above: Place = ()) -> Iterator[tuple[Place, FieldInfo]]:
    """Every setting of the models."""
    for name, field in model.model_fields.items():
        section = section_of(model, name)
        if section is None:
            yield (*above, name), field
        else:
            yield from leaves(section, (*above, name))


SETTINGS = dict(leaves(Settings))
VALUES: dict[Place, Any] = {
    ("every8d", "base_url"): "https://every8d.example/prepaid",
    ("omis", "base_url"): "https://omis.example",
    ("omis", "xml_url"): "https://here.example/x.xml",
    ("omis", "refer_url"): "https://here.example/a",
    ("omis", "successful_url"): "https://here.example/b",
    ("omis", "failed_url"): "https://here.example/c",
    ("omis", "redirect_hosts"): ["here.example", "there.example"],
    ("callbacks", "token"): "a-long-callback-token",
    ("callbacks", "url"): "https://reports.example",
    ("callbacks", "allowed_addresses"): ["203.0.113.0/24", "2001:db8::7/128"],
    ("http", "tokens"): {"desk": "d" * 40},
    ("http", "owner_of_foreign"): "desk",
    ("store", "url"): "postgresql://u:p@db.example/ops",
    ("policy", "countries"): ["TW", "JP"],
    ("policy", "disabled_tools"): ["send_sms", "send_mms"],
    ("policy", "blocked_numbers"): ["0912345678", "0922333444"],
    ("policy", "test_numbers"): ["0912345100", "0912345101"],
    ("approval", "phone"): "0933111222",
    ("approval", "phone_owner"): "token:desk",
    ("policy", "quiet_hours", "start"): "21:00",
    ("policy", "quiet_hours", "end"): "08:00",
    ("policy", "quiet_hours", "time_zone"): "Asia/Tokyo",
}
"""Of the settings that take no value of their kind at will; a new one that is so gets its value here."""
KINDS: list[tuple[Any, Any]] = [
    (int, 7),
    (float, 2.5),
    (Decimal, 12),
    (Path, "/srv/ops/here"),
    (SecretStr, "secret-of-some-length"),
    (str, "words"),
    (tuple, ["one.example", "two.example"]),
]


def value_for(place: Place, field: FieldInfo) -> Any:
    annotation = field.annotation
    if place in VALUES:
        return VALUES[place]
    if annotation is bool:
        return not field.default
    if get_origin(annotation) is Literal:
        return next(each for each in reversed(get_args(annotation)) if each != field.default)
    if get_origin(annotation) is tuple and get_origin(get_args(annotation)[0]) is Literal:
        return list(get_args(get_args(annotation)[0])[:2])
    kinds = kinds_in(annotation)
    return next(value for kind, value in KINDS if kind in kinds)


def kinds_in(annotation: Any) -> set[Any]:
    inner = {kind for each in get_args(annotation) for kind in kinds_in(each)}
    outer = get_origin(annotation) or annotation
    return {tuple} if outer is tuple else {outer, *inner}


WHOLE: dict[Place, Any] = {place: value_for(place, field) for place, field in SETTINGS.items()}
"""A value for every setting there is."""
ALONE: Place = ("approval", "out_of_band")
"""Set to what is not its default, it forbids others to be."""
TOGETHER = [{place: value for place, value in WHOLE.items() if (place == ALONE) == alone} for alone in (0, 1)]


def in_force(settings: BaseModel, place: Place) -> Any:
    value: Any = settings
    for name in place:
        value = getattr(value, name, None)
    return value


def as_text(value: Any, *, json: bool) -> str:
    if isinstance(value, list):
        entries = [str(each) for each in cast("list[Any]", value)]
        return "[" + ", ".join(f'"{each}"' for each in entries) + "]" if json else ",".join(entries)
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_toml(value: Any) -> str:
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value).items()
        return "{" + ", ".join(f"{name} = {as_toml(each)}" for name, each in entries) + "}"
    plain = as_text(value, json=True)
    return plain if isinstance(value, (list, bool, int, float)) else f'"{plain}"'


def by_name(place: Place, value: Any) -> dict[str, Any]:
    name = "CAMPAIGN_OPS_" + "__".join(place).upper()
    if not isinstance(value, dict):
        return {name: value}
    return {f"{name}__{key.upper()}": each for key, each in cast("dict[str, Any]", value).items()}


@pytest.mark.parametrize("style", ["commas", "json"])
@pytest.mark.parametrize("whole", TOGETHER, ids=["the others", ".".join(ALONE)])
def test_every_setting_can_be_set_in_the_environment_and_in_a_file_alike(
    folder: Path, monkeypatch: pytest.MonkeyPatch, whole: dict[Place, Any], style: str
) -> None:
    default = load_settings()
    lines = "".join(f"{'.'.join(place)} = {as_toml(value)}\n" for place, value in whole.items())
    from_file = load_settings(written(folder / "ops.toml", lines))
    for place, value in whole.items():
        for name, each in by_name(place, value).items():
            monkeypatch.setenv(name, as_text(each, json=style == "json"))
    from_environment = load_settings()
    assert from_environment.model_dump() == from_file.model_dump()
    for place in whole:
        assert in_force(from_file, place) != in_force(default, place), place
        assert default.origins.origin(*place) == "default"
        assert from_file.origins.origin(*place) == str(folder / "ops.toml")
        assert from_environment.origins.origin(*place) == "the environment"
