"""Seals: the cookie that says who someone is, and the token that says a form is ours.

Both are signed with the office's own key. The cookie holds a session's random secret and no more; whether it
still holds is asked of the database each time, so that a session can be ended from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadSignature, Signer
from starlette.responses import Response

from storage.messaging.sessions import SESSION_LIFETIME

COOKIE = "gongkai_session"


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """Signs with the office's key. One purpose's seal is worth nothing for another."""

    key: bytes

    def set_session_cookie(self, response: Response, secret: str, *, secure: bool) -> None:
        """Give a browser its session."""
        response.set_cookie(
            COOKIE,
            self._signer("session").sign(secret).decode(),
            max_age=int(SESSION_LIFETIME.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=secure,
        )

    def session_secret(self, cookie: str) -> str | None:
        """The secret in a cookie; None where it is not one of ours."""
        try:
            return self._signer("session").unsign(cookie).decode()
        except (BadSignature, UnicodeError):
            return None

    def form_token(self, session: str) -> str:
        """What each form of a session carries."""
        return self._signer("form").get_signature(session).decode()

    def is_form_token(self, session: str, token: str) -> bool:
        """Whether a form was made for this session."""
        return self._signer("form").verify_signature(session, token)

    def _signer(self, purpose: str) -> Signer:
        return Signer(self.key, salt=f"gongkai.{purpose}")
