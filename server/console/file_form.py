"""A form with a file, read as it comes: the fields before the file first, then the file piece by piece.

Nothing is kept aside: who has not shown that the form is theirs has no byte of a file written anywhere.
"""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from server.console.site import NotTakenError

_FIELD_BYTES, _FIELDS = 4096, 20


class FileForm:
    """One form. `fields` are those that came before the file."""

    def __init__(self, request: Request) -> None:
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise NotTakenError
        self.fields: dict[str, str] = {}
        self._coming: AsyncIterator[bytes] = aiter(request.stream())
        self._pieces: deque[bytes] = deque()
        self._field, self._value, self._header, self._headers = "", b"", b"", b""
        self._in_file = self._file_ended = False
        self._parser = MultipartParser(
            options[b"boundary"],
            {
                "on_part_begin": self._begin,
                "on_header_field": self._name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_end,
                "on_part_data": self._data,
                "on_part_end": self._end,
            },
        )

    async def to_the_file(self) -> None:
        """Read the fields, up to the file's first byte.

        Raises:
            NotTakenError: it is no form of ours.
        """
        while not self._in_file and not self._file_ended:
            if not await self._more():
                raise NotTakenError

    async def file(self) -> AsyncGenerator[bytes]:
        """The file's bytes as they come.

        Raises:
            NotTakenError: it breaks off.
        """
        while True:
            while self._pieces:
                yield self._pieces.popleft()
            if self._file_ended:
                return
            if not await self._more():
                raise NotTakenError

    async def _more(self) -> bool:
        try:
            piece = await anext(self._coming, b"")
            self._parser.write(piece)
        except FormParserError as error:
            raise NotTakenError from error
        return bool(piece)

    def _begin(self) -> None:
        self._field, self._value, self._headers = "", b"", b""

    def _name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._headers += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() != b"content-disposition":
            self._headers = b""
        else:
            _, options = parse_options_header(self._headers)
            self._field = options.get(b"name", b"").decode("utf-8", "replace")
            self._in_file = b"filename" in options and not self._file_ended
            self._headers = b""
        self._header = b""

    def _headers_end(self) -> None:
        if not self._in_file and len(self.fields) >= _FIELDS:
            raise NotTakenError

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._pieces.append(data[start:end])
        elif len(self._value) + end - start > _FIELD_BYTES:
            raise NotTakenError
        else:
            self._value += data[start:end]

    def _end(self) -> None:
        if self._in_file:
            self._in_file, self._file_ended = False, True
        else:
            self.fields[self._field] = self._value.decode("utf-8", "replace")
