"""村级信息报送: one village's month, from the roster of its first day to what was in by its last.

What is asked (how many items, by when, with how much grace, scored by which scheme) stands in the office's
file and is written into the opening, so that a change holds from the next month on. 零报送 is a report;
silence is none. A village is judged on the day it reported itself, whoever then sat on it. [practice]

A month counts in no cell of the year's form. What is adopted, refused or sent back is often known only after
the month is closed, and is recorded with the month it was reported in.
"""

from config.declarations.duty import (
    CaseOutcome,
    Duty,
    Effect,
    Field,
    FieldType,
    Fulfil,
    MonthDay,
    MonthTerm,
    Step,
)
from config.declarations.keys import (
    GRADE_FIELD,
    LEVEL_FIELD,
    MONTH_FIELD,
    POINTS_FIELD,
    TITLE_FIELD,
    VILLAGE_FIELD,
    VILLAGE_REPORT_KIND,
    VILLAGE_REPORTER,
)
from config.declarations.reminder_ladder import Assignee, parse_policy
from config.declarations.village_round import VillageRound

RULES = "本单位信息报送办法"  # each town's own; there is no article

SUBMITTED, ZERO_DECLARED, COMMISSIONED = "submitted", "zero_declared", "commissioned"  # steps
DUE_RULES = {
    MonthDay.DAY.value: "固定日期",
    MonthDay.WORKDAY.value: "第几个工作日",
    MonthDay.LAST_WORKDAY.value: "最后一个工作日",
}
LEVEL_LABELS = {"town": "本级采用", "county": "县级采用", "city": "市级采用", "province": "省级采用"}
GRADE_LABELS = {"first": "第一档", "second": "第二档", "third": "第三档"}
"""Some schemes give items of one level different points by kind (常政办发〔2014〕97号)."""

DUE_TERM = MonthTerm(key="report", label="报送期限", article=RULES, rule="due_rule", number="due_number")
REPORTED_EFFECT = Fulfil(state="reported")


def _number_field(key: str, label: str, *, required: bool = False) -> Field:
    return Field(key=key, label=label, type=FieldType.NUMBER, required=required)


ITEM_TITLE = Field(key=TITLE_FIELD, label="标题", required=True)
REASON_FIELD = Field(key="reason", label="理由", required=True)

STEPS = (
    Step(
        key=SUBMITTED,
        label="报送信息",
        article=RULES,
        effect=REPORTED_EFFECT,
        fields=(ITEM_TITLE, _number_field("items", "条数")),
        after_close=True,  # what was sent back is often sent again after the month is over
    ),
    Step(key=ZERO_DECLARED, label="零报送", article=RULES, effect=REPORTED_EFFECT),
    Step(
        key="returned",
        label="退回修改",
        article=RULES,
        office_only=True,
        effect=Effect(),
        fields=(_number_field("items", "退回条数"), REASON_FIELD),
        prerequisites=(SUBMITTED,),
        after_close=True,
    ),
    Step(
        key="rejected",
        label="不予采用",
        article=RULES,
        office_only=True,
        effect=Effect(),
        fields=(ITEM_TITLE, REASON_FIELD),
        prerequisites=(SUBMITTED,),
        after_close=True,
    ),
    Step(
        key=COMMISSIONED,
        label="完成约稿",
        article=RULES,
        office_only=True,
        fields=(ITEM_TITLE,),
        after_close=True,
    ),
    Step(
        key="adopted",
        label="采用",
        article=RULES,
        office_only=True,
        effect=Effect(),
        fields=(
            ITEM_TITLE,
            Field(
                key=LEVEL_FIELD, label="采用级别", type=FieldType.CHOICE, choices=LEVEL_LABELS, required=True
            ),
            Field(key=GRADE_FIELD, label="档次", type=FieldType.CHOICE, choices=GRADE_LABELS),
            _number_field(POINTS_FIELD, "核定分值"),
        ),
        prerequisites=(SUBMITTED, COMMISSIONED),
        after_close=True,
    ),
    Step(
        key="mistaken",
        label="严重差错",
        article=RULES,
        office_only=True,
        effect=Effect(),
        fields=(REASON_FIELD,),
        prerequisites=(SUBMITTED,),
        after_close=True,
    ),
)


def _outcome(key: str, label: str) -> CaseOutcome:
    # Rests on no step: a report entered for the wrong village must be struck out even after the close, whose
    # word the sweep then mends.
    return CaseOutcome(key=key, label=label, article=RULES)


DUTY = Duty(
    kind=VILLAGE_REPORT_KIND,
    label="村级信息报送",
    article=RULES,
    term=DUE_TERM,
    fields=(
        Field(key=VILLAGE_FIELD, label="村", required=True),
        Field(key=MONTH_FIELD, label="月份", required=True),
        Field(key="due_rule", label="截止日怎么定", type=FieldType.CHOICE, choices=DUE_RULES, required=True),
        _number_field("due_number", "几日，或第几个工作日"),
        _number_field("grace", "宽限工作日数"),
        _number_field("minimum", "最低条数"),
        Field(key="scheme", label="计分办法"),
    ),
    default_assignee=Assignee(field=VILLAGE_FIELD, place=VILLAGE_REPORTER),
    buttons=(SUBMITTED, ZERO_DECLARED),
    ladder=parse_policy("-5 holder; -2 holder deputy; 0 holder deputy; +1 holder deputy head; +2 head clerk"),
    steps=STEPS,
    outcomes=(
        _outcome("reported_on_time", "按时报送"),
        _outcome("reported_late", "迟报"),
        _outcome("zero_declared", "零报送"),
        _outcome("not_reported", "未报送"),
    ),
    village_round=VillageRound(
        village=VILLAGE_FIELD,
        month=MONTH_FIELD,
        minimum="minimum",
        grace="grace",
        scheme="scheme",
        submitted=SUBMITTED,
        items="items",
        nothing=ZERO_DECLARED,
        returned="returned",
        adopted="adopted",
        rejected="rejected",
        commissioned=COMMISSIONED,
        mistaken="mistaken",
        on_time="reported_on_time",
        late="reported_late",
        declared="zero_declared",
        missing="not_reported",
    ),
)
