"""The style sheet and the scripts: few files, by name, each with the digest of what is in it."""

import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_KEPT = "public, max-age=31536000, immutable"


@cache
def contents() -> dict[str, bytes]:
    """What can be asked for: nothing else is looked up by a name from outside."""
    return {file.name: file.read_bytes() for file in sorted(_FOLDER.iterdir()) if file.suffix in _TYPES}


@cache
def static(name: str) -> str:
    """The path of a file; another content has another path."""
    return f"/static/{name}?{hashlib.sha256(contents()[name]).hexdigest()[:12]}"


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    found = contents().get(name)
    if found is None:
        return Response(status_code=404)
    return Response(found, media_type=_TYPES[Path(name).suffix], headers={"Cache-Control": _KEPT})


ROUTE = Route("/static/{name}", _file)
