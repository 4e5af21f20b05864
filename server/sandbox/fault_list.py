"""Which faults wait for which endpoint."""

from dataclasses import dataclass, field

ANY_PATH = "*"


@dataclass(slots=True, kw_only=True)
class Fault:
    """A fault for the next `times` calls of a page (its last path segment, without case)."""

    path: str
    name: str
    times: int = 1
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
        fault = next((fault for fault in self.waiting if fault.path in {page, ANY_PATH}), None)
        if fault is None:
            return None
        fault.times -= 1
        if fault.times <= 0:
            self.waiting.remove(fault)
        return fault
