"""Runs the readers of foreign files in child processes, with limits of time and memory."""
