"""Campaigns, newest first, and planning one."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.call_time import timed_call
from server.campaigns.folder import lists_there
from server.console.asked import ROWS, field, page_asked
from server.console.campaign_card import plan_card
from server.console.shown import CAMPAIGN_STATES, minute, time_of
from server.console.site import Site, get, post
from server.gate.plain_looks import PlainLooks
from tools.desk.campaigns import LIST_CAMPAIGNS
from tools.desk.plan_campaign import PLAN_CAMPAIGN, plan_figures
from tools.problems import Problem, RefusedError

_EMPTY = dict.fromkeys(
    ("name", "list", "text", "hidden", "consent", "trial", "per_hour", "not_between", "send_at"), ""
)
"""The fields of the form: arguments of the tool."""
_ASK = "ask"


class CampaignsPage:
    """The list, and the form of a plan."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """A page of campaigns."""
        found = await self._looks(request).found(LIST_CAMPAIGNS, page=page_asked(request), page_size=ROWS)
        return await self._site.render(
            request, "campaigns.html", found=found.facts, states=CAMPAIGN_STATES, minute=minute
        )

    async def ask(self, request: Request) -> Response:
        """An empty plan."""
        return await self._form(request, {**_EMPTY})

    async def plan(self, request: Request) -> Response:
        """Plan it: nothing is sent. What cannot be planned comes back with what was typed.

        Or begin one for a list, whose name is the person's own and stands in no URL.
        """
        form = await self._site.form(request)
        typed = {name: field(form, name) for name in _EMPTY}
        if field(form, "step") == _ASK:
            return await self._form(request, typed)
        try:
            with timed_call():
                found = await self._looks(request).figures(PLAN_CAMPAIGN, plan_figures, **_arguments(typed))
        except RefusedError as refused:
            return await self._form(request, typed, refused.problem)
        return await self._site.render(
            request, "planned.html", id=found.id, name=typed["name"], again_of="", card=plan_card(found)
        )

    async def _form(
        self, request: Request, typed: dict[str, str], problem: Problem | None = None
    ) -> Response:
        parts = self._site.parts
        shelf = parts.context.owning.shelf_of(self._site.person(request)) or ""
        return await self._site.render(
            request,
            "plan.html",
            status=200 if problem is None else 409,
            typed=typed,
            problem=problem,
            lists=await lists_there(parts.settings, shelf),
            time_of=time_of,
        )

    def _looks(self, request: Request) -> PlainLooks:
        return PlainLooks(self._site.parts.context, self._site.caller(request))


def routes(site: Site) -> list[Route]:
    """The page's addresses."""
    page = CampaignsPage(site)
    return [
        get("/campaigns", page.show),
        get("/campaigns/new", page.ask),
        post("/campaigns/new", page.plan),
    ]


def _arguments(typed: dict[str, str]) -> dict[str, Any]:
    """The tool's arguments; what was left empty is left out."""
    return {name: value for name, value in typed.items() if value}
