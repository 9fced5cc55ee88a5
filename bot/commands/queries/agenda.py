"""Lists what is due soon, what waits for a signature, where report and catalogue stand, and whom to ask."""

from __future__ import annotations

from datetime import timedelta

from bot.commands.queries.cases import MAX_LISTED, list_tasks, open_choice, show_case, show_year_summary
from bot.dialog.command import Intent
from bot.dialog.forms import save_shown_list
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.language.verbs import VerbKind
from bot.services.catalogue.coverage import coverage_words, index_coverage
from config.declarations.keys import ANNUAL_REPORT_KIND, CLERK
from scheduler.worklist.pending import WaitKind

AGENDA_DAYS = 7


def show_agenda(context: RequestContext, intent: Intent) -> Reply:
    """快到期的: what waits for the sender and is due within a week, or was due already."""
    del intent
    until = context.today + timedelta(days=AGENDA_DAYS)
    due = [one for one in context.pending() if one.wait.until and one.wait.until <= until]
    if not due:
        none = context.say("talk.agenda.none", days=AGENDA_DAYS)
        return Reply(lines=(none,), choices=(context.choice(VerbKind.TODO, 0),))
    return list_tasks(context, context.say("talk.agenda.head", days=AGENDA_DAYS), due)


def show_texts_to_sign(context: RequestContext, intent: Intent) -> Reply:
    """全部同意: the texts that wait for the sender's signature, each to be opened: none is signed unread."""
    del intent
    signed = [one for one in context.pending() if one.wait.what is WaitKind.SIGN]
    if not signed:
        return Reply(lines=(context.say("talk.doubt.all_none"),), choices=(context.choice(VerbKind.TODO, 0),))
    save_shown_list(context, [one.case.number for one in signed[:MAX_LISTED]])
    lines = [context.say("talk.doubt.all")]
    for one in signed[:MAX_LISTED]:
        asked = context.card_builder.request_line(one.case, one.wait, one.duty)
        lines.append(context.say("talk.one_of", asked=asked, case=one.case.number))
    choices = tuple(open_choice(context, one.case.number) for one in signed[:MAX_LISTED])
    return Reply(lines=tuple(lines), choices=choices)


def show_annual_report(context: RequestContext, intent: Intent) -> Reply:
    """年报: where the annual report stands; the year so far where it has not begun."""
    lines = context.index.lines_of_kind(ANNUAL_REPORT_KIND, context.today.replace(month=1, day=1))
    opened = [line.number for line in lines if line.closed_on is None]
    if opened:
        return show_case(context, Intent(kind=VerbKind.SHOW, case=max(opened)))
    year = show_year_summary(context, intent)
    return Reply(lines=(context.say("talk.report_year.none"), *year.lines))


def show_catalogue(context: RequestContext, intent: Intent) -> Reply:
    """目录: how far this year covers the office's catalogue, and of which matters nobody said anything."""
    del intent
    found = index_coverage(context.index, context.today.year)
    if not found:
        return Reply(lines=(context.say("talk.catalogue.none"),))
    words = coverage_words(found)
    lines = [context.say("catalogue.sentence", year=context.today.year, **words)]
    lines += [
        context.say("catalogue.bar", label=one.label, published=one.published, matters=len(one.matters))
        for one in found
        if one.published
    ]
    lines += [context.say("catalogue.silent", names=words["silent"])] if words["silent"] else []
    return Reply(lines=tuple(lines))


def show_contact(context: RequestContext, intent: Intent) -> Reply:
    """找人: whom to ask, and how to leave a word."""
    del intent
    posts = "、".join(person.post for person in context.app.office.holders(CLERK))
    lines = (context.say("talk.contact.who", posts=posts), context.say("talk.contact.joins", posts=posts))
    return Reply(
        lines=(*lines, context.say("talk.contact.feedback")), choices=(context.choice(VerbKind.HELP, 0),)
    )
