"""The official validator of JSON schemas, whose package has no complete types."""

from collections.abc import Mapping
from typing import Any, Protocol, cast

from jsonschema import Draft202012Validator


class _Validator(Protocol):
    def validate(self, instance: object) -> None: ...

    def check_schema(self, schema: Mapping[str, Any]) -> None: ...


def check_schema(facts: object, schema: Mapping[str, Any]) -> None:
    """Fail when the facts do not obey the schema."""
    cast("_Validator", Draft202012Validator(schema)).validate(facts)


def check_is_schema(schema: Mapping[str, Any]) -> None:
    """Fail when this is no schema."""
    cast("_Validator", Draft202012Validator).check_schema(schema)
