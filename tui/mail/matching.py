"""A query as a plain test of one message: for rules, for waiting on a mail, and as the judge of the index."""

from collections.abc import Iterable, Sequence
from typing import Final

from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.fold import fold
from tui.mail.mailbox import Mailbox
from tui.mail.noun import dataclass
from tui.mail.query import And, Field, Flagged, HasFile, In, Node, Not, Of, Or, Received, Size, Text, Thread
from tui.mail.thread import key_of, named_keys, own_key

MOST_OF_FIELD: Final = 2_000
"""Characters of a field that are looked at."""
COLUMNS: Final = ("subject", "sender", "target", "copy", "other")
"""The parts of a message's head, as they stand in the index."""
OF_FIELD: Final = {
    Field.ANY: COLUMNS,
    Field.SUBJECT: ("subject",),
    Field.FROM: ("sender",),
    Field.TO: ("target",),
    Field.CC: ("copy",),
    Field.LIST: ("target", "copy", "other"),
    Field.BODY: (),
}
"""Field → columns it is looked for in."""
SHORT: Final = 3
"""Fewer characters than this are looked for at the beginning of words only."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is tested.

    Attributes:
        envelope: the message.
        mailbox: where it is.
        body: its text, None where that is not known: then nothing is in it.
    """

    envelope: Envelope
    mailbox: Mailbox
    body: str | None = None


def head(envelope: Envelope) -> tuple[str, str, str, str, str]:
    """Return the folded texts of a message's head, in the order of `COLUMNS`."""
    return (
        fold(envelope.subject[:MOST_OF_FIELD]),
        _people(envelope.from_),
        _people(envelope.to),
        _people(envelope.cc),
        _people([*envelope.bcc, *_others(envelope)]),
    )


def _others(envelope: Envelope) -> list[Address]:
    named = set(envelope.from_)
    return [each for each in dict.fromkeys((*envelope.sender, *envelope.reply_to)) if each not in named]


def _people(people: Iterable[Address]) -> str:
    return fold(" ".join(f"{each.name} {each.spec}" for each in people)[:MOST_OF_FIELD])


def matches(node: Node | None, item: Item) -> bool:
    """Whether a message is what a query asks for. No query asks for every message."""
    match node:
        case None:
            return True
        case And(nodes):
            return all(matches(each, item) for each in nodes)
        case Or(nodes):
            return any(matches(each, item) for each in nodes)
        case Not(inner):
            return not matches(inner, item)
        case Text():
            return _has_text(node, item)
        case Flagged(flag):
            return flag.lower() in {each.lower() for each in item.envelope.flags}
        case HasFile():
            return item.envelope.has_file
        case Received(low, high):
            received = item.envelope.received
            return (low is None or received >= low) and (high is None or received < high)
        case Size(octets, larger):
            return item.envelope.size > octets if larger else item.envelope.size < octets
        case In(name):
            return is_in(name, item.mailbox)
        case Of(account):
            return is_of(account, item.mailbox)
        case Thread(name):
            return is_of_thread(name, item.envelope)


def may_match(node: Node | None, item: Item) -> bool | None:
    """Whether a message is what a query asks for, as far as its row tells; None: its text would have to be looked into.

    That is how a hit of the server is judged: it knows the text, and its idea of a word may be another.
    """
    match node:
        case And(nodes) | Or(nodes):
            answers = {may_match(each, item) for each in nodes}
            decisive = isinstance(node, Or)
            return decisive if decisive in answers else None if None in answers else not decisive
        case Not(inner):
            answer = may_match(inner, item)
            return None if answer is None else not answer
        case Text():
            return True if _has_text(node, item) else None
        case Thread(name):
            return True if is_of_thread(name, item.envelope) else None
    return matches(node, item)


def matches_head(node: Node | None, item: Item) -> bool | None:
    """Whether a message is what a query asks for, as far as all but its text tells; None: its text decides."""
    match node:
        case And(nodes) | Or(nodes):
            answers = {matches_head(each, item) for each in nodes}
            decisive = isinstance(node, Or)
            return decisive if decisive in answers else None if None in answers else not decisive
        case Not(inner):
            answer = matches_head(inner, item)
            return None if answer is None else not answer
        case Text(field):
            return True if _has_text(node, item) else None if field in (Field.ANY, Field.BODY) else False
    return matches(node, item)


def _has_text(node: Text, item: Item) -> bool:
    if head_has(node, head(item.envelope)):
        return True
    if node.field not in (Field.ANY, Field.BODY) or item.body is None:
        return False
    words = f" {fold(item.body)} "
    return f" {node.words} " in words if node.whole else f" {node.words}" in words


def head_has(node: Text, texts: Sequence[str]) -> bool:
    """Whether a text is in the head of a message, of which `head` returned these."""
    columns = OF_FIELD[node.field]
    return any(_is_in_text(node, text) for column, text in zip(COLUMNS, texts, strict=True) if column in columns)


def _is_in_text(node: Text, text: str) -> bool:
    if node.whole:
        return f" {node.words} " in f" {text} "
    return node.words in text if len(node.words) >= SHORT else f" {node.words}" in f" {text}"


def is_in(name: str, mailbox: Mailbox) -> bool:
    """Whether a mailbox is the one of this name, or below it.

    Args:
        name: its whole name or the end of it, level by level; or what it is for: ``inbox``, ``sent``.
    """
    levels = [fold(level) for level in mailbox.levels]
    if mailbox.role is not None and fold(name) == mailbox.role.value:
        return True
    wanted = [fold(level) for level in (name.split(mailbox.delimiter) if mailbox.delimiter else [name])]
    count = len(wanted)
    return any(levels[start : start + count] == wanted for start in range(len(levels) - count + 1))


def is_of_thread(name: str, envelope: Envelope) -> bool:
    """Whether it is the message of this Message-ID, or answers it. What else belongs there, the store alone knows."""
    key = key_of(name)
    return own_key(envelope.message_id) == key or key in named_keys(envelope.in_reply_to)


def is_of(account: str, mailbox: Mailbox) -> bool:
    """Whether a mailbox is of the account of this name."""
    return mailbox.account.casefold() == account.casefold()
