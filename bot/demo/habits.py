"""What posts do when they have heard something: read their list, sign what lies before them, freshen their column."""

from __future__ import annotations

from bot.demo.people import Post, numbers_in, word
from bot.demo.town import Town
from config.duty import Renew

APPROVE, RETURN = word("verb.approve"), word("verb.return")
NEWS = ("村务公开现场会召开", "镇区道路养护完成", "便民服务窗口延时服务", "防汛值守安排", "秋收秸秆综合利用")
LATE = 0.12  # how often somebody lets a column's date pass before looking after it


def reads(town: Town, post: Post) -> None:
    """待办, and every card on it that somebody can decide on."""
    listed = post.says(word("verb.todo"))
    for number in numbers_in(listed):
        card = listed if APPROVE in post.labels else post.says(str(number))
        if APPROVE in post.labels:
            _decides(town, post, number)
        else:
            _freshens(town, post, number, card)
        listed = ""  # one thing alone was shown whole: the rest of the list is opened one by one


def _decides(town: Town, post: Post, case: int) -> None:
    verb, why = town.verdicts.pop((post.id, case), (APPROVE, ""))
    if verb == RETURN:
        post.presses(verb)
        post.says(why)
    elif why:
        post.does(f"{verb} {case} {why}")
    else:
        post.presses(verb)


def _freshens(town: Town, post: Post, case: int, card: str) -> None:
    """A column that its owner is reminded of: something new stands on it from today."""
    found = town.case(case)
    duty = town.works.duties[found.opening.kind] if found.opening else None
    step = (
        next((one for one in duty.steps if type(one.effect) is Renew and one.fields), None) if duty else None
    )
    if duty is None or step is None or duty.label not in card:
        return
    luck = town.chance(f"column {case} {town.works.today}")
    if luck.random() >= LATE:
        post.does(f"{step.label} {case} {luck.choice(NEWS)}")
