"""TaskManager.aspx (001_): which launch or job a call means, and what is answered of it."""

from server.sandbox.omis.actions import act_on_job, act_on_launch
from server.sandbox.omis.answers import Answer, Node, OmisError, record
from server.sandbox.omis.times import shown
from server.sandbox.state.accounts import Manager
from server.sandbox.state.omis_records import Job, Launch
from server.sandbox.vendor_call import VendorCall
from server.sandbox.world import World

_SEARCHES = ("EmailAddress", "SMSNumber", "ExternRefNum")


def manage_task(world: World, manager: Manager, call: VendorCall) -> Answer:
    """The answer of one call. Raises OmisError 110 to 114."""
    if call.get("JobAction") or (call.get("JobID") and not call.get("LaunchAction")):
        return _answer_job(world, manager, call)
    if not call.get("LaunchID") and not call.get("LaunchAction") and any(map(call.get, _SEARCHES)):
        return _search(world, call)
    return _answer_launch(world, call)


def _answer_job(world: World, manager: Manager, call: VendorCall) -> Answer:
    job = world.jobs.get(call.get("JobID").strip())
    if job is None:
        raise OmisError(110, "JobID doesn’t exist")
    node = None
    if action := call.get("JobAction").strip():
        node = act_on_job(world, manager, job, action)
    return Answer(nodes=(node or _job_node(job, _launch_node(world.launches[job.launch_id])),))


def _answer_launch(world: World, call: VendorCall) -> Answer:
    launch = world.launches.get(call.get("LaunchID").strip())
    if launch is None:
        raise OmisError(111, "LaunchID doesn’t exist")
    node = None
    if action := call.get("LaunchAction").strip():
        node = act_on_launch(world, launch, action, call.get("ExpireTime"))
    jobs = [_job_node(job) for job in world.jobs.values() if job.launch_id == launch.launch_id]
    return Answer(nodes=(node or _launch_node(launch, *jobs),))


def _search(world: World, call: VendorCall) -> Answer:
    """Jobs by recipient or by reference: documented by name only, so the shape is ours."""
    mail, number = call.get("EmailAddress").lower(), call.get("SMSNumber")
    key = call.get("ExternRefNum").lower(), call.get("JobType").upper()
    found = [
        job
        for job in world.jobs.values()
        if mail in job.email_addresses
        or number in job.sms_numbers
        or key == (job.reference.lower(), job.type)
    ]
    return Answer(nodes=tuple(_job_node(job, _launch_node(world.launches[job.launch_id])) for job in found))


def _launch_node(launch: Launch, *jobs: Node) -> Node:
    return record(
        "LAUNCH",
        *jobs,
        LAUNCHID=launch.launch_id,
        LAUNCHNAME=launch.name,
        USERID="8001",
        CUSTOMERID="7001",
        STATUS=launch.status,
        ERRORCODE=launch.error_code,
        ERRORMSG=launch.error_text,
        LAUNCHCOUNT=launch.launch_count,
        EXPIRETIME=shown(launch.expires),
    )


def _job_node(job: Job, *launch: Node) -> Node:
    return record(
        "JOB",
        *launch,
        JOBID=job.job_id,
        LAUNCHID=job.launch_id,
        JOBTYPE=job.type,
        EXTERNREFNUM=job.reference,
        STATUS=job.status,
        ERRORCODE=job.error_code,
        ERRORMSG=job.error_text,
    )
