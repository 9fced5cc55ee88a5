"""留言和群众难题: a question or a message from the public, by the mailbox of the website, a hotline or at the window.

A message left unanswered for three months fails an inspection (国办秘函〔2019〕19号); the office answers by its own
rule: fifteen working days unless its document says otherwise [practice], fewer where a message asks for it, and never
later than three months from the day it came. Who wrote it stands apart: the record has the matter and no name. What
is of general use is published with its answer. It counts in no cell of the form: section one's prose and the figures
of the platform tell of it.
"""

from config.declarations.duty import CaseOutcome, CellCount, Duty, Field, FieldType, Moment, Step
from config.declarations.keys import ADDRESS_FIELD, ANYONE, DAYS_FIELD
from config.declarations.reminder_ladders import parse_policy
from config.declarations.requirements import OutcomeRequirement
from config.declarations.terms import Fulfil, Reassign, Term

INSPECTION = "国办秘函〔2019〕19号"
OWN_RULE = "本单位留言办理办法"  # each office's own; the outermost is the inspection's three months
OUTERMOST_MONTHS = 3
OWN_DAYS = 15
PASSED_ON, RETURNED, ANSWERED, RATED = "asked_elsewhere", "heard_back", "answered", "rated"
CAME_BY = {
    "website": "网站信箱",
    "media": "政务新媒体",
    "hotline": "热线电话",
    "window": "窗口当面",
    "letter": "来信",
    "event": "“群众难题我来答”活动",
    "other": "其他",
}
SATISFACTION = {"satisfied": "满意", "fair": "基本满意", "dissatisfied": "不满意"}

STEPS = (
    Step(
        key="assigned",
        label="交办",
        article=OWN_RULE,
        effect=Reassign(),
        fields=(Field(key="to", label="交给", role=ANYONE, required=True),),
        main_field="to",
    ),
    Step(
        key=PASSED_ON,
        label="请其他单位提供情况",
        article=OWN_RULE,
        fields=(Field(key="with", label="单位", required=True),),
        main_field="with",
    ),
    Step(
        key=ANSWERED,
        label="登记答复",
        article=INSPECTION,
        effect=Fulfil(state="message_answered"),
        fields=(Field(key="answer", label="答复要点", required=True, long=True),),
        main_field="answer",
        once=True,
    ),
    Step(
        key="made_public",
        label="公开留言和答复",
        article=INSPECTION,
        fields=(Field(key=ADDRESS_FIELD, label="网页地址", type=FieldType.WEB, required=True),),
        main_field=ADDRESS_FIELD,
        prerequisites=(ANSWERED,),
        after_close=True,
    ),
    Step(
        key=RATED,
        label="满意度评价",
        article=OWN_RULE,
        fields=(
            Field(key="rating", label="评价", type=FieldType.CHOICE, choices=SATISFACTION, required=True),
        ),
        main_field="rating",
        prerequisites=(ANSWERED,),
        after_close=True,
        once=True,
    ),
)


def _answered(key: str, label: str, cell: str) -> CaseOutcome:
    needs = (OutcomeRequirement(steps=(ANSWERED,)),)
    return CaseOutcome(key=key, label=label, article=INSPECTION, cell=cell, needs=needs)


DUTY = Duty(
    kind="message",
    label="留言和群众难题",
    article=INSPECTION,
    term=Term(
        key="answer",
        label="留言答复期限",
        days=OWN_DAYS,
        article=f"{OWN_RULE}；最迟三个月（{INSPECTION}）",
        days_field="own_days",
        shorter_days_field=DAYS_FIELD,
        outermost_months=OUTERMOST_MONTHS,
        outermost_article=INSPECTION,
    ),
    column="rating",
    has_applicant=True,
    fields=(
        Field(key="matter", label="留言的事项（不写个人信息）", required=True),
        Field(key="came_by", label="来源", type=FieldType.CHOICE, choices=CAME_BY, required=True),
        Field(
            key="own_days",
            label="本单位定的工作日数",
            type=FieldType.NUMBER,
            filled_in=True,
            office_value="message_days",
        ),
        Field(key=DAYS_FIELD, label="要求几个工作日内答复（可以更短）", type=FieldType.NUMBER),
    ),
    steps=STEPS,
    outcomes=(
        _answered("answered_public", "已答复，公开", "prose.messages_published"),
        _answered("answered_private", "已答复，不公开", "prose.messages_unpublished"),
        CaseOutcome(key="passed_on", label="已转有权处理的单位", article=OWN_RULE),
        CaseOutcome(key="not_taken", label="不予办理（重复、没有具体内容）", article=OWN_RULE),
    ),
    counts=(
        CellCount(moment=Moment.OPENED, cell="prose.messages_received"),
        CellCount(moment=Moment.CLOSED, cell="prose.messages_closed"),
        CellCount(moment=Moment.CLOSED, cell="prose.messages_rated_{column}"),
        CellCount(moment=Moment.OPEN_AT_END, cell="prose.messages_open"),
    ),
    kept_years=10,
    ladder=parse_policy("-5 holder; -2 holder deputy; 0 holder deputy; +1 holder head; +5 head leader"),
)
