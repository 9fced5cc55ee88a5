"""月度通报: one case for each month, once every village's month is closed. What it tells was counted by then.

Its text passes the office's chain for bulletins before it is sent: 审核 and 签发, by different people. What is
recorded after it was counted stands in the next one; ``recounted`` counts anew before it goes out. [practice]

A bulletin counts in no cell of the year's form.
"""

from config.declarations.duty import CaseOutcome, Duty, Field, FieldType, Step
from config.declarations.keys import (
    BULLETIN_CHAIN,
    BULLETIN_KIND,
    MONTH_FIELD,
    RECOUNTED_STEP,
    SENT_STEP,
    VILLAGE_REPORT_KIND,
)
from config.declarations.recurrence import AfterVillageRound
from config.declarations.reminder_ladders import parse_policy
from config.declarations.requirements import OutcomeRequirement
from config.declarations.terms import Fulfil, Recount, Term

RULES = "本单位信息报送办法"  # each town's own; there is no article
SENDING_DAYS = 5  # working days [practice]: a bulletin is about the month before, not about last season

TOLD, NOT_TOLD = "told", "not_told"
SEND_TERM = Term(key="send", label="通报期限", days=SENDING_DAYS, article=RULES)

STEPS = (
    Step(key=RECOUNTED_STEP, label="重新计数", article=RULES, effect=Recount()),
    Step(
        key=SENT_STEP,
        label="发出通报",
        article=RULES,
        effect=Fulfil(state="sent"),
        fields=(Field(key="to", label="发给"),),
        once=True,
        requires_approval=True,
    ),
)

DUTY = Duty(
    kind=BULLETIN_KIND,
    label="月度通报",
    article=RULES,
    term=SEND_TERM,
    fields=(Field(key=MONTH_FIELD, label="月份", type=FieldType.TEXT, required=True),),
    steps=STEPS,
    outcomes=(
        CaseOutcome(key=TOLD, label="已通报", article=RULES, needs=(OutcomeRequirement(steps=(SENT_STEP,)),)),
        CaseOutcome(key=NOT_TOLD, label="本月不通报", article=RULES),
    ),
    chain=BULLETIN_CHAIN,
    closes_with={SENT_STEP: TOLD},
    rejected=NOT_TOLD,
    recurrence=AfterVillageRound(round_kind=VILLAGE_REPORT_KIND, month=MONTH_FIELD),
    kept_years=10,
    ladder=parse_policy("-2 holder; 0 holder deputy; +1 holder head; +3 head leader"),
)
