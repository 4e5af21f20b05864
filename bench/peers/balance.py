"""A read's bare peer: a server of the same SDK whose one tool asks the vendor by the same exchange.

What is left out is the gate: arguments, whose it is, the audit, masking. `balance.py URL` serves on stdio,
`balance.py URL http` over HTTP.
"""

import sys
from datetime import UTC, datetime

import uvicorn
from mcp.server.mcpserver import MCPServer

from server.settings.settings import load_settings
from server.vendors.vendors import Vendors
from tools.every8d.credit import credit_steps


class NoLocks:
    """No login was refused."""

    async def vendor_lock(self, vendor: str, credentials: str) -> None:
        """None is kept."""

    async def lock_vendor(self, vendor: str, credentials: str, vendor_code: str) -> None:
        """None is kept."""


ACCOUNT = {"base_url": sys.argv[1], "uid": "sandbox", "password": "sandbox"}
# At INFO the SDK's own handler writes lines for people, which take longer than the read.
server: MCPServer[None] = MCPServer("bare", version="0", log_level="WARNING")
vendors = Vendors(load_settings(every8d=ACCOUNT), NoLocks(), lambda: datetime.now(UTC))


@server.tool()
async def query_credit() -> dict[str, str]:
    """Points left."""
    return {"credit": str(await vendors.query(credit_steps()))}


class Listening(uvicorn.Server):
    """uvicorn, which says where it listens."""

    async def startup(self, sockets: object = None) -> None:
        """As uvicorn's."""
        await super().startup()
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"at http://127.0.0.1:{port}/mcp", file=sys.stderr, flush=True)


if __name__ == "__main__":
    if sys.argv[2:] == ["http"]:
        app = server.streamable_http_app(stateless_http=True)
        Listening(uvicorn.Config(app, port=0, log_config=None, access_log=False)).run()
    else:
        server.run()
