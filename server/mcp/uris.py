"""The addresses of what a caller has: of each batch and campaign one, of all replies, of the morning."""

BATCH_URI = "campaign-ops://batches/"
"""Before a batch's id."""
INBOX_URI = "campaign-ops://inbox/replies"
BRIEF_URI = "campaign-ops://brief/today"
CAMPAIGN_URI = "campaign-ops://campaigns/"
"""Before a campaign's id."""
