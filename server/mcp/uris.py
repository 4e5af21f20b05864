"""The addresses of what a caller has: of each batch and campaign one, and of the replies to all of them."""

BATCH_URI = "campaign-ops://batches/"
"""Before a batch's id."""
INBOX_URI = "campaign-ops://inbox/replies"
CAMPAIGN_URI = "campaign-ops://campaigns/"
"""Before a campaign's id."""
