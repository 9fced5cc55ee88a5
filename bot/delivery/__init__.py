"""Delivery: sends replies, cards and notices through channels, and processes the inbox."""
