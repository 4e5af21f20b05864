"""Every tool's good case, by its name."""

from tests.e2e.good_case import Case
from tests.e2e.good_cases_campaigns import CAMPAIGN_CASES
from tests.e2e.good_cases_desk import DESK_CASES
from tests.e2e.good_cases_flight import FLIGHT_CASES
from tests.e2e.good_cases_inbox import INBOX_CASES
from tests.e2e.good_cases_insight import INSIGHT_CASES
from tests.e2e.good_cases_lists import LIST_CASES
from tests.e2e.good_cases_omis import OMIS_CASES
from tests.e2e.good_cases_sms import SMS_CASES

CASES: dict[str, Case] = {
    **SMS_CASES,
    **OMIS_CASES,
    **DESK_CASES,
    **INBOX_CASES,
    **INSIGHT_CASES,
    **LIST_CASES,
    **FLIGHT_CASES,
    **CAMPAIGN_CASES,
}
