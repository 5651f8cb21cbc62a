"""Tables. The county's shelf of documents: drafts, and what villages must disclose when."""
