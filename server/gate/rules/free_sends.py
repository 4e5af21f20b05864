"""Which sends need no approval: small ones to the operator's own test numbers."""

from server.gate.rules.policy import Intent
from server.settings.policy import PolicySettings
from tools.operation import Risk


def needs_no_approval(intent: Intent, policy: PolicySettings, *, read_outside_text: bool) -> str | None:
    """Return the name of the rule that lets a small test send through without asking, or None.

    All recipients are test numbers, no copy goes by e-mail, there are few enough of them and few enough
    points, and nothing that somebody outside wrote was read in this session: such a text could be
    what asks for the send.
    """
    points = intent.points
    small = (
        intent.risk is Risk.SPEND
        and not intent.emails
        and 0 < len(intent.recipients) <= policy.test_recipients
        and set(intent.recipients) <= set(policy.test_numbers)
        and points is not None
        and not points.is_nan()
        and points <= policy.test_points
    )
    return "test_numbers" if small and not read_outside_text else None
