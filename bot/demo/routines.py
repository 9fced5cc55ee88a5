"""What posts do when they have heard something: read their list, sign what lies before them, freshen their column."""

from __future__ import annotations

import re

from bot.demo.simulated_person import Post, numbers_in, word
from bot.demo.town import Town
from config.duties.column import DUTY as COLUMN

OWN = ("act", "release", "rewrite")
"""What somebody's own story does at its time; a card says no more of it than the list."""
APPROVE, RETURN = word("verb.approve"), word("verb.return")
UPDATED = next(step.label for step in COLUMN.steps if step.main == "title")
GLANCED = re.compile("|".join(word(f"card.asked.{what}", kind="", name="", stage="").strip() for what in OWN))
NEWS = ("村务公开现场会召开", "镇区道路养护完成", "便民服务窗口延时服务", "防汛值守安排", "秋收秸秆综合利用")
LATE = 0.12  # how often somebody lets a column's date pass before looking after it


def reads(town: Town, post: Post) -> None:
    """What came; where it asks for a decision, 待办 and every such card. The rest its story takes care of."""
    if not _worth_opening(post.last):
        return
    listed = post.says(word("verb.todo"))
    for number in _worth_opening(listed):
        card = (
            listed if len(numbers_in(listed)) == 1 else post.says(str(number))
        )  # one thing alone is shown whole
        if APPROVE in post.labels:
            _decides(town, post, number)
        elif COLUMN.label in card:
            _freshens(town, post, number)


def _worth_opening(text: str) -> list[int]:
    """The cases in a message that ask for a decision, or for something new in a column."""
    if len(found := numbers_in(text)) == 1:
        return [] if GLANCED.search(text) and COLUMN.label not in text else found
    lines = [line for line in text.splitlines() if not GLANCED.search(line) or COLUMN.label in line]
    return [number for line in lines for number in numbers_in(line)]


def _decides(town: Town, post: Post, case: int) -> None:
    verb, why = town.verdicts.pop((post.id, case), (APPROVE, ""))
    if verb == RETURN:
        post.presses(verb)
        post.says(why)
    elif why:
        post.does(f"{verb} {case} {why}")
    else:
        post.presses(verb)


def _freshens(town: Town, post: Post, case: int) -> None:
    """A column that its owner is reminded of: something new stands on it from today."""
    luck = town.chance(f"column {case} {town.works.today}")
    if luck.random() >= LATE:
        post.does(f"{UPDATED} {case} {luck.choice(NEWS)}")
