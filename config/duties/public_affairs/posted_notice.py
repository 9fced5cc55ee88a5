"""张贴公示: a notice that is put up where people pass, stays so many days, and is taken down.

How long it stays is the law's of its matter: a notice before land is taken stays at least ten working days
(土地管理法实施条例 art. 26); lists of social assistance seven working days [practice]; without a matter, seven
[practice]. It is opened on the day it was put up, with the place; its photograph is filed, and it may be taken down
only once its days are over. One that was torn off does not count as posted until it hangs again. Objections that come
in while it hangs are each answered before it is closed; later ones are complaints. It counts in no cell of the form:
section one's prose tells of it.
"""

from config.declarations.duty import (
    CaseOutcome,
    CellCount,
    Duty,
    Field,
    FieldType,
    Moment,
    Step,
    hand_on_step,
)
from config.declarations.keys import MATTER_FIELD, MATTER_KIND, TITLE_FIELD
from config.declarations.reminder_ladders import parse_policy
from config.declarations.requirements import Condition, OutcomeRequirement, notice_for_each
from config.declarations.terms import Fulfil, Resume, Term, Wait

RULES = "本单位公示办法"
PHOTOGRAPHED, DAMAGED, PUT_UP_AGAIN, TAKEN_DOWN = "photographed", "damaged", "put_up_again", "taken_down"
OBJECTED, ANSWERED = "objected", "objection_answered"
STAY_DAYS, STAY_BASIS = "stay_days", "stay_basis"
PHOTOGRAPH = Field(key="file", label="照片（或者存放位置）", type=FieldType.FILE, required=True)
OBJECTION = Field(key="about", label="异议的事项（不写姓名）", required=True)

STEPS = (
    Step(
        key=PHOTOGRAPHED,
        label="存张贴照片",
        article=RULES,
        fields=(PHOTOGRAPH,),
        main_field="file",
        once=True,
    ),
    Step(
        key=DAMAGED,
        label="发现脱落或者毁损",
        article=RULES,
        effect=Wait(state="notice_down", until=PUT_UP_AGAIN),
    ),
    Step(
        key=PUT_UP_AGAIN,
        label="重新张贴",
        article=RULES,
        effect=Resume(),
        fields=(PHOTOGRAPH,),
        main_field="file",
        prerequisites=(DAMAGED,),
    ),
    Step(key=OBJECTED, label="收到异议", article=RULES, fields=(OBJECTION,), main_field="about"),
    Step(
        key=ANSWERED,
        label="答复异议",
        article=RULES,
        fields=(OBJECTION, Field(key="finding", label="核实情况", required=True)),
        main_field="about",
        prerequisites=(OBJECTED,),
    ),
    hand_on_step(RULES),
    Step(
        key=TAKEN_DOWN,
        label="撤下",
        article=RULES,
        effect=Fulfil(state="notice_taken_down"),
        fields=(PHOTOGRAPH,),
        main_field="file",
        prerequisites=(PHOTOGRAPHED,),
        once=True,
    ),
)
EVERY_OBJECTION = notice_for_each(OBJECTED, ANSWERED, RULES)

DUTY = Duty(
    kind="posted_notice",
    label="张贴公示",
    article=RULES,
    term=Term(
        key="stay",
        label="公示期",
        days=7,
        article=RULES,
        days_field=STAY_DAYS,
        article_field=STAY_BASIS,
        minimum=True,
    ),
    fields=(
        Field(key=TITLE_FIELD, label="公示的名称", required=True),
        Field(key="place", label="张贴的地点", required=True),
        Field(
            key=MATTER_FIELD,
            label="目录事项",
            linked_kind=MATTER_KIND,
            copied={STAY_DAYS: "posted", STAY_BASIS: "posted_basis"},
        ),
        Field(key=STAY_DAYS, label="公示几个工作日", type=FieldType.NUMBER),
        Field(key=STAY_BASIS, label="公示的依据"),
    ),
    conditions=(Condition(article=RULES, step=TAKEN_DOWN, forbidden=(OBJECTED, DAMAGED)),),
    steps=STEPS,
    outcomes=(
        CaseOutcome(
            key="stayed",
            label="公示期满，已撤下",
            article=RULES,
            cell="prose.notices_stayed",
            needs=(OutcomeRequirement(steps=(TAKEN_DOWN,)),),
            notices=(EVERY_OBJECTION,),
        ),
        CaseOutcome(key="called_off", label="停止公示", article=RULES),
    ),
    counts=(CellCount(moment=Moment.OPENED, cell="prose.notices_posted"),),
    kept_years=10,
    ladder=parse_policy("0 holder; +1 holder deputy; +5 holder head"),
)
