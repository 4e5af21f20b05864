"""Where the page for people is: `localhost`, for passkeys are bound to a name, and an address is none."""

from dataclasses import dataclass

from server.settings.settings import Settings

HOST = "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The address of the page, once its port is known."""

    port: int

    @property
    def origin(self) -> str:
        """What a browser calls the place that a page is of."""
        return f"http://{HOST}:{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which a browser may have come here; any other is a rebound name."""
        return frozenset(f"{name}:{self.port}" for name in (HOST, "127.0.0.1", "[::1]"))

    @property
    def cookie(self) -> str:
        """The cookie's name: cookies know no port, and another store's page may have another one."""
        return f"campaign_ops_{self.port}"


def port_of(settings: Settings) -> int:
    """The page's port; that of `serve --sandbox` is the next one, and shown beside the real one's."""
    port = settings.console.port
    return port + 1 if port and settings.origins.sandbox else port


def address_of(settings: Settings) -> Address | None:
    """Where the page is by these settings; None where it is switched off, or its port is not told."""
    port = port_of(settings)
    return Address(port=port) if settings.console.enabled and port else None
