"""村级信息: one piece of news that a village sends, from its words and photographs to what became of it.

An item is handed in (the opening), perhaps sent back with a reason and handed in again, and received (收下), which
closes it; a month of the village counts its items and nothing that anybody typed. Whether it is published, and which
level adopted it, is often known only weeks later and is recorded on the closed item.

Its words and files are a manifest in the content store (``storage/events/manifest.py``): the log keeps the title and
the fingerprint. One that came on paper is entered by the clerk in the village's name, and says so. [practice]
"""

from config.declarations.duty import CaseOutcome, Duty, Field, FieldType, Step
from config.declarations.keys import (
    MONTH_FIELD,
    PUBLICATION_KIND,
    TITLE_FIELD,
    VILLAGE_FIELD,
    VILLAGE_ITEM_KIND,
    VILLAGE_REPORTER,
)
from config.declarations.reminder_ladders import Assignee
from config.declarations.terms import SendBack
from config.declarations.villages.item_fields import (
    ADOPTED,
    ADOPTION_FIELDS,
    BY_FIELD,
    COMMISSIONED,
    MEANS_FIELD,
    MEANS_LABELS,
    MISTAKEN,
    PUBLICATION_FIELD,
    REASON,
    RECEIVED,
    REJECTED,
    RESUBMITTED,
    RETURNED,
    RULES,
    TAKEN_UP,
    TEXT_FIELD,
    WITHDRAWN,
)
from config.declarations.villages.item_file_kinds import ITEM_FILE_KINDS

CONTENT_FIELDS = (
    Field(key=TITLE_FIELD, label="标题", required=True),
    Field(key=TEXT_FIELD, label="正文和附件", type=FieldType.FILE, required=True, filled_in=True),
    *(Field(key=kind.key, label=kind.label, type=FieldType.NUMBER) for kind in ITEM_FILE_KINDS),
)
"""What an item is handed in with: its words, and how many files of each kind."""

STEPS = (
    Step(
        key=RETURNED,
        label="退回修改",
        article=RULES,
        office_only=True,
        effect=SendBack(to=Assignee(field=VILLAGE_FIELD, place=VILLAGE_REPORTER), until=RESUBMITTED),
        fields=(REASON,),
        main_field=REASON.key,
    ),
    Step(
        key=RESUBMITTED,
        label="再次报送",
        article=RULES,
        fields=CONTENT_FIELDS,
        standalone=False,  # it comes with the words and photographs, never as a bare word
        prerequisites=(RETURNED,),
    ),
    Step(key=COMMISSIONED, label="完成约稿", article=RULES, office_only=True, once=True, after_close=True),
    Step(
        key=TAKEN_UP,
        label="采用",
        article=RULES,
        office_only=True,
        fields=(Field(key=PUBLICATION_FIELD, label="信息发布", required=True, linked_kind=PUBLICATION_KIND),),
        standalone=False,  # it is recorded with the text that it opens
        after_close=True,
    ),
    Step(
        key=ADOPTED,
        label="采用登记",
        article=RULES,
        office_only=True,
        fields=ADOPTION_FIELDS,
        after_close=True,
    ),
    Step(
        key=REJECTED,
        label="不予采用",
        article=RULES,
        office_only=True,
        once=True,
        fields=(REASON,),
        main_field=REASON.key,
        after_close=True,
    ),
    Step(key=MISTAKEN, label="严重差错", article=RULES, office_only=True, fields=(REASON,), after_close=True),
)

DUTY = Duty(
    kind=VILLAGE_ITEM_KIND,
    label="村级信息",
    article=RULES,
    fields=(
        Field(key=VILLAGE_FIELD, label="村", required=True),
        Field(key=MONTH_FIELD, label="计入月份", required=True),
        *CONTENT_FIELDS,
        Field(key=BY_FIELD, label="报送人", required=True, filled_in=True),
        Field(
            key=MEANS_FIELD,
            label="报送方式",
            type=FieldType.CHOICE,
            choices=MEANS_LABELS,
            required=True,
            filled_in=True,
        ),
    ),
    steps=STEPS,
    outcomes=(
        CaseOutcome(key=RECEIVED, label="收下", article=RULES),
        CaseOutcome(key=WITHDRAWN, label="撤回", article=RULES, open_to_villages=True),
    ),
    opened_with_text=True,
    waits_undated=True,  # for 收下 or 退回修改; one that was sent back waits for its village
    buttons=(RETURNED,),
    kept_years=10,
)
