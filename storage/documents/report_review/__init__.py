"""Papers about checked reports: a table of findings, and each report with comments at the places."""
