"""The session: every scene in order. To add a step, write it into its scene, or a scene of its own."""

from server.demo.scenes_every8d import BOOKING, REFUSALS, SENDING
from server.demo.scenes_omis import LAUNCHES, REPORTS

SESSION = (*SENDING, *BOOKING, *LAUNCHES, *REPORTS, *REFUSALS)
