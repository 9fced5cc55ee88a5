"""Events: the records, their codec, and folding them into cases, without a database."""
