"""A campaign that is planned again, held against what the vendor had said of its earlier texts."""

from collections.abc import Iterator

from tests.judge.campaigns import AGAIN, Campaign, campaigns_of, lost_between
from tests.judge.case import Case
from tests.judge.history import Posted, plain_number


def a_retry_is_for_who_failed(case: Case) -> Iterator[str]:
    """Planned again, a campaign texts whom every earlier text of it failed to reach, as the vendor said.

    Nobody of whom nothing is known, who has it, whom no text can reach, or whom none was sent.
    """
    for campaign in campaigns_of(case):
        if campaign.planned.tool != AGAIN:
            continue
        for post in campaign.posts:
            for number in map(plain_number, post.texted):
                earlier = [*_earlier(case, campaign, post, number)]
                if not earlier:
                    yield f"{post.reference} is planned again, and texts a number that had no text"
                for first in earlier:
                    if not case.had_failed(first, number, post) and not lost_between(case, first, post):
                        yield f"{post.reference} is planned again, and {first.reference} had not failed"


def _earlier(case: Case, campaign: Campaign, post: Posted, number: str) -> Iterator[Posted]:
    """The texts to a number of what the campaign plans again."""
    for other in campaigns_of(case):
        for first in other.posts if other.first == campaign.first and other.id != campaign.id else ():
            had = number in map(plain_number, first.texted) and not case.is_erased(first, number, post)
            if had and case.before(first, post):
                yield first
