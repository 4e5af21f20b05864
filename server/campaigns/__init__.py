"""Campaigns from lists: reading the files, plans and their chunks, and what carries them out."""
