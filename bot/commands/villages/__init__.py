"""Commands of the villages: their month, their score, and the items that they send."""
