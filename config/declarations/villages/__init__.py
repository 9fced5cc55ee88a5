"""The declarations of the villages: a month, its items, and how a case counts others."""
