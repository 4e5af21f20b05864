"""Both vendors, EVERY8D and OMIS, simulated over real HTTP on loopback. See docs/sandbox.md."""
