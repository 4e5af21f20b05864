"""The one path that every call takes: policy, approval, ledger, audit, masking."""
