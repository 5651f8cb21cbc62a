"""Tables. Calls for help: who acknowledged each, and what came of it."""
