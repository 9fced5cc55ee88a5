"""The lists of the page: one component for cases, requests, items, texts, deliveries and people."""
