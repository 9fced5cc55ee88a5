"""撤回行政处罚决定信息: a disclosed penalty was changed, annulled, found unlawful or void, and leaves the website.

The information is withdrawn within three days of that and the reason is said in public (行政处罚法 art. 48). Whether
the three days are working days was not read, so the earlier day is shown and says so. It is opened on the day the
decision was made on which the withdrawal rests, and closed once a person has seen that the page is gone. Whom the
penalty was about is never written here. It counts in no cell of the form: section one's prose tells of it.
"""

from config.declarations.duty import CaseOutcome, Duty, Field, FieldType, Step, hand_on_step
from config.declarations.keys import ADDRESS_FIELD, PUBLICATION_KIND
from config.declarations.reminder_ladders import parse_policy
from config.declarations.requirements import OutcomeRequirement
from config.declarations.terms import Fulfil, Term, TermUnit

ARTICLE = "行政处罚法第四十八条"
FATES = {
    "changed": "变更",
    "annulled": "撤销",
    "unlawful": "确认违法",
    "void": "确认无效",
}
WITHDRAWN, SEEN, REPLACED = "withdrawn", "seen_gone", "replaced"

STEPS = (
    Step(
        key=WITHDRAWN,
        label="撤回并公开说明理由",
        article=ARTICLE,
        effect=Fulfil(state="penalty_withdrawn"),
        fields=(
            Field(key="reason", label="公开说明的理由（不写当事人）", required=True),
            Field(key=ADDRESS_FIELD, label="说明理由的网页地址", type=FieldType.WEB, required=True),
        ),
        main_field=ADDRESS_FIELD,
        once=True,
    ),
    Step(
        key=REPLACED,
        label="公开变更后的决定",
        article="国办发〔2018〕118号",
        fields=(Field(key="text", label="信息发布编号", linked_kind=PUBLICATION_KIND, required=True),),
        prerequisites=(WITHDRAWN,),
        occasional=True,
    ),
    Step(
        key=SEEN,
        label="核对网页已撤下",
        article=ARTICLE,
        fields=(Field(key="finding", label="核对情况", required=True),),
        main_field="finding",
        prerequisites=(WITHDRAWN,),
    ),
    hand_on_step(ARTICLE),
)

DUTY = Duty(
    kind="penalty_withdrawal",
    label="撤回行政处罚决定信息",
    article=ARTICLE,
    term=Term(
        key="withdraw",
        label="撤回期限",
        days=3,
        article=f"{ARTICLE}（三日是否按工作日计待核实，先按较早的日期）",
        unit=TermUnit.EVERY,
    ),
    since="decided_on",
    fields=(
        Field(key="number", label="原处罚决定书文号（不写当事人）", required=True),
        Field(key="fate", label="原决定怎样了", type=FieldType.CHOICE, choices=FATES, required=True),
        Field(key="decision", label="变更、撤销、确认的决定书或判决书文号", required=True),
        Field(
            key="decided_on",
            label="收到或者作出该决定的日期",
            type=FieldType.DAY,
            required=True,
            past_only=True,
            max_days=0,
        ),
        Field(key="published", label="原公开的信息发布编号", linked_kind=PUBLICATION_KIND),
    ),
    steps=STEPS,
    outcomes=(
        CaseOutcome(
            key="withdrawn_and_explained",
            label="已撤回并说明理由",
            article=ARTICLE,
            cell="prose.penalties_withdrawn",
            needs=(OutcomeRequirement(steps=(WITHDRAWN,)), OutcomeRequirement(steps=(SEEN,))),
        ),
        CaseOutcome(key="never_published", label="原决定没有公开过", article=ARTICLE),
    ),
    kept_years=10,
    ladder=parse_policy("-2 holder; -1 holder head; 0! holder head leader; +1! leader"),
)
