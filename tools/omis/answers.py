"""A reply of OMIS as what it says: the call's own answer, records, and the rest.

Whose error is an ERRORCODE? The documents use the name for both, and the nesting is unknown. The rule:

- A group that has one of `DETAILS` (STATUS, LAUNCHCOUNT, REPORTPATH, DOWNLOADLINK) describes something: it
  is a record, and its ERRORCODE, positive or not, is the record's.
- A group that has neither those nor an id is the call's own answer.
- A group with a positive ERRORCODE and nothing else but ids is the call's own answer that repeats the id,
  unless other records stand beside it: then it is the error of one of them.
- A group with ids and no positive ERRORCODE is a record.

A call fails when its own answer has a positive ERRORCODE (`FailedUrl`: 如果有錯誤發生(ErrorCode > 0)).
"""

import re
from dataclasses import dataclass, field, replace

from tools.omis.codes import Page, failed_action, refusal
from tools.omis.groups import ANCHORS, DETAILS, Group, flat_groups, groups_of
from tools.omis.redirects import Redirected, read_location
from tools.operation import OmisOptions, Reply
from tools.wire.csv_table import first_rows, read_table
from tools.wire.errors import UnreadableReply
from tools.wire.text import decode_text, looks_like_html
from tools.wire.xml_body import MAX_BYTES, is_xml, read_xml, without_illegal

_OK = 200
_REDIRECTS = range(300, 400)
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")
_CSV_NAMES: dict[Page, frozenset[str]] = {
    "ManageReport": frozenset({"reportjobid", "reporttypeid", "reportpath", "downloadlink", "errorcode"}),
    "TaskManager": frozenset({"launchid", "jobid", "errorcode"}),
}
_STATE_NOT_SHOWN = "Accepted, but the state in the answer does not show it yet; query it to be sure."
_DROPPED = "Control characters that XML forbids were left out of this answer: {count}."
_MAGIC = (b"%PDF-", b"PK\x03\x04")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a reply says. `content` means that it is a report itself (ResponseMode 2 and 3), not about one."""

    calls: tuple[Group, ...] = ()
    records: tuple[Group, ...] = ()
    other: Group = field(default_factory=dict[str, str])
    content: bool = False
    dropped: int = 0
    """How many characters that XML forbids were left out, to read the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an action was about: the id's name (lower case) and value; no name means everything."""

    name: str = ""
    value: str = ""

    def includes(self, group: Group) -> bool:
        """Whether a group speaks about it: it has that id, or no id at all."""
        if not self.name:
            return True
        ids = ANCHORS & group.keys()
        if self.name not in ids:
            return not ids or (self.name == "reportjobid" and set(ids) == {"reporttypeid"})
        # A job's record can name its launch: it is still about the job.
        same = group[self.name].casefold() == self.value.casefold()
        return same and (self.name != "launchid" or "jobid" not in ids)


def integer(text: str | None) -> int | None:
    """A whole number such as `-2`, or None for anything else."""
    return int(text) if text is not None and _INTEGER.fullmatch(text) else None


def error_code(group: Group) -> int | None:
    """The group's ERRORCODE as a number."""
    return integer(group.get("errorcode"))


def read_groups(reply: Reply, options: OmisOptions, page: Page, *, nothing: str = "") -> list[Group] | None:
    """The groups of a reply in XML, in CSV or as a redirect; None when it is none of them but readable.

    Raises:
        UnreadableReply: HTML, another status than 200, a strange redirect, undecodable or ambiguous content.
        RefusedError: OMIS redirected to the configured FailedUrl.
    """
    if reply.location is not None and reply.status in _REDIRECTS:
        return _redirected(read_location(reply.location, options), page, nothing)
    if reply.status != _OK:
        raise UnreadableReply("An answer with HTTP status 200 was expected.")
    if reply.body.startswith(_MAGIC):
        return None
    text = decode_text(reply.body, reply.content_type)
    if looks_like_html(text):
        raise UnreadableReply("XML or CSV was expected, and a web page came.")
    if is_xml(text):
        return groups_of(read_xml(reply.body, reply.content_type))
    return _table_groups(text, page)


def read_answer(reply: Reply, options: OmisOptions, page: Page) -> Answer:
    """The answer to a query. Characters that XML forbids are left out of it, and counted.

    Raises:
        RefusedError: the call's own answer has a positive ERRORCODE.
        UnreadableReply: nothing in the reply can be recognised.
    """
    legal, dropped = _legal(reply)
    groups = read_groups(legal, options, page)
    if groups is None:
        if page == "ManageReport" and _is_content(reply):
            return Answer(content=True)
        raise UnreadableReply("XML or CSV with names of the document was expected.")
    answer = classified(groups)
    for group in answer.calls:
        code = error_code(group)
        if code is not None and code > 0:
            raise refusal(page, code, group.get("errormsg", ""))
    if not answer.records and not any(error_code(group) == 0 for group in answer.calls):
        raise UnreadableReply("Records, or an ERRORCODE, were expected.")
    return replace(answer, dropped=dropped)


