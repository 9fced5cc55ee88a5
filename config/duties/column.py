"""网站栏目更新: one column of the office's website, from its first day in the office's file on.

Source: 国办秘函〔2019〕19号 (``config/declarations/website_freshness.py``). Its term runs from the day that the
office's file names as the one of the newest entry (``updated``), else from the day on which the sweep first finds it:
nothing is late on an office's first day only because nobody recorded it before [practice]. Each new entry on the
website starts the term again, also after it had run out; so does a check that finds the date of the newest entry. A
check that finds the column empty makes it due at once. When the program sees a published text on a page below the
column's address, it records a new entry (``bot/publishing/publication_check.py``).

The term counts every day, and its last one stands even where it is a day off: an inspection asks how old the
newest entry is and not whether anybody was at work. A column counts in no cell of the year's form; it ends when
it is taken off the website, which a person records.

The sweep opens one for each column of the office's file. What a case was opened with holds for it: a column that
changes its rule or its term gets a new ``id`` in the file, and a person closes the old case; a new owner is handed
the case.
"""

from config.declarations.duty import (
    CaseOutcome,
    Duty,
    Field,
    FieldType,
    Step,
    hand_on_step,
)
from config.declarations.keys import (
    ADDRESS_FIELD,
    ANYONE,
    COLUMN_KIND,
    DAYS_FIELD,
    NAME_FIELD,
    TITLE_FIELD,
    UPDATED_STEP,
    URL_FIELD,
)
from config.declarations.recurrence import PerRow
from config.declarations.reminder_ladders import Assignee, parse_policy
from config.declarations.terms import ConditionalTerm, Renew, Term, TermUnit
from config.declarations.website_freshness import FRESHNESS_RULES, INSPECTION, FreshnessRule

NEWEST_ON = "newest_on"
FRESHNESS_LABELS = {key: fresh.label for key, fresh in FRESHNESS_RULES.items()}


def _freshness_term(fresh: FreshnessRule) -> Term:
    return Term(
        key="fresh",
        label="更新期限",
        days=fresh.days,
        article=fresh.article,
        unit=TermUnit.EVERY,
        shorter_days_field=DAYS_FIELD,
    )


STEPS = (
    Step(
        key=UPDATED_STEP,
        label="更新栏目",
        article=INSPECTION,
        effect=Renew(),
        fields=(
            Field(key=TITLE_FIELD, label="标题", required=True),
            Field(key=ADDRESS_FIELD, label="网页地址", type=FieldType.WEB),
        ),
        main_field=TITLE_FIELD,
    ),
    Step(
        key="checked",
        label="查看栏目",
        article=INSPECTION,
        effect=Renew(since=NEWEST_ON),
        fields=(
            Field(
                key=NEWEST_ON, label="最新一条的发布日期", type=FieldType.DAY, required=True, past_only=True
            ),
        ),
        main_field=NEWEST_ON,
    ),
    Step(key="found_empty", label="查看时栏目为空", article=INSPECTION, effect=Renew(due_at_once=True)),
    hand_on_step(INSPECTION, with_reason=True),
)

DUTY = Duty(
    kind=COLUMN_KIND,
    label="网站栏目更新",
    article=INSPECTION,
    terms=tuple(
        ConditionalTerm(term=_freshness_term(fresh), when={"rule": key})
        for key, fresh in FRESHNESS_RULES.items()
    ),
    fields=(
        Field(key=NAME_FIELD, label="栏目", required=True),
        Field(key=URL_FIELD, label="网址", required=True),
        Field(key="rule", label="更新要求", type=FieldType.CHOICE, choices=FRESHNESS_LABELS, required=True),
        Field(key="owner", label="负责人", role=ANYONE, required=True),
        Field(key=DAYS_FIELD, label="本单位定的更新天数", type=FieldType.NUMBER),
        Field(key=NEWEST_ON, label="最新一条的发布日期", type=FieldType.DAY, past_only=True),
    ),
    since=NEWEST_ON,
    steps=STEPS,
    outcomes=(
        CaseOutcome(key="withdrawn", label="栏目撤销", article=INSPECTION),
        CaseOutcome(key="merged", label="并入其他栏目", article=INSPECTION),
    ),
    recurrence=PerRow(
        rows="columns",
        facts={
            NAME_FIELD: "name",
            URL_FIELD: "url",
            "rule": "kind",
            "owner": "owner",
            DAYS_FIELD: "days",
            NEWEST_ON: "updated",
        },
    ),
    default_assignee=Assignee(field="owner"),
    ladder=parse_policy("-3 holder; 0 holder deputy; +1 holder deputy head; +5 clerk office_head"),
)
