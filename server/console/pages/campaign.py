"""One campaign: how far it is, and what a person can do with it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.acting import begin
from server.console.asked import field
from server.console.campaign_card import campaign_card
from server.console.site import NotTakenError, Site, get, post
from server.gate.plain_looks import PlainLooks
from tools.campaign_desk import CampaignView
from tools.desk.campaigns import GET_CAMPAIGN, CampaignParams, no_such_campaign
from tools.desk_operation import Desk

_PATH = "/campaigns/{campaign_id}"
_TOOLS = {
    "start": "start_campaign",
    "pause": "pause_campaign",
    "resume": "resume_campaign",
    "cancel": "cancel_campaign",
}


def routes(site: Site) -> list[Route]:
    """The page's addresses."""

    async def show(request: Request) -> Response:
        looks = PlainLooks(site.parts.context, site.caller(request))
        found = await looks.figures(GET_CAMPAIGN, _view, campaign_id=request.path_params["campaign_id"])
        return await site.render(request, "campaign.html", card=campaign_card(found))

    async def step(request: Request) -> Response:
        tool = _TOOLS.get(field(await site.form(request), "step"))
        if tool is None:
            raise NotTakenError
        campaign = request.path_params["campaign_id"]
        return await begin(site, request, tool, _PATH.format(campaign_id=campaign), campaign_id=campaign)

    return [get(_PATH, show), post(_PATH, step)]


async def _view(params: CampaignParams, desk: Desk) -> CampaignView:
    found = await desk.campaigns.view(params.campaign_id)
    if found is None:
        raise no_such_campaign()
    return found
