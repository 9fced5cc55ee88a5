"""Sign-off: who may sign which stage, and how far a text has come."""
