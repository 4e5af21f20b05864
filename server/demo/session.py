"""The session: every scene in order. To add a step, write it into its scene, or a scene of its own."""

from server.demo.scenes_campaign import CAMPAIGN
from server.demo.scenes_every8d import BOOKING, REFUSALS, SENDING
from server.demo.scenes_gate import AUDIT, CAP, OUT_OF_BAND, UNKNOWN
from server.demo.scenes_morning import MORNING
from server.demo.scenes_omis import LAUNCHES, REPORTS

SESSION = (
    *SENDING,
    *MORNING,
    *BOOKING,
    *LAUNCHES,
    *REPORTS,
    *REFUSALS,
    *OUT_OF_BAND,
    *UNKNOWN,
    *CAMPAIGN,
    *CAP,
    *AUDIT,
)
