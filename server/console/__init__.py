"""The face for people: pages on this machine, to see what waits and to decide on it."""
