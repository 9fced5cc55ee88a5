"""Detection of personal data: identity numbers, cards and telephone numbers."""
