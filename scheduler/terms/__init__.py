"""Terms: statutory dates computed from a case’s events, with their explanation."""
