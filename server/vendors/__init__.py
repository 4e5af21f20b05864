"""The only place that does HTTP to a vendor and holds credentials."""
