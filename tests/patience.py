"""How long a test waits for what must come."""

PATIENCE = 60
"""Seconds. They only end a test that hangs: on a busy machine a process can take 20 to start."""
