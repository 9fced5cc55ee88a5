"""考核和监督结果: praise, a talk, criticism or an order to correct, with what follows from it.

A government's report tells of assessment, public review and accountability (条例 art. 50): what was said to whom is a
fact here, and not a phrase of the report. An order to correct names its term, and is closed only with the evidence of
the correction. What is done is each office's own [practice]. It counts in no cell of the
form: section one (监督保障) tells of it. Whom it is about is a department, a village or a post, never a name.
"""

from config.declarations.duty import CaseOutcome, CellCount, Duty, Field, FieldType, Moment, Step
from config.declarations.keys import UNTIL_FIELD
from config.declarations.reminder_ladders import parse_policy
from config.declarations.requirements import Condition, OutcomeRequirement
from config.declarations.terms import ConditionalTerm, Fulfil, Term

ARTICLE = "条例第四十六条、第四十七条"
PLAN = "本单位政务公开考核办法"
RESULTS = {
    "praised": "通报表扬",
    "talked": "约谈",
    "criticised": "通报批评",
    "rectify": "责令整改",
}
TOLD, RECTIFIED, CHECKED = "announced", "rectified", "rechecked"

STEPS = (
    Step(
        key=TOLD,
        label="发出通报或者谈话",
        article=PLAN,
        fields=(Field(key="to", label="发给谁（单位或者岗位）", required=True),),
        main_field="to",
    ),
    Step(
        key=RECTIFIED,
        label="整改完成",
        article=PLAN,
        effect=Fulfil(state="rectified"),
        fields=(
            Field(key="measure", label="整改措施", required=True),
            Field(key="file", label="整改的凭据", type=FieldType.FILE, required=True),
        ),
        main_field="measure",
    ),
    Step(
        key=CHECKED,
        label="复查",
        article=PLAN,
        fields=(Field(key="finding", label="复查情况", required=True),),
        main_field="finding",
        prerequisites=(RECTIFIED,),
    ),
)

DUTY = Duty(
    kind="assessment_result",
    label="考核和监督结果",
    article=ARTICLE,
    terms=(
        ConditionalTerm(
            term=Term(
                key="rectify",
                label="整改期限",
                days=20,
                article=f"{PLAN}（没有写明期限的，按20个工作日）",
                last_day_fields=(UNTIL_FIELD,),
            ),
            when={"result": "rectify"},
        ),
    ),
    column="result",
    fields=(
        Field(key="about", label="被通报的单位或者岗位（不写姓名）", required=True),
        Field(key="result", label="结果", type=FieldType.CHOICE, choices=RESULTS, required=True),
        Field(key="reason", label="事由", required=True),
        Field(key=UNTIL_FIELD, label="整改期限", type=FieldType.DAY, min_days=1),
    ),
    conditions=(
        Condition(
            article=PLAN, field="result", values=("praised", "talked", "criticised"), forbidden=(RECTIFIED,)
        ),
        Condition(article=PLAN, field="result", values=("rectify",), forbidden=("done",)),
    ),
    steps=STEPS,
    outcomes=(
        CaseOutcome(key="done", label="已通报", article=PLAN, needs=(OutcomeRequirement(steps=(TOLD,)),)),
        CaseOutcome(
            key="made_good",
            label="整改到位",
            article=PLAN,
            cell="prose.rectified",
            needs=(OutcomeRequirement(steps=(CHECKED,)),),
        ),
        CaseOutcome(key="called_off", label="撤销", article=PLAN),
    ),
    counts=(CellCount(moment=Moment.OPENED, cell="prose.assessed_{column}"),),
    kept_years=30,
    ladder=parse_policy("-5 holder; -1 holder deputy; 0 holder deputy; +1 holder head; +5 head leader"),
)
