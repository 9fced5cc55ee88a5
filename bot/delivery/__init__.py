"""Delivery: sends replies, cards and notices through channels, and works through the inbox."""
