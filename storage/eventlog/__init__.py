"""The event log and the projections that are derived from it."""
