"""Validation: which facts a case may take, and what violates its rules."""
