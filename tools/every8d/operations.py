"""Every operation of EVERY8D, one file for each section of its document."""

from tools.desk_operation import AnyOperation
from tools.every8d.credit import QUERY_CREDIT
from tools.every8d.delivery import GET_MMS_DELIVERY, GET_SMS_DELIVERY
from tools.every8d.delivery_events import LIST_DELIVERY_EVENTS
from tools.every8d.erase import ERASE_MMS_BOOKING, ERASE_SMS_BOOKING
from tools.every8d.replies import GET_SMS_REPLIES
from tools.every8d.send_mms import SEND_MMS
from tools.every8d.send_personalized_sms import SEND_PERSONALIZED_SMS
from tools.every8d.send_sms import SEND_SMS
from tools.every8d.send_sms_deduplicated import SEND_SMS_DEDUPLICATED
from tools.every8d.send_sms_with_message_id import SEND_SMS_WITH_MESSAGE_ID
from tools.every8d.undo import UNDO_SEND

OPERATIONS: tuple[AnyOperation, ...] = (
    QUERY_CREDIT,
    SEND_SMS,
    SEND_SMS_DEDUPLICATED,
    SEND_SMS_WITH_MESSAGE_ID,
    SEND_PERSONALIZED_SMS,
    SEND_MMS,
    GET_SMS_DELIVERY,
    GET_MMS_DELIVERY,
    GET_SMS_REPLIES,
    ERASE_SMS_BOOKING,
    ERASE_MMS_BOOKING,
    UNDO_SEND,
    LIST_DELIVERY_EVENTS,
)
"""In the order of the document."""
