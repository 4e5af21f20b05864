"""Any tree of names and values, grouped into what belongs together, without knowing the tree.

No answer of OMIS is public: neither the root nor the nesting is known. Only names are (documents 000 and
001, and %…% keywords), and they have no case. The rules, for one element:

1. Its attributes and its leaves belong together.
2. Inside it, a group without an id (`ANCHORS`) belongs to the element, as far as no name clashes.
3. If the element itself has no id and exactly one group inside has, both are one, if no name clashes.
4. Otherwise a group with an id stays a record of its own: a launch's jobs, a list's reports.
5. Leaves that repeat are a flat list: a repeated name opens the next group. Unless every group opens with
   the same name, nobody can tell what belongs where, and the answer is unreadable.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from tools.wire.errors import UnreadableReply
from tools.wire.xml_body import Node

Group = dict[str, str]
"""Lower-case names and their values, none empty."""

Pair = tuple[str, str]

ANCHORS = frozenset({"launchid", "jobid", "reportjobid", "reporttypeid"})
"""The names that say what a record is about."""

DETAILS = frozenset({"status", "launchcount", "reportpath", "downloadlink"})
"""The names that only a record has, never the call's own answer."""

KNOWN = ANCHORS | DETAILS | {"errorcode", "errormsg", "userid", "customerid"}

_ALIASES = {"reportjodid": "reportjobid", "reportpartid": "reporttypeid"}
"""The document's own other spellings: ReportJodID (code 112), ReportPartID (note 1)."""


def groups_of(node: Node) -> list[Group]:
    """The groups of an element and all that is in it.

    Raises:
        UnreadableReply: names repeat in a way that fits no list.
    """
    pairs = [(name, value) for name, value in node.attributes.items()]
    inner: list[Group] = []
    for child in node.children:
        if child.children or child.attributes:
            inner += groups_of(child)
        else:
            pairs.append((child.name, child.text))
    if not node.children:
        pairs.append((node.name, node.text))
    return _joined(flat_groups(pairs), inner)


def flat_groups(pairs: Iterable[Pair]) -> list[Group]:
    """The groups of names and values that stand in one row (rule 5).

    Raises:
        UnreadableReply: names repeat in a way that fits no list.
    """
    tidy = [(_name(name), value.strip()) for name, value in pairs if value.strip()]
    known = [pair for pair in tidy if pair[0] in KNOWN]
    repeated = {name for name, count in Counter(name for name, _ in known).items() if count > 1}
    if not repeated:
        return [_merged(tidy)] if tidy else []
    rest = [pair for pair in tidy if pair not in known or (len(repeated) == 1 and pair[0] not in repeated)]
    listed = [pair for pair in known if pair not in rest]
    return [group for group in (_merged(rest), *_split(listed)) if group]


def _name(written: str) -> str:
    name = written.strip().lower()
    return _ALIASES.get(name, name)


def _merged(pairs: Iterable[Pair]) -> Group:
    group: Group = {}
    for name, value in pairs:
        group[name] = f"{group[name]}, {value}" if name in group else value
    return group


def _split(pairs: Sequence[Pair]) -> list[Group]:
    groups: list[Group] = [{}]
    for name, value in pairs:
        if name in groups[-1]:
            groups.append({})
        groups[-1][name] = value
    if len({next(iter(group)) for group in groups}) > 1:
        raise UnreadableReply("Names that repeat in the order of a list were expected.")
    return groups


def _joined(own_groups: list[Group], inner: list[Group]) -> list[Group]:
    anchored = [group for group in inner if ANCHORS & group.keys()]
    loose = [group for group in inner if not ANCHORS & group.keys()]
    if len(own_groups) > 1:
        return [*own_groups, *anchored, *loose]
    own, left = _absorbed(own_groups[0] if own_groups else {}, loose)
    if not own:
        return [*anchored, *left]
    if ANCHORS & own.keys():
        return [own, *(_inherited(own, group) for group in anchored), *left]
    if len(anchored) == 1 and not own.keys() & anchored[0].keys():
        return [own | anchored[0], *left]
    return [own, *anchored, *left]


def _absorbed(own: Group, loose: list[Group]) -> tuple[Group, list[Group]]:
    left: list[Group] = []
    for group in loose:
        if own.keys() & group.keys():
            left.append(group)
        else:
            own = own | group
    return own, left


def _inherited(own: Group, group: Group) -> Group:
    """A type listed inside its report belongs to that report; nothing else is inherited."""
    if "reportjobid" in own and set(ANCHORS & group.keys()) == {"reporttypeid"}:
        return {"reportjobid": own["reportjobid"]} | group
    return group
