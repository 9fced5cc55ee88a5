"""JSON of others: what is no object is an empty one, and what is stored of it fits every database."""

import pytest

from config.json_text import object_part, parse_json, parse_json_object, storable_json


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", b"\xff", "[" * 100_000])
def test_what_is_no_object_is_an_empty_one(text):
    assert parse_json_object(text) == {}


def test_a_part_that_is_no_object_is_an_empty_one():
    holder = parse_json_object('{"body": {"text": "好"}, "list": [1]}')
    assert object_part(holder, "body") == {"text": "好"}
    assert object_part(holder, "list") == object_part(holder, "none") == {}


def test_half_a_character_stays_escaped_and_comes_back():
    stored = storable_json({"text": "好\ud800"})
    assert stored.encode() == b'{"text": "\xe5\xa5\xbd\\ud800"}'
    assert parse_json(stored) == {"text": "好\ud800"}
