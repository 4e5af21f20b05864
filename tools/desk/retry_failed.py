"""A campaign planned again for those whom it failed to reach: a plan of its own, and a yes of its own."""

from tools.campaign_desk import PlanFigures
from tools.desk.campaigns import SECTION, CampaignId
from tools.desk.plan_campaign import CampaignPlan, plan_told
from tools.desk_operation import Desk, DeskOperation
from tools.every8d.texts import SendAt
from tools.operation import Params, Risk


class RetryFailedParams(Params):
    """Which campaign, and when."""

    campaign_id: CampaignId
    send_at: SendAt = None


async def _retry(params: RetryFailedParams, desk: Desk) -> CampaignPlan:
    return plan_told(await retry_figures(params, desk))


async def retry_figures(params: RetryFailedParams, desk: Desk) -> PlanFigures:
    """Plan it again; nothing is sent."""
    return await desk.campaigns.retry(params.campaign_id, params.send_at)


RETRY_FAILED = DeskOperation(
    name="retry_failed",
    title="Plan failed recipients again",
    description=(
        "Plan a campaign again (another round) for the failed ones that it never reached, not for the "
        "unknown. Nothing is sent. 活動失敗名單再排一次、補發沒收到的人。"
    ),
    toolset="desk",
    vendor=None,
    serves="every8d",
    section=SECTION,
    risk=Risk.CHANGE,
    params=RetryFailedParams,
    result=CampaignPlan,
    run=_retry,
)
