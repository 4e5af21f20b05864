"""Alembic migrations; `env.py` and `versions/` are loaded by Alembic from this folder."""
