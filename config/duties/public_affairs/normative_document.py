"""行政规范性文件: one document in force, from its issue to its repeal or expiry; table 2 is counted from it.

It is opened on the day it was issued. It is interpreted in public, with it or within three working days of it at the
latest (provincial rules [practice]), or the reason why not is recorded: without one of the two it cannot be called
complete. Its validity or its review waits for its owner on the day that it names. Issued, repealed and in force are
the cells of table 2 (条例 art. 20(1)): a document with a case is not counted by hand as well.
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
from config.declarations.keys import ADDRESS_FIELD, ANYONE, TITLE_FIELD, UNTIL_FIELD
from config.declarations.reminder_ladder import Assignee, parse_policy
from config.declarations.terms import SetDate, Term

RULES = "本省行政规范性文件管理办法"  # each province's own: the office names it in its plan
ARTICLE_20_1 = "条例第二十条第（一）项"
PRACTICE = "各省政策解读规定（待核实）"
INTERPRETED, NOT_INTERPRETED, COMPLETED = "interpreted", "not_interpreted", "completed"
INTERPRETATION_TERM = Term(key="interpret", label="解读期限", days=3, article=PRACTICE)
OWNER = "owner"

STEPS = (
    Step(
        key=INTERPRETED,
        label="发布解读",
        article=PRACTICE,
        fields=(Field(key=ADDRESS_FIELD, label="网页地址", type=FieldType.WEB, required=True),),
        main_field=ADDRESS_FIELD,
        own_term=INTERPRETATION_TERM,
        once=True,
    ),
    Step(
        key=NOT_INTERPRETED,
        label="不作解读",
        article=PRACTICE,
        fields=(Field(key="reason", label="理由", required=True),),
        main_field="reason",
    ),
    Step(
        key=COMPLETED,
        label="公开齐全",
        article=ARTICLE_20_1,
        prerequisites=(INTERPRETED, NOT_INTERPRETED),
    ),
    Step(
        key="prolonged",
        label="评估后继续有效",
        article=RULES,
        effect=SetDate(),
        fields=(
            Field(key=UNTIL_FIELD, label="有效期或者下次评估", type=FieldType.DAY, required=True, min_days=1),
            Field(key="reason", label="评估意见", required=True),
        ),
        main_field=UNTIL_FIELD,
    ),
    hand_on_step(RULES),
)
REPEALED_CELL = "table2.normative_documents.repealed"

DUTY = Duty(
    kind="normative_document",
    label="行政规范性文件",
    article=ARTICLE_20_1,
    term=Term(
        key="validity",
        label="有效期或者评估日期",
        days=0,
        article=RULES,
        last_day_field=UNTIL_FIELD,
    ),
    fields=(
        Field(key=TITLE_FIELD, label="标题", required=True),
        Field(key="number", label="文号", required=True),
        Field(key=OWNER, label="负责人", role=ANYONE, required=True),
        Field(key=UNTIL_FIELD, label="有效期届满或者评估日期", type=FieldType.DAY, min_days=1),
    ),
    steps=STEPS,
    outcomes=(
        CaseOutcome(key="repealed", label="废止", article=RULES, cell=REPEALED_CELL),
        CaseOutcome(key="expired", label="有效期届满失效", article=RULES, cell=REPEALED_CELL),
    ),
    counts=(
        CellCount(moment=Moment.OPENED, cell="table2.normative_documents.issued"),
        CellCount(moment=Moment.OPEN_AT_END, cell="table2.normative_documents.in_force"),
    ),
    default_assignee=Assignee(field=OWNER),
    ladder=parse_policy("-40 holder; -20 holder; -5 holder deputy; 0 holder deputy; +5 holder head"),
)
