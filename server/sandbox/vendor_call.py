"""A request to a vendor, read from the wire: query, form, multipart or raw body."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

_HEADERS_OF_INTEREST = (
    "authorization",
    "content-type",
    "content-length",
    "user-agent",
    "accept",
    "accept-encoding",
    "host",
)
_LARGEST_PART = 4 * 1024 * 1024

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came by multipart."""

    field: str
    filename: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorCall:
    """One request; `fields` are those of the query, then those of the body, as ASP.NET looks them up."""

    method: str
    path: str
    base_url: str
    headers: Pairs
    query: str
    fields: Pairs
    uploads: tuple[Upload, ...]
    body: bytes

    @property
    def last_segment(self) -> str:
        """The page's name, without case."""
        return self.path.rsplit("/", 1)[-1].lower()

    def get(self, name: str) -> str:
        """The first field of that name, without case; empty when there is none."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), "")

    def has(self, name: str) -> bool:
        """Whether a field of that name came at all."""
        return any(key.lower() == name.lower() for key, _ in self.fields)


async def read_call(request: Request) -> VendorCall:
    """Read the whole request. Raises ClientDisconnect when the client leaves in the middle."""
    body = await request.body()
    form, uploads = await _read_body(request, body)
    return VendorCall(
        method=request.method,
        path=request.url.path,
        base_url=f"{request.url.scheme}://{request.url.netloc}",
        headers=tuple(
            (name, request.headers[name]) for name in _HEADERS_OF_INTEREST if name in request.headers
        ),
        query=request.url.query,
        fields=_pairs(request.url.query) + form,
        uploads=uploads,
        body=body,
    )


def _pairs(encoded: str) -> Pairs:
    return tuple(parse_qsl(encoded, keep_blank_values=True, encoding="utf-8", errors="replace"))


async def _read_body(request: Request, body: bytes) -> tuple[Pairs, tuple[Upload, ...]]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        try:
            return await _read_multipart(request)
        except MultiPartException:
            return (), ()
    if kind == "application/x-www-form-urlencoded":
        return _pairs(body.decode("utf-8", "replace")), ()
    return (), ()


async def _read_multipart(request: Request) -> tuple[Pairs, tuple[Upload, ...]]:
    pairs: list[tuple[str, str]] = []
    uploads: list[Upload] = []
    async with request.form(max_part_size=_LARGEST_PART) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                content = await value.read()
                uploads.append(Upload(field=name, filename=value.filename or "", content=content))
            else:
                pairs.append((name, value))
    return tuple(pairs), tuple(uploads)
