"""What the simulated vendors remember: accounts, messages, OMIS's records, the calls seen, the faults set."""
