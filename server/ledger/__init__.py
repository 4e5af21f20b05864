"""Actions, approvals and the audit as steps: one transaction each."""
