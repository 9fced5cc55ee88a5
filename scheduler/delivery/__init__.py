"""Delivery: takes updates from the inbox and sends notices from the outbox."""
