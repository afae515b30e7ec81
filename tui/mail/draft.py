"""A mail being written: frozen, so that what is shown, saved and sent is the same thing."""

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import field, replace
from hashlib import sha256
from typing import Any

from tui.mail.address import Address
from tui.mail.identity import Identity
from tui.mail.ids import AccountName, MailboxId, Uid, UidValidity
from tui.mail.noun import dataclass

PIECE = 3 * 64 * 1024
"""Octets of an attachment that are encoded at a time; base64 of pieces of threes is the base64 of the whole."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along.

    Attributes:
        filename: the name the recipient sees.
        type: media type, ``application/pdf``.
        data: its octets.
    """

    filename: str
    type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Original:
    """The stored message that a draft answers or forwards, so that its flag can be set once the mail has left."""

    mailbox: MailboxId
    uid: Uid
    flag: str
    uidvalidity: UidValidity | None = None
    """The generation that the UID belongs to; None where it was not noted."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything the user decides about one mail.

    Attributes:
        identity: who it is from.
        to, cc, bcc: recipients; ``bcc`` is in the envelope and in the saved draft, never in the bytes that are sent.
        subject: one line, decoded.
        body: the text as written, lines ended by ``\\n``.
        attachments: files, read into memory.
        in_reply_to: the id of the message answered, with angle brackets, or "".
        references: ids of the conversation, oldest first, with angle brackets.
        message_id: with angle brackets; made once by `tui.mail.compose.new_message_id` and kept over every retry.
        original: the stored message whose flag is to be set, or None.
        may_be_out: `digest` of what may have reached somebody under this message id; "" when nothing can have.
        markdown: the body is Markdown: it is sent as HTML, too.
        came_to: addr-spec of the user's that the mail which is answered came to, "" where that is not known.
        remind: when the user is to be reminded of it unless somebody answers, seconds since 1970 UTC; 0.0: never.
        is_blind: that mail named none of the user's addresses: who answers all, tells them that he has it.
    """

    identity: Identity
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str = ""
    body: str = ""
    attachments: tuple[Attachment, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    message_id: str = ""
    original: Original | None = None
    may_be_out: str = ""
    markdown: bool = False
    came_to: str = ""
    is_blind: bool = False
    remind: float = 0.0

    @property
    def digest(self) -> str:
        """What tells this mail from another, whatever it is called. Reads the attachments: for worker threads."""
        same = replace(self, message_id="", original=None, may_be_out="", came_to="", is_blind=False, remind=0.0)
        return sha256(to_json(same).encode()).hexdigest()

    @property
    def recipients(self) -> tuple[Address, ...]:
        """To, Cc and Bcc without repetition: the SMTP envelope."""
        seen: dict[str, Address] = {}
        for address in (*self.to, *self.cc, *self.bcc):
            seen.setdefault(address.spec.casefold(), address)
        return tuple(seen.values())

    def only_for(self, specs: Sequence[str]) -> "Draft":
        """Return the draft with no other recipients than these.

        Args:
            specs: addr-specs; those that are no recipient yet stand in To.
        """
        wanted = {spec.casefold() for spec in specs}
        have = {address.spec.casefold() for address in self.recipients}
        to, cc, bcc = (
            tuple(address for address in each if address.spec.casefold() in wanted)
            for each in (self.to, self.cc, self.bcc)
        )
        added = tuple(Address("", spec) for spec in specs if spec.casefold() not in have)
        return replace(self, to=(*to, *added), cc=cc, bcc=bcc)


def to_json(draft: Draft, *, files: bool = True) -> str:
    """Return a draft as JSON, attachments in base64: for the disk, so that a refused mail can be edited again.

    They are written piece by piece: `json.dumps` would hold up every other thread for as long as a large one takes.

    Args:
        files: whether attachments are in it.
    """
    words = json.dumps(
        {
            "account": draft.identity.account,
            "from": _to_pair(draft.identity.address),
            "signature": draft.identity.signature,
            "to": [_to_pair(address) for address in draft.to],
            "cc": [_to_pair(address) for address in draft.cc],
            "bcc": [_to_pair(address) for address in draft.bcc],
            "subject": draft.subject,
            "body": draft.body,
            "in_reply_to": draft.in_reply_to,
            "references": list(draft.references),
            "message_id": draft.message_id,
            "original": (
                {
                    "mailbox": draft.original.mailbox,
                    "uid": draft.original.uid,
                    "flag": draft.original.flag,
                    "uidvalidity": draft.original.uidvalidity,
                }
                if draft.original
                else None
            ),
            "may_be_out": draft.may_be_out,
            **_unusual(draft),
        }
    )
    pieces = [words[:-1], ', "attachments": [']
    for number, each in enumerate(draft.attachments if files else ()):
        about = json.dumps({"filename": each.filename, "type": each.type})
        pieces += [", " if number else "", about[:-1], ', "data": "']
        pieces += [b64encode(each.data[at : at + PIECE]).decode("ascii") for at in range(0, len(each.data), PIECE)]
        pieces.append('"}')
    return "".join([*pieces, "]}"])


def from_json(text: str) -> Draft:
    """Return a draft that `to_json` wrote.

    Raises:
        ValueError, KeyError, TypeError: when it is something else.
    """
    kept = json.loads(text)
    return Draft(
        identity=_identity(kept),
        to=tuple(_from_pair(pair) for pair in kept["to"]),
        cc=tuple(_from_pair(pair) for pair in kept["cc"]),
        bcc=tuple(_from_pair(pair) for pair in kept["bcc"]),
        subject=str(kept["subject"]),
        body=str(kept["body"]),
        attachments=tuple(
            Attachment(str(each["filename"]), str(each["type"]), b64decode(each["data"], validate=True))
            for each in kept["attachments"]
        ),
        in_reply_to=str(kept["in_reply_to"]),
        references=tuple(str(id) for id in kept["references"]),
        message_id=str(kept["message_id"]),
        original=_original(kept["original"]),
        may_be_out=str(kept.get("may_be_out", "")),
        markdown=bool(kept.get("markdown", False)),
        came_to=str(kept.get("came_to", "")),
        is_blind=bool(kept.get("is_blind", False)),
        remind=float(kept.get("remind", 0.0)),
    )


def _unusual(draft: Draft) -> dict[str, Any]:
    """Return what is written only where it is not as usual."""
    identity = draft.identity
    values = {
        "sent": identity.sent,
        "bcc_self": identity.bcc_self,
        "by_markdown": identity.markdown,
        "lists": list(identity.lists),
        "markdown": draft.markdown,
        "came_to": draft.came_to,
        "is_blind": draft.is_blind,
        "remind": draft.remind,
    }
    return {name: value for name, value in values.items() if value}


def _identity(kept: dict[str, Any]) -> Identity:
    return Identity(
        AccountName(str(kept["account"])),
        _from_pair(kept["from"]),
        str(kept["signature"]),
        str(kept.get("sent", "")),
        bool(kept.get("bcc_self", False)),
        bool(kept.get("by_markdown", False)),
        tuple(str(spec) for spec in kept.get("lists", ())),
    )


def original_from_json(text: str) -> Original | None:
    """Return the original of a draft from what `to_json` wrote of it, ``null`` or an object.

    Raises:
        ValueError, KeyError, TypeError: when it is something else.
    """
    return _original(json.loads(text))


def _original(kept: Any) -> Original | None:
    if not kept:
        return None
    uidvalidity = kept.get("uidvalidity")
    return Original(
        MailboxId(int(kept["mailbox"])),
        Uid(int(kept["uid"])),
        str(kept["flag"]),
        UidValidity(int(uidvalidity)) if uidvalidity is not None else None,
    )


def _to_pair(address: Address) -> list[str]:
    return [address.name, address.spec]


def _from_pair(pair: list[str]) -> Address:
    name, spec = pair
    return Address(str(name), str(spec))
