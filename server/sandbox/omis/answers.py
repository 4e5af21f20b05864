"""What OMIS answers: XML, CSV or a redirect (000_ and 001_, 大綱定義)."""

import csv
import io
import re
from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape

from starlette.responses import Response

from server.sandbox.state.omis_records import OmisManner

_PLACEHOLDER = re.compile(
    r"%(omisquerystring|errorcode|errormsg|launchid|userid|customerid|reportpath|jobid)%", re.IGNORECASE
)


class OmisError(Exception):
    """A call that OMIS refuses with an ERRORCODE above 0."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An element with its text, or with its children."""

    name: str
    text: str = ""
    children: tuple["Node", ...] = ()

    @property
    def leaves(self) -> tuple["Node", ...]:
        """The children that hold text."""
        return tuple(child for child in self.children if not child.children)


def record(name: str, /, *children: Node, **values: object) -> Node:
    """An element with one leaf for each value, then the children."""
    leaves = tuple(Node(name=key, text=str(value)) for key, value in values.items())
    return Node(name=name, children=leaves + children)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """ERRORCODE and ERRORMSG, then whatever the call yields."""

    code: int = 0
    text: str = ""
    nodes: tuple[Node, ...] = ()

    def tree(self, root: str) -> Node:
        """The whole answer; our choice of nesting: records directly below the root."""
        head = Node(name="ERRORCODE", text=str(self.code)), Node(name="ERRORMSG", text=self.text)
        return Node(name=root, children=head + self.nodes)


def render(answer: Answer, manner: OmisManner) -> Response:
    """The answer in the form and the encoding that are set."""
    if manner.format == "csv":
        text = to_csv(answer, manner.root)
        return Response(text.encode(manner.encoding), media_type=f"text/csv; charset={manner.encoding}")
    return render_xml(answer, manner)


def render_xml(answer: Answer, manner: OmisManner) -> Response:
    """The answer as XML with a declaration; UTF-16 with a byte order mark."""
    text = f'<?xml version="1.0" encoding="{manner.encoding}"?>{_xml(answer.tree(manner.root))}'
    return Response(text.encode(manner.encoding), media_type=f"text/xml; charset={manner.encoding}")


def _xml(node: Node) -> str:
    inner = "".join(map(_xml, node.children)) if node.children else escape(node.text)
    return f"<{node.name}>{inner}</{node.name}>"


def to_csv(answer: Answer, root: str) -> str:
    """One row for each record, its own name first; the columns are the union of all names."""
    rows = [_row(node) for node in _records(answer.tree(root))]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    target = io.StringIO()
    writer = csv.DictWriter(target, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue()


def _records(node: Node) -> list[Node]:
    below = [each for child in node.children if child.children for each in _records(child)]
    return [node, *below]


def _row(node: Node) -> dict[str, str]:
    return {"RECORD": node.name, **{leaf.name: leaf.text for leaf in node.leaves}}


def fill_redirect(url: str, answer: Answer) -> str:
    """The URL with its placeholders replaced, percent-encoded; one that the answer lacks stays."""
    fields = _fields(answer.tree("answer"))
    fields["omisquerystring"] = "&".join(f"{name}={value}" for name, value in fields.items())
    return _PLACEHOLDER.sub(lambda match: fields.get(match[1].lower(), match[0]), url)


def _fields(tree: Node) -> dict[str, str]:
    """Every leaf, outermost first: the call's ERRORCODE goes before a record's."""
    fields: dict[str, str] = {}
    for node in _records(tree):
        for leaf in node.leaves:
            fields.setdefault(leaf.name.lower(), quote(leaf.text, safe=""))
    return fields
