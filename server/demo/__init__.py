"""The demo: a whole session, played by real processes over real connections, which checks itself."""
