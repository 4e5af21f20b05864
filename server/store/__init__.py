"""What is remembered: the ledger of actions, the audit, opt-outs, delivery events and vendor locks.

SQLite by default, PostgreSQL to scale out: one schema, one set of statements. It is imported late, with the
server's parts; `errors`, `places` and `sessions`, which the listing of tools needs, import no database.
"""
