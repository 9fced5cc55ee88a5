"""年度安排: a date of the office's year: the openness day, the guide and the catalogue, training, the county's own.

Which dates there are, how each is named, who owns it and what is to be filed stands in the office's file
(``[[date]]``) and is written into the opening, so that a change holds from the next year on. The law asks for the
guide and the catalogue to be kept up to date (条例 12) and for training (条例 48); it names no day. [practice]

A date is done when somebody says so, and closed only once its evidence is filed. It counts in no cell of the
year's form: what was held is recorded as an activity, which the report's prose draws on.
"""

from config.declarations.annual_dates import ANNUAL_TERM_FACTS, ANNUAL_TERM_FIELDS, AnnualTerm
from config.declarations.duty import CaseOutcome, Duty, Field, FieldType, Step
from config.declarations.keys import (
    ANYONE,
    BASIS_FIELD,
    EVIDENCE_FILED_STEP,
    NAME_FIELD,
    YEAR_FIELD,
    YEARLY_KIND,
)
from config.declarations.recurrence import Yearly
from config.declarations.reminder_ladders import Assignee, parse_policy
from config.declarations.requirements import OutcomeRequirement
from config.declarations.terms import Effect, Fulfil, Reassign
from config.office.model import CHAIN_KINDS

PLAN = "本单位年度安排"  # each office's own; where an article stands behind a date, its opening says so
DAYS_AHEAD = 30  # days: a month to prepare [practice]
EVIDENCE_FIELD = Field(key="file", label="材料的SHA-256，或存放位置", type=FieldType.FILE, required=True)
OWNER, SIGN_OFF = "owner", "sign_off"

STEPS = (
    Step(key="prepared", label="完成准备", article=PLAN, fields=(Field(key="note", label="说明"),)),
    Step(
        key="handed_on",
        label="转交",
        effect=Reassign(),
        fields=(Field(key="to", label="转给", role=ANYONE, required=True),),
        main_field="to",
    ),
    Step(key="done", label="办理完毕", article=PLAN, effect=Fulfil(state="done"), once=True),
    Step(
        key=EVIDENCE_FILED_STEP,
        label="材料归档",
        article=PLAN,
        effect=Effect(),
        fields=(EVIDENCE_FIELD,),
        main_field="file",
        requires_approval=True,  # where the office set a sign-off: only what every stage has signed
    ),
)

DUTY = Duty(
    kind=YEARLY_KIND,
    label="年度安排",
    article=PLAN,
    term=AnnualTerm(key="date", label="办理日期", article=PLAN, year=YEAR_FIELD),
    fields=(
        Field(key=NAME_FIELD, label="事项", required=True),
        Field(key=YEAR_FIELD, label="年度", type=FieldType.NUMBER, required=True),
        Field(key=OWNER, label="负责人", role=ANYONE, required=True),
        *ANNUAL_TERM_FIELDS,
        Field(key="evidence", label="归档材料"),
        Field(key=SIGN_OFF, label="审签链", type=FieldType.CHOICE, choices=CHAIN_KINDS),
        Field(key=BASIS_FIELD, label="依据"),
    ),
    steps=STEPS,
    outcomes=(
        CaseOutcome(
            key="done", label="已办", article=PLAN, needs=(OutcomeRequirement(steps=(EVIDENCE_FILED_STEP,)),)
        ),
        CaseOutcome(key="not_held", label="本年不办", article=PLAN),
    ),
    chain_field=SIGN_OFF,
    recurrence=Yearly(
        rows="year_dates",
        facts={
            NAME_FIELD: "name",
            OWNER: "owner",
            **ANNUAL_TERM_FACTS,
            "evidence": "evidence",
            SIGN_OFF: "sign_off",
            BASIS_FIELD: "article",
        },
        year=YEAR_FIELD,
        ahead=DAYS_AHEAD,
    ),
    default_assignee=Assignee(field=OWNER),
    kept_years=10,
    ladder=parse_policy(
        "-20 holder; -5 holder; -1 holder deputy; 0 holder deputy; +1 holder head; +5 head leader"
    ),
)
