"""People and delegations: who holds which post, whether they are reached, who stands in for whom; and joining.

Whoever keeps the registers invites, confirms and signs out; everybody says for themselves when they are away, and
hands their duties over. A link is shown once, as text and as a QR code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import segno
from starlette.responses import Response

from bot.channels.web.account.delegation_forms import away_form, over_form, said_away
from bot.channels.web.request.forms import Form
from bot.channels.web.request.request import NoSuchPage, Rights, Visit
from bot.channels.web.request.submission import noted, record
from bot.channels.web.request.viewer import Sight, looking
from bot.commands.join import NobodyToLetIn, NotOneself, signs
from config.errors import Refusal
from config.office.loader import Person
from config.office.model import ROLES
from scheduler.recording.signoff_commands import KEEPERS
from storage.events.delegations import Delegation
from storage.messaging.accounts import Account, Accounts, State
from storage.messaging.sessions import People

LASTS = {"1": timedelta(hours=1), "4": timedelta(hours=4), "24": timedelta(hours=24)}
INVITE, LET_IN, SIGN_OUT = "invite", "let_in", "sign_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A post as it is shown."""

    person: Person
    roles: tuple[str, ...]
    accounts: tuple[Account, ...]
    signed_in: int
    unconfirmed: bool
    away: Delegation | None

    @property
    def reached(self) -> bool:
        """Whether any channel reaches them."""
        return any(one.state is State.OK for one in self.accounts)


def everyone(visit: Visit) -> Response:
    """The office's people, or one's own row."""
    return _shown(visit)


def act(visit: Visit) -> Response:
    """Invite, confirm, sign out: for those who keep the registers; or a delegation, for oneself."""
    acts = {INVITE: _invite, LET_IN: _let_in, SIGN_OUT: _sign_out}
    keeps = acts.get(visit.form.get("act", ""))
    if keeps and not visit.may_record:
        raise NoSuchPage
    try:
        return keeps(visit) if keeps else _recorded(visit)
    except NoSuchPage:
        raise
    except Refusal as refused:
        return _shown(visit, visit.labels.book.error(refused))


def _recorded(visit: Visit) -> Response:
    return visit.go(f"/people?noted={record(visit, said_away(visit))}")


def _invite(visit: Visit) -> Response:
    """The link, told once: whoever reloads the page asks for another."""
    person, lasts = _named(visit), LASTS.get(visit.form.get("hours", ""), LASTS["4"])
    works = visit.works
    with works.store.writing(works.office.slug) as connection:
        token = People(connection, works.office.slug).invite(person.id, at=visit.at, lasts=lasts)
    link = f"{visit.request.url.scheme}://{visit.request.headers.get('host', '')}/join/{token}"
    telegram = visit.site.elsewhere(token)
    return visit.show(
        "invited.html",
        post=person.post,
        link=link,
        code=_code(link),
        telegram=(telegram, _code(telegram)) if telegram else (),
        until=visit.labels.moment(visit.at + lasts),
        confirms=signs(works.office, person),
    )


def _code(link: str) -> str:
    return segno.make(link, error="m").svg_inline(scale=5, border=2, dark="#1c2024")


def _let_in(visit: Visit) -> Response:
    """A second person says that this is who they say they are. NotOneself, NobodyToLetIn."""
    person, office = _named(visit), visit.works.office.slug
    if person.id == visit.me.id:
        raise NotOneself
    with visit.works.store.writing(office) as connection:
        accounts = Accounts(connection, office)
        waiting = [one for one in accounts.of(person.id) if one.state is State.UNCONFIRMED]
        if not waiting:
            raise NobodyToLetIn(post=person.post)
        for one in waiting:
            accounts.mark(one.channel, one.address, State.OK, at=visit.at, why=f"by {visit.me.id}")
    return visit.go("/people")


def _sign_out(visit: Visit) -> Response:
    """Out everywhere, and reached nowhere: a lost telephone, or somebody who left."""
    person, office = _named(visit), visit.works.office.slug
    with visit.works.store.writing(office) as connection:
        People(connection, office).remove(person.id)
        Accounts(connection, office).remove(person.id)
    return visit.go("/people")


def _named(visit: Visit) -> Person:
    wanted = visit.form.get("person", "")
    found = next((one for one in visit.works.office.people if one.id == wanted), None)
    if found is None:
        raise NoSuchPage
    return found


def _shown(visit: Visit, problem: str = "") -> Response:
    with looking(visit) as sight:
        absences = sight.turn.absences
        rows = [row for row in _rows(visit, sight) if _may_see(visit, row)]
    today, sent = visit.works.today, visit.form.get("act", "")
    coming = [one for one in absences.delegations if one.last >= today]
    seen = [one for one in coming if visit.rights >= Rights.READ or visit.me.id in {one.person, one.deputy}]
    forms: list[Form] = [away_form(visit), over_form(visit)]
    forms = [form.again(visit.form, problem) if problem and form.key == sent else form for form in forms]
    with visit.works.log() as log:
        end = log.end().position
    return visit.show(
        "people.html",
        422 if problem else 200,
        rows=rows,
        delegations=seen,
        may_recall={one.position for one in seen if _may_recall(visit, one)},
        forms=forms,
        problem="" if any(form.problem for form in forms) else problem,
        noted=noted(visit, range(1, end + 1)),
    )


def _rows(visit: Visit, sight: Sight) -> Iterator[Row]:
    works, office = visit.works, visit.works.office
    people, accounts = (
        People(sight.turn.connection, office.slug),
        Accounts(sight.turn.connection, office.slug),
    )
    sessions = [one.person for one in people.sessions(at=visit.at)]
    for person in office.people:
        known = tuple(accounts.of(person.id))
        yield Row(
            person=person,
            roles=tuple(ROLES[role] for role in ROLES if role in office.roles_of(person.id)),
            accounts=known,
            signed_in=sessions.count(person.id),
            unconfirmed=any(one.state is State.UNCONFIRMED for one in known),
            away=sight.turn.absences.deputy_of(person.id, works.today),
        )


def _may_see(visit: Visit, row: Row) -> bool:
    return visit.rights >= Rights.READ or row.person.id == visit.me.id


def _may_recall(visit: Visit, one: Delegation) -> bool:
    return visit.me.id in {one.person, one.deputy} or bool(
        visit.works.office.roles_of(visit.me.id) & set(KEEPERS)
    )
