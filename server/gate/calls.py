"""One call of a tool that changes something, once its arguments are valid."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.gate.caller import Caller
from tools.desk_operation import AnyOperation
from tools.operation import Action, Audience, Message, OwnAction, Request, Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The operation, its validated arguments, and who calls."""

    operation: AnyOperation
    params: Any
    caller: Caller
    _arguments: list[dict[str, Any]] = field(
        default_factory=list[dict[str, Any]], init=False, repr=False, compare=False
    )

    def arguments(self) -> dict[str, Any]:
        """The arguments that make a call the same call; a count never stands in one that is made."""
        if not self._arguments:
            left_out = {"dry_run", "request_id", "count"}
            self._arguments.append(self.params.model_dump(mode="json", exclude=left_out))
        return self._arguments[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOf(Call):
    """The call of one action."""

    operation: Action[Any, Any]
    given: Mapping[str, Any] | None = None
    """The arguments as they were given, where they refer to numbers or files that may change."""
    _reached: list[tuple[Surroundings, Audience]] = field(
        default_factory=list[tuple[Surroundings, Audience]], init=False, repr=False, compare=False
    )

    _built: list[tuple[Surroundings, Request]] = field(
        default_factory=list[tuple[Surroundings, Request]], init=False, repr=False, compare=False
    )

    def audience(self, world: Surroundings) -> Audience:
        """Whom it reaches, with what words; nobody for what is not a send. Asked for at many steps."""
        if self.operation.audience is None:
            return Audience()
        if not self._reached or self._reached[-1][0] is not world:
            self._reached[:] = [(world, self.operation.audience(self.params, world))]
        return self._reached[-1][1]

    def numbers(self, world: Surroundings) -> tuple[str, ...]:
        """Each number that it reaches, where the arguments alone tell."""
        if self.operation.earlier is not None:
            return ()
        return tuple(dict.fromkeys(self.audience(world).recipients))

    def messages(self, world: Surroundings) -> tuple[Message, ...]:
        """Each message as its recipient sees it, where the arguments alone tell."""
        return () if self.operation.earlier is not None else self.audience(world).messages

    def request(self, world: Surroundings) -> Request:
        """What the vendor is asked for.

        Raises:
            InvalidArgumentError: as `check`.
        """
        if not self._built or self._built[-1][0] is not world:
            self._built[:] = [(world, self.operation.build(self.params, world))]
        return self._built[-1][1]

    def address(self, world: Surroundings) -> Request:
        """Where `request` goes, before it is claimed: its body may change until then.

        Raises:
            InvalidArgumentError: as `check`.
        """
        return self.request(world)

    def check(self, world: Surroundings) -> None:
        """Refuse what only the surroundings can tell.

        Raises:
            InvalidArgumentError: a past time, a missing file.
        """
        if not isinstance(self.operation, OwnAction):
            self.request(world)
