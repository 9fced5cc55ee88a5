"""Signs the session cookie and the form tokens with the office's own key.

The cookie holds a session's random secret and no more. Whether the session is still valid is read from the database
each time, so that a session can be ended at the server.
"""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadSignature, Signer
from starlette.responses import Response

from bot.channels.web.request.public_address import PublicAddress
from storage.messaging.sessions import SESSION_LIFETIME


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """Signs with the office's key; a signature made for one purpose is not valid for another."""

    key: bytes

    def set_session_cookie(self, response: Response, secret: str, address: PublicAddress) -> None:
        """Set a browser's session cookie, or give it another lifetime from now on."""
        response.set_cookie(
            address.cookie,
            self._signer("session").sign(secret).decode(),
            max_age=int(SESSION_LIFETIME.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=address.is_secure,
        )

    def session_secret(self, cookie: str) -> str | None:
        """The session secret in a cookie; None where the signature is not ours."""
        try:
            return self._signer("session").unsign(cookie).decode()
        except (BadSignature, UnicodeError):
            return None

    def form_token(self, session: str) -> str:
        """The token that each form of a session carries against cross-site requests."""
        return self._signer("form").get_signature(session).decode()

    def is_form_token(self, session: str, token: str) -> bool:
        """Whether a form was made for this session."""
        return self._signer("form").verify_signature(session, token)

    def _signer(self, purpose: str) -> Signer:
        return Signer(self.key, salt=f"gongkai.{purpose}")
