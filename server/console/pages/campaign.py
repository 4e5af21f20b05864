"""One campaign: how far it is, and what a person can do with it."""

import secrets

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.call_time import timed_call
from server.console.acting import begin
from server.console.asked import field
from server.console.campaign_card import campaign_card, plan_card
from server.console.rehearsal_card import rehearsal_card
from server.console.site import NotTakenError, Site, get, post
from server.gate.plain_looks import PlainLooks
from server.gate.rehearsing import STILL_PLAYED
from tools.campaign_desk import CampaignView
from tools.desk.campaigns import CampaignParams, no_such_campaign
from tools.desk.get_campaign import GET_CAMPAIGN
from tools.desk.rehearse_campaign import REHEARSE_CAMPAIGN, rehearsal
from tools.desk.retry_failed import RETRY_FAILED, retry_figures
from tools.desk_operation import Desk
from tools.problems import RefusedError

_PATH = "/campaigns/{campaign_id}"
_TOOLS = {
    "start": "start_campaign",
    "pause": "pause_campaign",
    "resume": "resume_campaign",
    "move": "move_campaign",
    "cancel": "cancel_campaign",
    "erase": "cancel_campaign",
}


class CampaignPage:
    """The page of one campaign."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """How far it is."""
        return await self._page(request)

    async def step(self, request: Request) -> Response:
        """What a person does with it."""
        form = await self._site.form(request)
        match field(form, "step"):
            case "rehearse":
                return await self._rehearse(request)
            case "retry":
                return await self._retry(request)
            case step if step in _TOOLS:
                return await self._begin(request, step, form)
            case _:
                raise NotTakenError

    async def _begin(self, request: Request, step: str, form: FormData) -> Response:
        campaign = request.path_params["campaign_id"]
        more: dict[str, str] = {}
        if step == "move":
            more = {"send_at": field(form, "send_at")}
        elif step == "erase":
            # The campaign's cancelling would be told again: what it left is another call.
            more = {"request_id": f"again-{secrets.token_hex(4)}"}
        back = _PATH.format(campaign_id=campaign)
        return await begin(self._site, request, _TOOLS[step], back, campaign_id=campaign, **more)

    async def _rehearse(self, request: Request) -> Response:
        """Play it. What takes longer than a page waits for goes on, and the same button shows it."""
        looks, campaign = self._looks(request), request.path_params["campaign_id"]
        plan = await looks.figures(GET_CAMPAIGN, _view, campaign_id=campaign)
        try:
            with timed_call():
                found = await looks.figures(REHEARSE_CAMPAIGN, rehearsal, campaign_id=campaign)
        except RefusedError as refused:
            if refused.problem.code != STILL_PLAYED:
                raise
            return await self._page(request, still_played=True)
        return await self._site.render(
            request, "rehearsal.html", id=plan.id, name=plan.name, card=rehearsal_card(found)
        )

    async def _retry(self, request: Request) -> Response:
        """Plan it again for whom it failed to reach."""
        looks, campaign = self._looks(request), request.path_params["campaign_id"]
        before = await looks.figures(GET_CAMPAIGN, _view, campaign_id=campaign)
        with timed_call():
            found = await looks.figures(RETRY_FAILED, retry_figures, campaign_id=campaign)
        return await self._site.render(
            request, "planned.html", id=found.id, name=before.name, again_of=before.id, card=plan_card(found)
        )

    async def _page(self, request: Request, *, still_played: bool = False) -> Response:
        campaign = request.path_params["campaign_id"]
        found = await self._looks(request).figures(GET_CAMPAIGN, _view, campaign_id=campaign)
        return await self._site.render(
            request, "campaign.html", card=campaign_card(found), still_played=still_played
        )

    def _looks(self, request: Request) -> PlainLooks:
        return PlainLooks(self._site.parts.context, self._site.caller(request))


def routes(site: Site) -> list[Route]:
    """The page's addresses."""
    page = CampaignPage(site)
    return [get(_PATH, page.show), post(_PATH, page.step)]


async def _view(params: CampaignParams, desk: Desk) -> CampaignView:
    found = await desk.campaigns.view(params.campaign_id)
    if found is None:
        raise no_such_campaign()
    return found
