"""Tables. What was imported from, and exported to, other platforms."""
