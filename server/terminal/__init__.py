"""What a person does in a terminal: approve, block numbers, look at the policy, check the audit."""
