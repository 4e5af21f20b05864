"""What the operator decides: every setting, where it came from, and what is wrong with it."""
