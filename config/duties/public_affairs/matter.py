"""目录事项: one matter of the office's catalogue, from the day it is taken over until it is dropped from it.

A matter is fed by each text that names it and is published, and by a declaration that there was nothing to publish;
one that is not fed for its time waits for its owner. The time is each office's own [practice]; a matter without one
reminds nobody. What a matter was opened with holds for it: a matter that changes its time gets a new ``id`` in the
office's document, and a person closes the old one. It counts in no cell of the form: the coverage of the catalogue
is told in section six (三).
"""

from config.declarations.annual_dates import UNITS
from config.declarations.disclosure_topics import SUBJECTS
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
from config.declarations.keys import (
    ADDRESS_FIELD,
    ANYONE,
    BASIS_FIELD,
    DAYS_FIELD,
    FED_STEP,
    MATTER_KIND,
    NAME_FIELD,
    SUBJECT_FIELD,
    TITLE_FIELD,
)
from config.declarations.recurrence import PerRow
from config.declarations.reminder_ladders import Assignee, parse_policy
from config.declarations.terms import Renew, Term, TermUnit

PLAN = "本单位政务公开目录"
FED_DAYS, OWNER = "fed_days", "owner"

STEPS = (
    Step(
        key=FED_STEP,
        label="登记公开情况",
        article=PLAN,
        effect=Renew(),
        fields=(
            Field(key=TITLE_FIELD, label="标题", required=True),
            Field(key=ADDRESS_FIELD, label="网页地址", type=FieldType.WEB),
        ),
        main_field=TITLE_FIELD,
    ),
    Step(
        key="nothing_new",
        label="没有新增内容",
        article=PLAN,
        effect=Renew(),
        fields=(Field(key="reason", label="说明", required=True),),
        main_field="reason",
    ),
    hand_on_step(PLAN, with_reason=True),
)

DUTY = Duty(
    kind=MATTER_KIND,
    label="目录事项",
    article=PLAN,
    term=Term(
        key="feed",
        label="公开周期",
        days=0,
        article=PLAN,
        unit=TermUnit.EVERY,
        days_field=FED_DAYS,
    ),
    column=SUBJECT_FIELD,
    fields=(
        Field(key=NAME_FIELD, label="事项", required=True),
        Field(key=SUBJECT_FIELD, label="条例的类别", type=FieldType.CHOICE, choices=SUBJECTS, required=True),
        Field(key="what", label="公开内容"),
        Field(key=OWNER, label="负责人", role=ANYONE, required=True),
        Field(key="channel", label="公开渠道"),
        Field(key=DAYS_FIELD, label="公开期限（天）", type=FieldType.NUMBER),
        Field(key="unit", label="按什么天数", type=FieldType.CHOICE, choices=UNITS),
        Field(key=BASIS_FIELD, label="期限的依据"),
        Field(key="posted", label="公示工作日数", type=FieldType.NUMBER),
        Field(key="posted_basis", label="公示的依据"),
        Field(key=FED_DAYS, label="多少天内应有公开", type=FieldType.NUMBER),
    ),
    steps=STEPS,
    outcomes=(
        CaseOutcome(key="dropped", label="不再列入目录", article=PLAN),
        CaseOutcome(key="merged", label="并入其他事项", article=PLAN),
    ),
    counts=(CellCount(moment=Moment.OPEN_AT_END, cell="prose.catalogue_matters"),),
    recurrence=PerRow(
        rows="matters",
        reference="name",
        facts={
            NAME_FIELD: "name",
            SUBJECT_FIELD: "subject",
            "what": "what",
            OWNER: "owner",
            "channel": "channel_words",
            DAYS_FIELD: "days",
            "unit": "unit",
            BASIS_FIELD: "basis",
            "posted": "posted",
            "posted_basis": "posted_basis",
            FED_DAYS: "fed",
        },
    ),
    default_assignee=Assignee(field=OWNER),
    ladder=parse_policy("-10 holder; 0 holder deputy; +5 holder deputy head; +20 clerk office_head"),
)
