"""A read's bare peer: a server of the same SDK whose one tool asks the vendor the same, over one kept client.

What is left out is all of ours: arguments, whose it is, the audit, masking, and the exchange itself.
`balance.py URL` serves on stdio, `balance.py URL http` over HTTP.
"""

import sys

import httpx2 as httpx
import uvicorn
from mcp.server.mcpserver import MCPServer

# At INFO the SDK's own handler writes lines for people, which take longer than the read.
server: MCPServer[None] = MCPServer("bare", version="0", log_level="WARNING")
client = httpx.AsyncClient(base_url=sys.argv[1], trust_env=False)


@server.tool()
async def query_credit() -> dict[str, str]:
    """Points left."""
    fields = {"UID": "sandbox", "PWD": "sandbox"}
    answer = await client.post("/API21/HTTP/getCredit.ashx", data=fields)
    return {"credit": answer.text.strip()}


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
