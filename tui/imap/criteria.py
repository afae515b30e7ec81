"""A query as IMAP search keys (RFC 9051, 6.4.4).

Keys are written without parentheses, for a literal may be the last thing within them: both of two is written as
``NOT OR NOT a NOT b``. What a server cannot tell, whether a file is attached, is left out: more is found then, and the
rows that come tell.
"""

from tui.imap.arguments import Argument, astring
from tui.mail.date import MONTHS
from tui.mail.flags import ANSWERED, DRAFT, FLAGGED, SEEN
from tui.mail.mailbox import Mailbox
from tui.mail.matching import is_in, is_of
from tui.mail.noun import dataclass
from tui.mail.query import And, Field, Flagged, HasFile, In, Node, Not, Of, Or, Received, Size, Text, Thread

_FLAGS = {SEEN: b"SEEN", ANSWERED: b"ANSWERED", FLAGGED: b"FLAGGED", DRAFT: b"DRAFT"}
_FIELDS = {
    Field.FROM: b"FROM",
    Field.TO: b"TO",
    Field.CC: b"CC",
    Field.SUBJECT: b"SUBJECT",
    Field.BODY: b"BODY",
    Field.ANY: b"TEXT",
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is sent.

    Attributes:
        keys: search keys, encoded.
        is_ascii: no CHARSET is needed for them.
    """

    keys: tuple[Argument, ...]
    is_ascii: bool


def criteria(node: Node, mailbox: Mailbox, *, gmail: bool = False) -> Criteria | None:
    """Return the keys that find a query's hits in a mailbox; None when there can be none.

    Args:
        gmail: the server has X-GM-EXT-1: texts are looked for by its own search, whose index knows words.
    """
    left = _reduced(node, mailbox, gmail, True)
    if left is False:
        return None
    if left is True:
        return Criteria((b"ALL",), True)
    nodes = left.nodes if isinstance(left, And) else (left,)
    keys = tuple(key for each in nodes for key in _keys(each, gmail))
    return Criteria(keys, all(isinstance(key, bytes) for key in keys) or all(t.isascii() for t in _written(left)))


def asks_for_texts(node: Node | None) -> bool:
    """Whether the text of messages is looked into: the rows alone do not tell then."""
    match node:
        case Text(field):
            return field in (Field.ANY, Field.BODY)
        case And(nodes) | Or(nodes):
            return any(asks_for_texts(each) for each in nodes)
        case Not(inner):
            return asks_for_texts(inner)
    return False


def _reduced(node: Node, mailbox: Mailbox, gmail: bool, wider: bool) -> Node | bool:
    """Return the tree without what is known already.

    Args:
        wider: what the server cannot tell is taken for true; within a "not", for false.
    """
    match node:
        case In(name):
            return is_in(name, mailbox)
        case Of(account):
            return is_of(account, mailbox)
        case HasFile() if not gmail:
            return wider
        case Not(inner):
            left = _reduced(inner, mailbox, gmail, not wider)
            return not left if isinstance(left, bool) else Not(left)
        case And(nodes) | Or(nodes):
            neutral = isinstance(node, And)  # what changes nothing beside others
            kept: list[Node] = []
            for each in nodes:
                left = _reduced(each, mailbox, gmail, wider)
                if isinstance(left, bool):
                    if left is not neutral:
                        return left
                else:
                    kept.append(left)
            if len(kept) < 2:
                return kept[0] if kept else neutral
            return And(tuple(kept)) if neutral else Or(tuple(kept))
    return node


def _written(node: Node) -> list[str]:
    match node:
        case Text():
            return [node.written]
        case Thread(name):
            return [name]
        case And(nodes) | Or(nodes):
            return [text for each in nodes for text in _written(each)]
        case Not(inner):
            return _written(inner)
    return []


def _keys(node: Node, gmail: bool) -> list[Argument]:
    """Return one search key."""
    match node:
        case Text():
            return _text(node, gmail)
        case Flagged(flag):
            return [_FLAGS[flag]] if flag in _FLAGS else [b"KEYWORD", flag.lstrip("\\").encode("ascii", "replace")]
        case HasFile():
            return [b"X-GM-RAW", b'"has:attachment"']
        case Size(octets, larger):
            return [b"LARGER" if larger else b"SMALLER", b"%d" % min(octets, 2**32 - 1)]
        case Received(_, _, since, before):
            ends = [[b"SINCE", _day(since)]] if since is not None else []
            ends += [[b"BEFORE", _day(before)]] if before is not None else []
            return _both(ends)
        case Thread(name):
            wanted = astring(name.replace("\0", "").encode())
            return _either([[b"HEADER", field, wanted] for field in (b"MESSAGE-ID", b"IN-REPLY-TO", b"REFERENCES")])
        case Not(Flagged(flag)) if flag in _FLAGS:
            return [b"UN" + _FLAGS[flag]]
        case Not(Flagged(flag)):
            return [b"UNKEYWORD", flag.lstrip("\\").encode("ascii", "replace")]
        case Not(inner):
            return [b"NOT", *_keys(inner, gmail)]
        case And(nodes):
            return _both([_keys(each, gmail) for each in nodes])
        case Or(nodes):
            return _either([_keys(each, gmail) for each in nodes])
    return [b"ALL"]


def _either(keys: "list[list[Argument]]") -> list[Argument]:
    return keys[0] if len(keys) == 1 else [b"OR", *keys[0], *_either(keys[1:])]


def _both(keys: "list[list[Argument]] | list[list[bytes]]") -> list[Argument]:
    if len(keys) == 1:
        return list(keys[0])
    return [b"NOT", *_either([[b"NOT", *each] for each in keys])]


def _text(node: Text, gmail: bool) -> list[Argument]:
    wanted = astring(node.written.replace("\0", "").encode())
    if node.field is Field.LIST:
        return _either([[b"TO", wanted], [b"CC", wanted], [b"HEADER", b"LIST-ID", wanted]])
    if gmail and node.field in (Field.ANY, Field.BODY):
        phrase = '"' + node.words + '"' if node.whole or " " in node.words else node.words
        return [b"X-GM-RAW", astring(phrase.encode())]
    return [_FIELDS[node.field], wanted]


def _day(day: tuple[int, int, int]) -> bytes:
    year, month, date = day
    return f"{date}-{MONTHS[month - 1]}-{year:04d}".encode("ascii")
