"""Why a row of a list gets no text, in words for people."""

from collections.abc import Mapping

from tools.lists.reasons import Reason
from tools.sentence import Sentence, sentence

_REASONS: Mapping[str, Sentence] = {
    Reason.MISSING: sentence("no number"),
    Reason.NOT_A_NUMBER: sentence("no number can be read"),
    Reason.ERROR_VALUE: sentence("an error value of the spreadsheet"),
    Reason.FORMULA_WITHOUT_VALUE: sentence("a formula that was never calculated"),
    Reason.SCIENTIFIC_NOTATION: sentence("written as 9E+08: digits may be lost"),
    Reason.SEVERAL_NUMBERS: sentence("several numbers in one cell"),
    Reason.EXTENSION: sentence("an extension follows the number"),
    Reason.EXTRA_TEXT: sentence("other text beside the number"),
    Reason.LANDLINE: sentence("a landline"),
    Reason.NOT_A_MOBILE: sentence("a service or short number"),
    Reason.NO_SUCH_NUMBER: sentence("there is no such number"),
    Reason.FOREIGN: sentence("of a country that the rules do not allow"),
    Reason.DUPLICATE: sentence("stands in an earlier row"),
    Reason.BLOCKED: sentence("blocked: never to be texted"),
    Reason.DEAD: sentence("dead: texts to it failed for good twice"),
    Reason.FAILED_FOR_GOOD: sentence("the text before failed for good"),
    Reason.HAD_SINCE: sentence("had the same text since, or may have"),
    Reason.OPTED_OUT: sentence("did not agree"),
    Reason.OPENED: sentence("opened the e-mail before"),
    Reason.OPENED_BY_MACHINE: sentence("a machine opened the e-mail before"),
    Reason.CONSENT_UNCLEAR: sentence("neither yes nor no stands in the column of consent"),
    Reason.HIDDEN_ROW: sentence("a hidden row"),
    Reason.FORMULA_TEXT: sentence("a field begins as a formula does"),
    Reason.PIPE_IN_FIELD: sentence("a field holds |, which the vendor cannot take"),
    Reason.PLACEHOLDER_IN_FIELD: sentence("a field holds a placeholder of the vendor"),
    Reason.UNREADABLE_FIELD: sentence("a field holds bytes that cannot be read"),
}


def reason_said(reason: str) -> Sentence:
    """One of the reasons."""
    return _REASONS[reason]
