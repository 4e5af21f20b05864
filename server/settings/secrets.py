"""What of the settings is secret."""

from server.settings.settings import Settings


def secrets_of(settings: Settings) -> list[str]:
    """Everything that must never stand in a log."""
    accounts = [account.password for account in (settings.every8d, settings.omis) if account is not None]
    kept = [*accounts, settings.store.url, settings.callbacks.token, *settings.http.tokens.values()]
    return [secret.get_secret_value() for secret in kept if secret.get_secret_value()]
