"""行政规范性文件: one document in force, from its issue to its repeal or expiry; table 2 is counted from it.

It is opened on the day it was issued. It is interpreted in public, with it or within three working days of it at the
latest (provincial rules [practice]), or the reason why not is recorded: that is what it is due for first, and without
one of the two it cannot be called complete. Then its review and the end of its validity wait for its owner, each on
the day that it names, the earlier one first; without a day, none runs. A document that was out before this log was
kept (``earlier``) is not asked for an interpretation. Issued, repealed and in force are the cells of table 2 (条例
art. 20(1)): once there is a case, they are counted from the cases alone.
"""

from dataclasses import replace

from config.declarations.duty import (
    FOR_EVER,
    CaseOutcome,
    CellCount,
    Duty,
    Field,
    FieldType,
    Moment,
    Step,
    hand_on_step,
)
from config.declarations.keys import ADDRESS_FIELD, ANYONE, PUBLICATION_KIND, TITLE_FIELD, UNTIL_FIELD
from config.declarations.reminder_ladders import Assignee, parse_policy
from config.declarations.terms import ConditionalTerm, NextTerm, Term

RULES = "本省行政规范性文件管理办法"  # each province's own: the office names it in its plan
ARTICLE_20_1 = "条例第二十条第（一）项"
PRACTICE = "各省政策解读规定（待核实）"
INTERPRETED, NOT_INTERPRETED, COMPLETED = "interpreted", "not_interpreted", "completed"
OWNER, REVIEW, EARLIER = "owner", "review", "earlier"
INTERPRETATION_TERM = Term(key="interpret", label="解读期限", days=3, article=PRACTICE)
DATES_TERM = Term(
    key="validity", label="评估和有效期", days=0, article=RULES, last_day_fields=(REVIEW, UNTIL_FIELD)
)
UNTIL = Field(key=UNTIL_FIELD, label="有效期届满日期", type=FieldType.DAY, min_days=1)
NEXT_REVIEW = Field(key=REVIEW, label="评估日期", type=FieldType.DAY, min_days=1)

STEPS = (
    Step(
        key=INTERPRETED,
        label="发布解读",
        article=PRACTICE,
        effect=NextTerm(term=DATES_TERM),
        fields=(Field(key=ADDRESS_FIELD, label="网页地址", type=FieldType.WEB, required=True),),
        main_field=ADDRESS_FIELD,
        own_term=INTERPRETATION_TERM,
        once=True,
    ),
    Step(
        key=NOT_INTERPRETED,
        label="不作解读",
        article=PRACTICE,
        effect=NextTerm(term=DATES_TERM),
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
        key="reviewed",
        label="评估",
        article=RULES,
        effect=NextTerm(term=DATES_TERM, settled=(REVIEW,)),
        fields=(Field(key="finding", label="评估意见", required=True), NEXT_REVIEW),
        main_field="finding",
    ),
    Step(
        key="prolonged",
        label="延长有效期",
        article=RULES,
        effect=NextTerm(term=DATES_TERM, settled=(UNTIL_FIELD,)),
        fields=(replace(UNTIL, required=True), Field(key="reason", label="理由", required=True)),
        main_field=UNTIL_FIELD,
    ),
    hand_on_step(RULES),
)
REPEALED_CELL = "table2.normative_documents.repealed"

DUTY = Duty(
    kind="normative_document",
    label="行政规范性文件",
    article=ARTICLE_20_1,
    term=INTERPRETATION_TERM,
    terms=(ConditionalTerm(term=DATES_TERM, when={EARLIER: "yes"}),),
    fields=(
        Field(key=TITLE_FIELD, label="标题", required=True),
        Field(key="number", label="文号", required=True),
        Field(key=OWNER, label="负责人", role=ANYONE, required=True),
        UNTIL,
        NEXT_REVIEW,
        Field(key=EARLIER, label="启用本系统以前已经公开", type=FieldType.CHOICE, choices={"yes": "是"}),
        Field(key="text", label="信息发布的编号", linked_kind=PUBLICATION_KIND),
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
    kept_years=FOR_EVER,
    ladder=parse_policy("-40 holder; -20 holder; -5 holder deputy; 0 holder deputy; +5 holder head"),
)
