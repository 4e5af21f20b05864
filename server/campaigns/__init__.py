"""Campaigns from lists: reading the files."""
