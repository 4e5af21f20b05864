"""The simulated EVERY8D: one file for each kind of page."""
