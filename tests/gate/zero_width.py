"""Signs that take no place on a screen, to be put between those of a host or a number."""

ZERO_WIDTH = [
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u034f",
    "\u3164",
    "\U000e0041",
    "\ufe0f",
]
