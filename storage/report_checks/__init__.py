"""Checks of an annual report: identities, labels, prose and the year before."""
