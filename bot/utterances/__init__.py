"""Utterances: turns what somebody wrote into a verb, its slots and its mood, by tables and without a model."""
