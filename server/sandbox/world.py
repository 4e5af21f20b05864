"""Everything that the sandbox remembers. A reset replaces the whole of it."""

from dataclasses import dataclass, field

from server.sandbox.clock import Clock
from server.sandbox.outbox import Outbox
from server.sandbox.state.accounts import Account, Manager, Token, every8d_accounts, omis_managers
from server.sandbox.state.call_log import CallLog
from server.sandbox.state.fault_list import FaultList
from server.sandbox.state.messages import Batch
from server.sandbox.state.omis_records import Job, Launch, OmisManner, Report
from server.sandbox.state.omis_seed import seed_launches, seed_reports


@dataclass(slots=True, kw_only=True)
class World:
    """The state of both vendors. Mutable: it is the simulation."""

    outbox: Outbox
    clock: Clock = field(default_factory=Clock)
    accounts: dict[str, Account] = field(default_factory=every8d_accounts)
    tokens: dict[str, Token] = field(default_factory=dict[str, Token])
    managers: dict[str, Manager] = field(default_factory=omis_managers)
    batches: dict[str, Batch] = field(default_factory=dict[str, Batch])
    omis: OmisManner = field(default_factory=OmisManner)
    launches: dict[str, Launch] = field(init=False)
    jobs: dict[str, Job] = field(init=False)
    reports: dict[str, Report] = field(init=False)
    log: CallLog = field(default_factory=CallLog)
    faults: FaultList = field(default_factory=FaultList)

    def __post_init__(self) -> None:
        now = self.clock.now()
        self.launches, self.jobs = seed_launches(now)
        self.reports = seed_reports(now)
