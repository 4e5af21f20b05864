"""Which faults wait for which endpoint."""

from dataclasses import dataclass, field

ANY_PATH = "*"


@dataclass(slots=True, kw_only=True)
class Fault:
    """A fault for the next `times` calls of a page (its last path segment, without case).

    `after` calls of that page pass first: OMIS looks and acts on the same one.
    """

    path: str
    name: str
    times: int = 1
    after: int = 0
    seconds: float = 1.0
    processed: bool = False


@dataclass(slots=True, kw_only=True)
class FaultList:
    """Faults in the order in which they were set."""

    waiting: list[Fault] = field(default_factory=list[Fault])

    def add(self, fault: Fault) -> None:
        """Let a fault wait for its calls."""
        self.waiting.append(fault)

    def take(self, page: str) -> Fault | None:
        """The fault that the present call of a page meets, used up by one."""
        for fault in [each for each in self.waiting if each.path in {page, ANY_PATH}]:
            if fault.after == 0:
                return self._used(fault)
            fault.after -= 1
        return None

    def _used(self, fault: Fault) -> Fault:
        fault.times -= 1
        if fault.times <= 0:
            self.waiting.remove(fault)
        return fault
