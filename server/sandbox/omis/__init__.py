"""The simulated OMIS: reports, launches and jobs."""
