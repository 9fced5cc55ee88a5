"""下一年放假安排: from 1 November the clerk is asked for next year's notice on days off, until it is entered.

The notice of the State Council General Office usually comes out in November. Until it is here, every date that
lies in its year is provisional (暂定). When it is entered (``gongkai calendar add``), the program closes the case:
the fact is in the log. It is asked for once a month, first in the middle of November, when it can be there; of whom
is [practice].
"""

from config.declarations.duty import CaseOutcome, Duty, Field, FieldType
from config.declarations.keys import CALENDAR_NOTICE_KIND, YEAR_FIELD
from config.declarations.recurrence import BeforeNewYear
from config.declarations.reminder_ladders import parse_policy
from config.declarations.terms import Term, TermUnit

NOTICES = "国务院办公厅关于部分节假日安排的通知"
ENTRY_DAYS = 60  # from 1 November to 31 December: later, a date of the new year must not be provisional

ENTRY_TERM = Term(key="enter", label="录入期限", days=ENTRY_DAYS, article=NOTICES, unit=TermUnit.EVERY)

DUTY = Duty(
    kind=CALENDAR_NOTICE_KIND,
    label="下一年放假安排",
    article=NOTICES,
    term=ENTRY_TERM,
    fields=(Field(key=YEAR_FIELD, label="年份", type=FieldType.NUMBER, required=True),),
    outcomes=(CaseOutcome(key="entered", label="已录入", article=NOTICES),),
    recurrence=BeforeNewYear(month=11, day=1, year=YEAR_FIELD),
    notice_year_field=YEAR_FIELD,
    # Working days before and after its end: the middle of November, December, January and February.
    ladder=parse_policy(
        "-32 holder; -11 holder deputy office_head; +10 holder deputy office_head leader;"
        " +30 holder deputy office_head leader"
    ),
)
