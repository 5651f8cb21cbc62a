"""Tables. Matters of villagers at the centre: who works on each, call-backs, tickets."""
