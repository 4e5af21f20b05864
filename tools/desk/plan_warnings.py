"""What a person should know before a plan is started, the most important first, in sentences of ours."""

from itertools import chain

from tools.campaign_desk import PlanFigures
from tools.counting import many
from tools.desk.list_notes import not_read, said, to_know, without_format
from tools.every8d.charging import PRICED_UNITS
from tools.lists.tally import Rows

_MOST = 9
_NONE = Rows()
OFTEN = 3
"""Texts in a week that are many for one person."""


def plan_warnings(found: PlanFigures) -> list[str]:
    """Of a plan that was made."""
    told = list(chain(_money(found), _time(found), found.cautions, _people(found), _list(found)))
    more = len(told) - _MOST
    return [*told[:_MOST], *([f"{many(more, 'more note')}: read_list tells."] if more > 0 else [])]


def _money(found: PlanFigures) -> list[str]:
    missing = -(found.points_left or 0)
    return list(found.over_caps) + said(
        (missing > 0, f"Points that are missing: {missing}."),
        (found.abroad, f"Abroad, at three times the price: {many(found.abroad, 'number')}."),
        (
            found.estimate,
            f"Texts above {PRICED_UNITS} characters have no price of the vendor's: an estimate.",
        ),
    )


def _time(found: PlanFigures) -> list[str]:
    return said(
        (found.quiet, f"It goes out when it is started, and not from {found.quiet} (quiet hours)."),
        (
            found.undo_minutes,
            f"Once started it can be taken back for {found.undo_minutes} minutes, with cancel_campaign.",
        ),
        (found.at_night, f"Between 21:00 and 08:00 go out: {many(found.at_night, 'text')}."),
    )


def _people(found: PlanFigures) -> list[str]:
    blank = _NONE if found.found is None else found.found.tally.blank
    return said(
        (blank.count, f"A placeholder has no value for {many(blank.count, 'recipient')}."),
        (found.texted, f"{found.texted} had this text within 24 hours: they are left out when it is sent."),
        (
            found.full,
            f"{found.full} had as many texts today as the limit allows: sent today, it leaves them out.",
        ),
        (found.often, f"For {found.often} it is at least text number {OFTEN} within 7 days."),
    )


def _list(found: PlanFigures) -> list[str]:
    if found.found is None:
        return []
    return [*without_format(found.found), *not_read(found.found), *to_know(found.found.tally)]
