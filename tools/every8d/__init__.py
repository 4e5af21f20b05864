"""EVERY8D, one file for each section of its document."""
