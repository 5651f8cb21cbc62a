"""Tables. Reports: drafts, approvals, what was distributed; warnings."""
