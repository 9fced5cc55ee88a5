"""报审: what the county reads before it is published, other than the annual report, whose own case keeps it.

What must go up first is each office's own list [practice]. It is sent, returned with its reason or approved, and only
then published; the county's reply is filed. While the county reads, no day of the office runs; where the paper names
the day of publication, that day stands. It counts in no cell of the form.
"""

from config.declarations.duty import CaseOutcome, Duty, Field, FieldType, Step
from config.declarations.keys import ADDRESS_FIELD, CLERK, PUBLISHED_STEP, TITLE_FIELD, UNTIL_FIELD
from config.declarations.reminder_ladders import Assignee, parse_policy
from config.declarations.requirements import OutcomeRequirement
from config.declarations.terms import Fulfil, Resume, SendBack, Term, Wait

PLAN = "本单位报审清单"
SENT_UP, RETURNED, SENT_AGAIN, APPROVED = "sent_up", "county_returned", "sent_again", "county_approved"
REPLY = Field(key="file", label="县里的答复（或者存放位置）", type=FieldType.FILE, required=True)

STEPS = (
    Step(
        key=SENT_UP,
        label="报送审核",
        article=PLAN,
        effect=Wait(state="waiting_county", until=APPROVED),
        fields=(Field(key="to", label="报送给", required=True),),
        main_field="to",
        once=True,
    ),
    Step(
        key=RETURNED,
        label="县里退回",
        article=PLAN,
        effect=SendBack(to=Assignee(role=CLERK), until=SENT_AGAIN),
        fields=(Field(key="reason", label="退回的理由", required=True), REPLY),
        main_field="reason",
        prerequisites=(SENT_UP,),
    ),
    Step(key=SENT_AGAIN, label="修改后再报", article=PLAN, prerequisites=(RETURNED,)),
    Step(
        key=APPROVED,
        label="县里同意",
        article=PLAN,
        effect=Resume(),
        fields=(REPLY,),
        main_field="file",
        prerequisites=(SENT_UP,),
        once=True,
    ),
    Step(
        key=PUBLISHED_STEP,
        label="公布",
        article=PLAN,
        effect=Fulfil(state="review_published"),
        fields=(Field(key=ADDRESS_FIELD, label="网页地址", type=FieldType.WEB, required=True),),
        main_field=ADDRESS_FIELD,
        prerequisites=(APPROVED,),
    ),
)

DUTY = Duty(
    kind="county_review",
    label="报审",
    article=PLAN,
    term=Term(
        key="review",
        label="报审和公布期限",
        days=20,
        article=f"{PLAN}（没有写明日期的，按20个工作日）",
        last_day_fields=(UNTIL_FIELD,),
    ),
    fields=(
        Field(key=TITLE_FIELD, label="标题", required=True),
        Field(key=UNTIL_FIELD, label="要求公布的日期", type=FieldType.DAY, min_days=0),
    ),
    steps=STEPS,
    outcomes=(
        CaseOutcome(
            key="approved_and_out",
            label="已审定并公布",
            article=PLAN,
            cell="prose.reviews_done",
            needs=(OutcomeRequirement(steps=(PUBLISHED_STEP,)),),
        ),
        CaseOutcome(key="not_out", label="不予公布", article=PLAN),
    ),
    kept_years=10,
    ladder=parse_policy("-10 holder; -3 holder deputy; 0 holder deputy; +1 holder head leader"),
)
