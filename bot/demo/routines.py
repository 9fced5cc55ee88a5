"""Routines of simulated posts after a message: read the worklist, sign open texts, update their columns."""

from __future__ import annotations

import re

from bot.demo.simulated_person import CONFIRM_WORD, SimulatedPerson, case_numbers_in, phrase_word
from bot.demo.town import DemoTown
from config.duties.column import DUTY as COLUMN

STORY_WAIT_KINDS = ("act", "release", "rewrite")
"""What somebody's own story does at its time; a card says no more of it than the list."""
APPROVE, RETURN = phrase_word("verb.approve"), phrase_word("verb.return")
READ, NEXT_PAGE = phrase_word("verb.text"), phrase_word("verb.page")
UPDATED_LABEL = next(step.label for step in COLUMN.steps if step.main_field == "title")
SKIPPED_LINES = re.compile(
    "|".join(
        phrase_word(f"card.asked.{what}", kind="", name="", stage="").strip() for what in STORY_WAIT_KINDS
    )
)
COLUMN_NEWS = (
    "村务公开现场会召开",
    "镇区道路养护完成",
    "便民服务窗口延时服务",
    "防汛值守安排",
    "秋收秸秆综合利用",
)
LATE_PROBABILITY = 0.12  # the share of reminders after which a column's date passes


def read_messages(town: DemoTown, post: SimulatedPerson) -> None:
    """Read the new messages; where one asks for a decision, open 待办 and every such card. Stories do the rest."""
    if not _cases_to_open(post.last):
        return
    listed = post.write(phrase_word("verb.todo"))
    for number in _cases_to_open(listed):
        card = (
            listed
            if len(case_numbers_in(listed)) == 1
            else post.write(f"{phrase_word('verb.show')} {number}")
        )  # a single entry is shown as a card
        if APPROVE in post.labels:
            _decide(town, post, number)
        elif COLUMN.label in card:
            _update_column(town, post, number)


def _cases_to_open(text: str) -> list[int]:
    """The cases in a message that ask for a decision or for an update of a column."""
    if len(found := case_numbers_in(text)) == 1:
        return [] if SKIPPED_LINES.search(text) and COLUMN.label not in text else found
    lines = [line for line in text.splitlines() if not SKIPPED_LINES.search(line) or COLUMN.label in line]
    return [number for line in lines for number in case_numbers_in(line)]


def _decide(town: DemoTown, post: SimulatedPerson, case: int) -> None:
    verb, why = town.verdicts.pop((post.id, case), (APPROVE, ""))
    if verb == RETURN:
        post.press(verb)
        post.write(why)
        post.press(CONFIRM_WORD)
    elif why:
        post.perform(f"{verb} {case} {why}", CONFIRM_WORD)
    else:
        _read_and_press(post, verb)


def _read_and_press(post: SimulatedPerson, verb: str) -> None:
    """Press a button of a card; where the text or its photographs are unseen, read it to its end first."""
    said = post.press(verb)
    if READ not in post.labels or said.startswith(phrase_word("talk.recorded", position="")):
        return
    post.press(READ)
    while NEXT_PAGE in post.labels:
        post.press(NEXT_PAGE)
    post.press(verb)


def _update_column(town: DemoTown, post: SimulatedPerson, case: int) -> None:
    """Record that the owner of a column published something new on it today."""
    luck = town.rng(f"column {case} {town.app.today}")
    if luck.random() >= LATE_PROBABILITY:
        post.perform(f"{UPDATED_LABEL} {case} {luck.choice(COLUMN_NEWS)}")
