"""The face for people: pages on this machine, on which a person sees, decides and signs in.

A page is a file of `pages/` with `routes(site)`, and a template that extends `base.html`. `Site` (`site.py`)
renders, reads forms with their guard, says a sentence in the reader's language and tells who signed in. What
a page does goes through the gate and the ledger, as a tool's call does.
"""
