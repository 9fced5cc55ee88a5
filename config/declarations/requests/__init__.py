"""Disclosure requests: what their declaration names, by subject: ways in and out, consultation, outcomes."""
