"""The figures that cases give to the report's prose and that stand in no cell of the form, by their template names.

A declaration counts into one as it counts into a cell: ``prose.<name>``. Section one tells of messages, notices,
boards, corrections, complaints and of praise and criticism; section six (三) of the catalogue. [practice]
"""

from __future__ import annotations

from collections.abc import Mapping

from config.declarations.disclosure_topics import SUBJECTS

PREFIX = "prose."
PUBLISHED_IN, TEXTS_PUBLISHED = "published_in_", "texts_published"
"""The texts that were published on a subject of art. 20 or 21: this, and the subject."""

CASE_FIGURES: Mapping[str, str] = {
    "messages_received": "收到的留言和群众难题（件）",
    "messages_closed": "办结的留言和群众难题（件）",
    "messages_open": "年末仍在办理的留言和群众难题（件）",
    "messages_published": "公开答复的留言（件）",
    "messages_unpublished": "不公开答复的留言（件）",
    "messages_rated_satisfied": "评价满意的留言（件）",
    "messages_rated_fair": "评价基本满意的留言（件）",
    "messages_rated_dissatisfied": "评价不满意的留言（件）",
    "corrections_asked": "收到的更正申请（件）",
    "records_corrected": "已更正的记录（件）",
    "complaints_received": "收到的投诉举报（件）",
    "complaints_founded": "属实并已整改的投诉举报（件）",
    "notices_posted": "张贴的公示（件）",
    "notices_stayed": "公示期满撤下的公示（件）",
    "boards_whole": "核对无误的村务公开（期）",
    "boards_missing": "没有公开的村务公开（期）",
    "penalties_withdrawn": "撤回并说明理由的行政处罚决定信息（件）",
    "reviews_done": "县里审定后公布的文稿（件）",
    "assessed_praised": "通报表扬（次）",
    "assessed_talked": "约谈（次）",
    "assessed_criticised": "通报批评（次）",
    "assessed_rectify": "责令整改（次）",
    "rectified": "整改到位（次）",
    "catalogue_matters": "公开目录的事项（项）",
    TEXTS_PUBLISHED: "发布的信息（条）",
    **{f"{PUBLISHED_IN}{subject}": f"发布的信息：{label}（条）" for subject, label in SUBJECTS.items()},
}
