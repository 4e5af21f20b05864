"""What the sandbox received, as it was received."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from server.sandbox.vendor_call import VendorCall

_KEPT = 10_000
_BODY_CAP = 65_536


@dataclass(slots=True, kw_only=True)
class Entry:
    """One vendor request, and what became of it."""

    n: int
    time: datetime
    call: VendorCall
    fault: str | None = None
    processed: bool = False

    def as_json(self) -> dict[str, object]:
        """The entry for GET /_sandbox/log."""
        call = self.call
        return {
            "n": self.n,
            "time": self.time.isoformat(),
            "method": call.method,
            "path": call.path,
            "headers": dict(call.headers),
            "query": call.query,
            "fields": [list(pair) for pair in call.fields],
            "body": call.body[:_BODY_CAP].decode("utf-8", "replace"),
            "body_bytes": len(call.body),
            "fault": self.fault,
            "processed": self.processed,
        }


@dataclass(slots=True, kw_only=True)
class CallLog:
    """The most recent vendor requests, numbered from 1."""

    entries: deque[Entry] = field(default_factory=lambda: deque[Entry](maxlen=_KEPT))
    count: int = 0

    def add(self, call: VendorCall, time: datetime) -> Entry:
        """Keep a request at the moment it has been read."""
        self.count += 1
        entry = Entry(n=self.count, time=time, call=call)
        self.entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget the requests, not the numbering."""
        self.entries.clear()
