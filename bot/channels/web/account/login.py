"""Signs users in by a join link and out again; the link is used by its button, not by being opened.

Chat programs open links to draw a preview. A link that worked by being opened would be used up by them
before its person saw it. A session is called by its browser: the system and the program, nothing that tells two of
them apart. A form that was sent after its session had ended is given back to whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web_chat import WEB_CHANNEL
from bot.services.accounts.accounts import AccountService, JoinedAccount
from bot.services.accounts.recovery import KeeperRecovery
from config.errors import Refusal
from storage.channels.join_words import TooManyGuesses, WordUnknown
from storage.channels.recovery_codes import RecoveryUnknown
from storage.messaging.sessions import LinkExpired, LinkUsed, SessionStore, hash_secret

SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
PROGRAMS = (
    ("wxwork", "企业微信"),
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Lark", "飞书"),
    ("QQBrowser", "QQ浏览器"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""What stands in a browser's description, the more special first: most of them name Chrome and Safari too."""


class FormRanOut(NoSuchPage):
    """What was written is kept for half an hour, for whoever wrote it. It is no longer here."""


def invitation_page(page: PageRequest) -> Response:
    """The page of a join link: whom it is for, and its button. LinkUsed."""
    with page.app.store.reading() as connection:
        found = SessionStore(connection, page.app.office.slug).find_invitation(_token(page), at=page.at)
    post = page.labels.post(found.person)
    return page.render("join.html", post=post, until=page.labels.moment(found.expires_at))


def join(page: PageRequest) -> Response:
    """Use the join link and open its session, which waits where a second person has to confirm it. LinkUsed."""
    return _sign_in(page, lambda service: service.join_on_page(_token(page)))


def join_by_word(page: PageRequest) -> Response:
    """Use six digits and open a session, as a link does. Raises WordUnknown, TooManyGuesses or LinkUsed."""
    word = "".join(page.form.get("word", "").split())
    peer = page.request.client.host if page.request.client else ""
    address = page.web_app.address.client(page.request.headers, peer) or WEB_CHANNEL
    return _sign_in(page, lambda service: service.join_page_by_word(word, address))


def join_by_recovery(page: PageRequest) -> Response:
    """Use a recovery code and open a session of whoever it was printed for. Raises RecoveryUnknown."""
    return _sign_in(page, lambda service: KeeperRecovery(service).join(page.form.get("code", "")))


def _sign_in(page: PageRequest, use: Callable[[AccountService], JoinedAccount]) -> Response:
    """Use an invitation and open its session, named by its device."""
    app = page.app
    with app.store.writing(app.office.slug) as connection:
        service = AccountService(app=app, connection=connection, means=WEB_CHANNEL)
        joined = _joined_or_refusal(service, use)
        if isinstance(joined, JoinedAccount):
            device = device_name(page.request.headers.get("user-agent", ""))
            service.sessions.describe(hash_secret(joined.secret), device)
    if isinstance(joined, Refusal):
        raise joined  # after the commit: the attempt is recorded
    response = page.redirect("/")
    page.web_app.token_signer.set_session_cookie(response, joined.secret, page.web_app.address)
    return response


def _joined_or_refusal(
    service: AccountService, use: Callable[[AccountService], JoinedAccount]
) -> JoinedAccount | Refusal:
    try:
        return use(service)
    except (LinkUsed, LinkExpired, WordUnknown, TooManyGuesses, RecoveryUnknown) as refused:
        return refused


def sign_out(page: PageRequest) -> Response:
    """Sign out at this browser, and let it clear what it has of our pages."""
    if page.session:
        with page.app.store.writing(page.app.office.slug) as connection:
            service = AccountService(
                app=page.app, connection=connection, means=WEB_CHANNEL, actor=page.session.person
            )
            service.sign_out(page.session.person, [page.session])
    response = page.redirect("/")
    address = page.web_app.address
    response.delete_cookie(address.cookie, httponly=True, samesite="strict", secure=address.is_secure)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def kept_form_page(page: PageRequest) -> Response:
    """The form as it was sent, with its words and the button that sends it again. FormRanOut."""
    found = page.web_app.kept_forms.find(page.me.id, str(page.request.path_params["token"]))
    if found is None:
        raise FormRanOut
    return page.render("kept.html", kept=found, link="")


def _token(page: PageRequest) -> str:
    token: str = page.request.path_params["token"]
    return token


def device_name(described: str) -> str:
    """The system and program in a browser's description of itself; empty where it names none we know."""
    found = (next((name for sign, name in known if sign in described), "") for known in (SYSTEMS, PROGRAMS))
    return " · ".join(filter(None, found))
