"""Bytes from a vendor to values, hardened. Pure: no network, no disk."""
