"""A wording of a campaign's text that costs its longest filling a part less."""

from tools.campaigns.tally import Tally
from tools.campaigns.wording import Wording, read_wording
from tools.every8d.cheaper import cheaper_wording


def cheaper_for(wording: Wording, tally: Tally) -> str:
    """By the longest text; '' where nothing helps, or a change would meet the name of a column."""
    if not tally.longest:
        return ""
    values = tally.longest[0]

    def filled(text: str) -> str:
        changed = read_wording(text)
        return changed.filled(values) if changed.columns == wording.columns else wording.filled(values)

    return cheaper_wording(wording.text, filled)
