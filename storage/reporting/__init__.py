"""Reporting: statistics, the annual report, sealed years and bulletins as data."""
