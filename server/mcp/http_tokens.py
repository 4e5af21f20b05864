"""Who may use the server over HTTP: tokens from the settings, each with the name of who holds it."""

import hmac
from collections.abc import Mapping

from mcp.server.auth.provider import AccessToken, TokenVerifier
from mcp.server.auth.settings import AuthSettings
from pydantic import SecretStr

TOKENS_ONLY = AuthSettings.model_validate({"issuer_url": "http://127.0.0.1", "resource_server_url": None})
"""Nobody issues these tokens. The SDK wants an issuer's URL; without a resource URL it is never published."""


class NamedTokens(TokenVerifier):
    """Bearer tokens by name. A call acts as its token's name: its actions are told to it alone."""

    def __init__(self, tokens: Mapping[str, SecretStr]) -> None:
        self._tokens = {name: token.get_secret_value().encode() for name, token in tokens.items()}

    async def verify_token(self, token: str) -> AccessToken | None:
        """Whose token this is; None for nobody's. Every one is compared, each in the same time."""
        given = token.encode(errors="replace")
        held = [name for name, known in self._tokens.items() if hmac.compare_digest(known, given)]
        if not held:
            return None
        return AccessToken(token=token, client_id=held[0], subject=held[0], scopes=[])
