"""投诉举报: somebody complains that disclosure was not done as it must be (条例 art. 47, 51).

The office in charge of disclosure examines what it is told (47); the county's passes it to the town, names a day for
the answer, and may ask for correction or criticise publicly. A complaint made to the town itself is passed up or
examined here. No article sets a term: the day is the county's, or the office's own [practice]. It counts in no cell
of the form: the prose of section one (监督保障) tells of it.
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
from config.declarations.keys import UNTIL_FIELD
from config.declarations.reminder_ladders import parse_policy
from config.declarations.requirements import OutcomeRequirement
from config.declarations.terms import Fulfil, Term

ARTICLES = "条例第四十七条、第五十一条"
OWN_TERM = f"{ARTICLES}（没有规定期限，按交办的日期，没有写明的按本机关自定）"
EXAMINED, REPLIED, CORRECTED = "looked_into", "replied", "put_right"
SOURCES = {
    "county": "县级主管部门交办",
    "direct": "本机关直接收到",
    "other": "其他机关转来",
}
ABOUT = {
    "proactive": "未按要求主动公开",
    "request": "对申请未依法答复处理",
    "other": "其他",
}

STEPS = (
    Step(
        key=EXAMINED,
        label="核查投诉",
        article=ARTICLES,
        fields=(Field(key="finding", label="核实情况", required=True),),
        main_field="finding",
    ),
    Step(
        key=CORRECTED,
        label="登记整改",
        article=ARTICLES,
        fields=(
            Field(key="measure", label="整改措施", required=True),
            Field(key="file", label="整改的凭据", type=FieldType.FILE, required=True),
        ),
        prerequisites=(EXAMINED,),
    ),
    hand_on_step(ARTICLES),
    Step(
        key=REPLIED,
        label="答复或者回报",
        article=ARTICLES,
        effect=Fulfil(state="complaint_answered"),
        fields=(Field(key="to", label="答复、回报给谁（不写姓名）", required=True),),
        main_field="to",
        prerequisites=(EXAMINED,),
    ),
)
ANSWERED = (OutcomeRequirement(steps=(REPLIED,)),)

DUTY = Duty(
    kind="complaint",
    label="投诉举报",
    article=ARTICLES,
    term=Term(
        key="answer",
        label="投诉举报办理期限",
        days=20,
        article=OWN_TERM,
        last_day_fields=(UNTIL_FIELD,),
    ),
    has_applicant=True,
    fields=(
        Field(key="matter", label="投诉的事项（不写个人信息）", required=True),
        Field(key="about", label="类别", type=FieldType.CHOICE, choices=ABOUT, required=True),
        Field(key="came_by", label="来源", type=FieldType.CHOICE, choices=SOURCES, required=True),
        Field(key=UNTIL_FIELD, label="交办要求的日期", type=FieldType.DAY, min_days=0),
    ),
    steps=STEPS,
    outcomes=(
        CaseOutcome(
            key="founded",
            label="属实，已整改",
            article=ARTICLES,
            cell="prose.complaints_founded",
            needs=(*ANSWERED, OutcomeRequirement(steps=(CORRECTED,))),
        ),
        CaseOutcome(key="unfounded", label="不属实，已说明", article=ARTICLES, needs=ANSWERED),
        CaseOutcome(key="passed_on", label="已转送主管部门", article=ARTICLES),
        CaseOutcome(key="withdrawn", label="撤回", article=ARTICLES),
    ),
    counts=(CellCount(moment=Moment.OPENED, cell="prose.complaints_received"),),
    kept_years=30,
    ladder=parse_policy("-5 holder; -2 holder deputy; 0 holder deputy head; +1 holder head leader"),
)
