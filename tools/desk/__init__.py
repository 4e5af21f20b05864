"""What we add to the vendors' operations: the memory of what was done, and the way out of the unknown."""

from tools.desk.batches import LIST_BATCHES
from tools.desk.blocking import BLOCK_NUMBER, LIST_BLOCKED
from tools.desk.brief import GET_MORNING_BRIEF
from tools.desk.campaign_steps import CANCEL_CAMPAIGN, RESUME_CAMPAIGN, START_CAMPAIGN
from tools.desk.campaigns import LIST_CAMPAIGNS, PAUSE_CAMPAIGN
from tools.desk.check_message import CHECK_MESSAGE
from tools.desk.dead_numbers import LIST_DEAD_NUMBERS
from tools.desk.export import EXPORT_RECORDS
from tools.desk.get_campaign import GET_CAMPAIGN
from tools.desk.history import GET_ACTION, LIST_ACTIONS
from tools.desk.import_batch import IMPORT_BATCH
from tools.desk.in_flight import LIST_IN_FLIGHT
from tools.desk.insight import SUMMARIZE_DELIVERY
from tools.desk.move_campaign import MOVE_CAMPAIGN
from tools.desk.number_history import GET_NUMBER_HISTORY
from tools.desk.plan_campaign import PLAN_CAMPAIGN
from tools.desk.read_list import READ_LIST
from tools.desk.reconcile import RECONCILE_ACTION
from tools.desk.rehearse_campaign import REHEARSE_CAMPAIGN
from tools.desk.reply_summary import GET_REPLY_SUMMARY
from tools.desk.retry import RETRY_SAFELY
from tools.desk.retry_failed import RETRY_FAILED
from tools.desk.statement import GET_POINTS_STATEMENT
from tools.desk.stop import STOP_EVERYTHING
from tools.desk_operation import AnyOperation

OPERATIONS: tuple[AnyOperation, ...] = (
    BLOCK_NUMBER,
    GET_REPLY_SUMMARY,
    LIST_BATCHES,
    IMPORT_BATCH,
    EXPORT_RECORDS,
    GET_NUMBER_HISTORY,
    GET_MORNING_BRIEF,
    LIST_BLOCKED,
    LIST_IN_FLIGHT,
    STOP_EVERYTHING,
    SUMMARIZE_DELIVERY,
    LIST_DEAD_NUMBERS,
    GET_POINTS_STATEMENT,
    LIST_ACTIONS,
    GET_ACTION,
    RECONCILE_ACTION,
    RETRY_SAFELY,
    READ_LIST,
    CHECK_MESSAGE,
    PLAN_CAMPAIGN,
    REHEARSE_CAMPAIGN,
    START_CAMPAIGN,
    GET_CAMPAIGN,
    LIST_CAMPAIGNS,
    PAUSE_CAMPAIGN,
    RESUME_CAMPAIGN,
    CANCEL_CAMPAIGN,
    MOVE_CAMPAIGN,
    RETRY_FAILED,
)
"""Every desk operation."""
