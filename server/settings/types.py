"""How a setting is read: as text from the environment, or with a type of its own from TOML."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self, cast, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

from tools.sentence import sentence


class Mistake(NamedTuple):
    """What is wrong with a setting, or with a whole section where no setting is named."""

    said: str
    setting: str = ""


class MistakesError(ValueError):
    """Several mistakes at once."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(each.said for each in mistakes))
        self.mistakes = mistakes


class Section(BaseModel):
    """A group of settings, which belongs to nobody's folder and cannot be changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _numbers_from_text(cls, values: Any) -> Any:
        """A Literal of numbers meets a text from the environment, and pydantic would not read it."""
        if not isinstance(values, Mapping):
            return values
        given = cast("Mapping[str, Any]", values)
        return {name: _chosen(cls, name, value) for name, value in given.items()}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        """What settings must hold together; each mistake is told, on a line of its own."""
        if wrong := list(self.conflicts()):
            raise MistakesError(wrong)
        return self

    def conflicts(self) -> Iterable[Mistake]:
        """What is wrong between settings of this section."""
        return ()


def _chosen(section: type[BaseModel], name: str, value: Any) -> Any:
    field = section.model_fields.get(name)
    if field is None or not isinstance(value, str) or get_origin(field.annotation) is not Literal:
        return value
    return next((each for each in get_args(field.annotation) if str(each) == value.strip()), value)


def split_commas(value: object) -> object:
    """A list in an environment variable is written with commas or as JSON; in TOML it is a list already."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            raise ValueError(sentence('is not a JSON list. Write it as A,B or ["A", "B"].')) from None
    return [item.strip() for item in value.split(",") if item.strip()]


def _whole_path(path: Path) -> Path:
    """A relative one would mean another file in each folder that a client starts the server in."""
    try:
        whole = path.expanduser()
    except RuntimeError:
        raise ValueError(
            sentence("has a ~ of a user without a home. Write the path from the root on.")
        ) from None
    if not whole.is_absolute():
        raise ValueError(sentence("is not a whole path. Write it from the root (or ~) on."))
    return whole


COMMAS = BeforeValidator(split_commas)
WholePath = Annotated[Path, AfterValidator(_whole_path)]
