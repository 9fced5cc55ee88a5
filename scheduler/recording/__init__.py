"""Recording: the only writer of the log, one unit of work at a time."""
