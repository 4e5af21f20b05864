"""What the operator allows: policy, links, numbers and senders in texts, blocked numbers."""
