"""A small sample of the fuzz of ``make proof``, and its controls."""

import random

from tests.bot.dispatch import proofs
from tests.bot.dispatch.fuzz import Fuzz, kinds


def test_payloads_press_nothing():
    assert proofs.prove_presses(1_000)


def test_texts_do_only_what_is_their_speaker_s_to_do():
    assert proofs.prove_texts(300)


def test_texts_passed_on_late_and_out_of_order_do_nothing_that_was_not_meant():
    assert proofs.prove_late_texts(200)


def test_the_fuzz_would_find_words_that_count_as_said_just_now(monkeypatch):
    monkeypatch.setattr(proofs, "CONTROLS", 200)
    assert proofs.control_late_texts()


def test_the_fuzz_would_find_a_handle_that_is_anybody_s(monkeypatch):
    monkeypatch.setattr(proofs, "CONTROLS", 250)
    assert proofs.control_presses()


def test_the_fuzz_would_find_a_group_that_is_taken_for_a_private_chat(monkeypatch):
    monkeypatch.setattr(proofs, "CONTROLS", 250)
    assert proofs.control_texts()


def test_the_same_on_both_engines(both_apps):
    """PostgreSQL refuses NUL, halves of characters and numbers of more than 32 bits."""
    mind = Fuzz(app=both_apps, chance=random.Random(proofs.SEED))  # noqa: S311 - no secret
    for found in (mind.presses(200), mind.texts(200)):
        assert list(kinds(found)) == []
