"""Over 1,000 sayings of villages, leaders and clerks: nothing is recorded but by a plain statement, all are answered.

``said_in_posts.toml`` is what real posts said, ``sayings.toml`` what we thought of ourselves.
"""

from collections import Counter

import pytest

from tests.bot.dispatch.utterances.tables import Saying, hear, judge, read_table

POSTS, OWN = list(read_table("said_in_posts.toml")), list(read_table("sayings.toml"))
PLAIN_MOODS = {"", "plain"}


@pytest.mark.parametrize("saying", POSTS, ids=lambda one: one.says[:24])
def test_what_posts_said_is_understood_or_asked(stage, saying: Saying):
    heard = hear(stage, saying)
    assert judge(saying, heard) == "", (saying, heard.recorded, heard.shown, heard.labels)


def test_our_own_sayings_are_understood_or_asked(stage):
    judged = Counter()
    for saying in OWN:
        heard = hear(stage, saying)
        judged[judge(saying, heard)] += 1
        assert judge(saying, heard) == "", (saying, heard.recorded, heard.shown, heard.labels)
    assert judged[""] == len(OWN)


def test_the_tables_are_as_large_as_they_have_to_be():
    assert len(OWN) >= 600
    assert sum(saying.mood not in PLAIN_MOODS for saying in OWN) >= 150
    assert len(POSTS) >= 220


def test_where_there_are_only_words_nothing_more_is_recorded(words_only):
    """Every eighth saying on a channel without buttons, edits and files."""
    for saying in (*POSTS, *OWN)[::8]:
        heard = hear(words_only, saying)
        assert [kind for kind in heard.recorded if kind != saying.records] == [], saying
        assert heard.shown or saying.silent, saying


def test_a_mood_records_nothing_whoever_says_it(stage):
    """Each mood of the table, said again by somebody else whose it is not."""
    for saying in [one for one in OWN if one.mood not in PLAIN_MOODS][::5]:
        other = Saying(who="副主任" if saying.who != "副主任" else "保密员", says=saying.says)
        assert hear(stage, other).recorded == ()
