"""Both OMIS pages by path: login, answer, form of the answer, redirect."""

from starlette.responses import RedirectResponse, Response

from server.sandbox.omis.answers import Answer, OmisError, fill_redirect, render, render_xml, to_csv
from server.sandbox.omis.report_files import content, find_file
from server.sandbox.omis.reports import listed_parts, manage_report
from server.sandbox.omis.request import log_in, with_xml_fields
from server.sandbox.omis.tasks import manage_task
from server.sandbox.state.omis_records import OmisManner
from server.sandbox.vendor_call import VendorCall
from server.sandbox.world import World

_REPORTS = "managereport.aspx"
_TASKS = "taskmanager.aspx"
_DOWNLOAD = "download/"
_CONTENT, _ATTACHMENT = "2", "3"
_MOVED = 302


async def answer_omis(world: World, name: str, call: VendorCall) -> Response | None:
    """The answer of a page (its path below /WebAPI/, lower case); None when there is no such page."""
    if name.startswith(_DOWNLOAD):
        return _download(world, name.removeprefix(_DOWNLOAD))
    if name not in {_REPORTS, _TASKS}:
        return None
    file: str | None = None
    try:
        call = await with_xml_fields(call)
        manager = log_in(world, call)
        answer = manage_task(world, manager, call) if name == _TASKS else manage_report(world, call)
        file = _file(world, call, answer) if name == _REPORTS else None
    except OmisError as error:
        answer = Answer(code=error.code, text=error.text)
    return _redirect(call, answer) or _respond(call, answer, file, world.omis)


def _file(world: World, call: VendorCall, answer: Answer) -> str | None:
    """Modes 2 and 3: the report's own content where one report is asked for, else the answer as CSV."""
    if call.get("ResponseMode") not in {_CONTENT, _ATTACHMENT}:
        return None
    if call.get("Option").strip() == "0" and call.get("ReportJobID"):
        return "".join(content(report, part) for report, part in listed_parts(world, call))
    return to_csv(answer, world.omis.root)


def _respond(call: VendorCall, answer: Answer, file: str | None, manner: OmisManner) -> Response:
    mode = call.get("ResponseMode")
    if file is None:
        return render_xml(answer, manner) if mode in {_CONTENT, _ATTACHMENT} else render(answer, manner)
    encoded = file.encode(manner.encoding)
    if mode == _ATTACHMENT:
        return _attachment(encoded, "report.csv", manner.encoding)
    return Response(encoded, media_type=f"text/plain; charset={manner.encoding}")


def _redirect(call: VendorCall, answer: Answer) -> Response | None:
    """SuccessfulUrl (or its misprint) or FailedUrl first, then ReferUrl."""
    by_outcome = ("FailedUrl",) if answer.code > 0 else ("SuccessfulUrl", "SuccessfulUr")
    url = next((call.get(name) for name in (*by_outcome, "ReferUrl") if call.get(name)), "")
    return RedirectResponse(fill_redirect(url, answer), status_code=_MOVED) if url else None


def _download(world: World, name: str) -> Response | None:
    file = find_file(world, name)
    return None if file is None else _attachment(file.encode("utf-8-sig"), name, "utf-8")


def _attachment(encoded: bytes, name: str, encoding: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(encoded, media_type=f"text/csv; charset={encoding}", headers=headers)
