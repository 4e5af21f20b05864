"""The fields of a personalised text (EVERY8D 1.5): whoever reads lists needs them too."""

import re

FIELDS = 5
PLACEHOLDER = re.compile(r"%field(\d*)%", re.IGNORECASE)
