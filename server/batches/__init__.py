"""What was sent and what became of it: drawn from the ledger and from what the vendor reported."""
