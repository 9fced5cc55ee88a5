"""The sweep: opens, closes, reminds and audits what is due."""
