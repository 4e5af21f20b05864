"""The whole state as JSON, for GET /_sandbox/state."""

from server.sandbox.state.accounts import Account
from server.sandbox.state.messages import Batch, Message
from server.sandbox.state.omis_records import Job, Launch, Report
from server.sandbox.world import World

View = dict[str, object]


def state_view(world: World) -> View:
    """Enough to count which text really went to which number, and under which subject."""
    return {
        "clock": {"now": world.clock.now().isoformat(), "offset_seconds": world.clock.offset_seconds},
        "accounts": [_account(account) for account in world.accounts.values()],
        "managers": [{"login": each.login, "points": float(each.points)} for each in world.managers.values()],
        "batches": [_batch(batch) for batch in world.batches.values()],
        "launches": [_launch(launch) for launch in world.launches.values()],
        "jobs": [_job(job) for job in world.jobs.values()],
        "reports": [_report(report) for report in world.reports.values()],
        "faults": [
            {"path": each.path, "fault": each.name, "times": each.times} for each in world.faults.waiting
        ],
    }


def _account(account: Account) -> View:
    return {
        "uid": account.uid,
        "credit": f"{account.credit:.2f}",
        "international": account.international,
        "legacy": account.legacy,
        "locked": account.locked,
        "failed_logins": account.failed_logins,
        "callback_url": account.callback.url if account.callback else None,
    }


def _batch(batch: Batch) -> View:
    return {
        "batch_id": batch.batch_id,
        "uid": batch.uid,
        "kind": batch.kind,
        "subject": batch.subject,
        "endpoint": batch.endpoint,
        "created": batch.created.isoformat(),
        "messages": [_message(message) for message in batch.messages],
    }


def _message(message: Message) -> View:
    return {
        "mobile": message.mobile,
        "text": message.text,
        "name": message.name,
        "mr": message.record,
        "msgid": message.message_id,
        "sent": message.sent,
        "status": message.status,
        "cost": float(message.cost),
        "send_time": message.send_time.isoformat(),
        "received_time": message.received.isoformat() if message.received else None,
        "replies": [reply.text for reply in message.replies],
    }


def _launch(launch: Launch) -> View:
    return {
        "launch_id": launch.launch_id,
        "name": launch.name,
        "status": launch.status,
        "error_code": launch.error_code,
        "launch_count": launch.launch_count,
        "expires": launch.expires.isoformat(),
    }


def _job(job: Job) -> View:
    return {
        "job_id": job.job_id,
        "launch_id": job.launch_id,
        "type": job.type,
        "status": job.status,
        "error_code": job.error_code,
        "points_needed": float(job.points),
    }


def _report(report: Report) -> View:
    return {
        "report_id": report.report_id,
        "name": report.name,
        "created": report.created.isoformat(),
        "tracked": report.tracked,
        "parts": [
            {
                "type_id": part.type_id,
                "updated": part.updated.isoformat(),
                "revision": part.revision,
                "updating": part.updating_since is not None,
            }
            for part in report.parts.values()
        ],
    }
