"""What is remembered: the ledger of actions, the audit, opt-outs, delivery events and vendor locks.

SQLite by default, PostgreSQL to scale out: one schema, one set of statements. Modules that the listing of
tools needs (`database`, `actions`, `keys`) do not import SQLAlchemy.
"""
