"""Dispatch: finds the command that an incoming update means, and the office that it is meant for."""