def dropped_note(answer: Answer) -> str:
    """What is said of an answer that lacks characters; empty for one that is whole."""
    return _DROPPED.format(count=answer.dropped) if answer.dropped else ""


def _legal(reply: Reply) -> tuple[Reply, int]:
    if reply.location is not None or reply.body.startswith(_MAGIC) or len(reply.body) > MAX_BYTES:
        return reply, 0
    kept, dropped = without_illegal(decode_text(reply.body, reply.content_type, keep_nul=True))
    if not dropped or not is_xml(kept):
        return reply, 0
    return replace(reply, body=kept.encode(), content_type="text/xml; charset=utf-8"), dropped


def classified(groups: list[Group]) -> Answer:
    """Tell the call's own answer, the records and the rest apart, by the rule above."""
    records = [group for group in groups if (ANCHORS | DETAILS) & group.keys()]
    echoes = [group for group in records if _is_echo(group)]
    if len(echoes) < len(records):
        echoes = []
    calls = [group for group in groups if "errorcode" in group and group not in records]
    other: Group = {}
    for group in groups:
        if group not in records and group not in calls:
            other = group | other
    return Answer(
        calls=(*calls, *echoes),
        records=tuple(group for group in records if group not in echoes),
        other=other,
    )


def check_accepted(
    groups: list[Group] | None, page: Page, about: About, *, state: int | None = None, nothing: str
) -> str:
    """Make sure that an action's answer says that it was carried out; return a note, mostly empty.

    Groups about another thing do not count. `state` is the negative ERRORCODE that the thing has
    afterwards (-2 once paused), if the action leads to one. Evidence is, in this order: the call's own
    ERRORCODE (0 accepted, positive refused); a record of the thing (with one of `DETAILS`) whose ERRORCODE
    is 0 or is `state`. A positive ERRORCODE in such a record can be an older error of the thing, so it
    proves nothing.

    Raises:
        RefusedError: the call's own ERRORCODE is positive.
        UnreadableReply: neither of both; the outcome is unknown.
    """
    told = [group for group in groups or () if "errorcode" in group and about.includes(group)]
    calls = [group for group in told if not DETAILS & group.keys()]
    codes = {error_code(group) for group in calls or told}
    if calls and all(code is not None and code > 0 for code in codes):
        raise failed_action(page, error_code(calls[0]), calls[0].get("errormsg", ""), nothing=nothing)
    if codes == {0}:
        return _STATE_NOT_SHOWN if state is not None and not calls else ""
    if not calls and state is not None and codes == {state}:
        return ""
    raise UnreadableReply("An ERRORCODE that says whether the action was accepted was expected.")


def _is_echo(group: Group) -> bool:
    return (error_code(group) or 0) > 0 and not DETAILS & group.keys()


def _redirected(redirected: Redirected, page: Page, nothing: str) -> list[Group]:
    groups = flat_groups(redirected.pairs)
    codes = {error_code(group) for group in groups if "errorcode" in group}
    failed = any(code is not None and code > 0 for code in codes)
    if redirected.target == "failed":
        if codes and not failed:
            raise UnreadableReply("A positive ERRORCODE was expected at the FailedUrl.")
        if not codes:
            text = next((group["errormsg"] for group in groups if "errormsg" in group), "")
            raise refusal(page, None, text, nothing=nothing)
    if redirected.target == "successful":
        if failed:
            raise UnreadableReply("No positive ERRORCODE was expected at the SuccessfulUrl.")
        if not codes:
            groups.append({"errorcode": "0"})
    return groups


def _table_groups(text: str, page: Page) -> list[Group] | None:
    try:
        header = {name.strip().lower() for row in first_rows(text, 1) for name in row}
    except UnreadableReply:
        return None
    if not header & _CSV_NAMES[page]:
        return None
    rows = [group for row in read_table(text) for group in flat_groups(row.items())]
    # A header with the document's names and no rows is an empty list, and no error.
    return rows or [{"errorcode": "0"}] if "errorcode" not in header else rows


def _is_content(reply: Reply) -> bool:
    if reply.body.startswith(_MAGIC):
        return True
    try:
        rows = first_rows(decode_text(reply.body, reply.content_type), 20)
    except UnreadableReply:
        return False
    return bool(rows) and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1
