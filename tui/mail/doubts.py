"""What is asked before a mail leaves: what is off about it, as far as that can be seen in the mail itself."""

import re
from collections.abc import Sequence

from tui.mail.address import Address
from tui.mail.draft import Draft
from tui.mail.identity import plain
from tui.mail.text import clean_line

# Words that promise a file, in the languages most mail is written in; a quoted line promises nothing.
_PROMISES = re.compile(
    r"\b(attach(ed|ment|ing|ments)?|enclosed|anbei|angehängt|anhang|beigefügt|ci-joint|pi[eè]ces? jointes?|adjunto|"
    r"adjunta|allegato|allegata|anexo|bijlage|bijgevoegd)\b",
    re.IGNORECASE,
)
_SECRETS = (
    (re.compile(r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"), "a private key"),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), "an AWS key"),
    (re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,}|glpat-[\w-]{20,})\b"), "a token"),
    (re.compile(r"\b(?:xox[abprs]-[\w-]{20,}|sk-[A-Za-z0-9_-]{24,}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{50,})"), "a token"),
    (re.compile(r"\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{15,}"), "a token"),
    (re.compile(r"(?im)^\W{0,3}(?:password|passwort|kennwort|mot de passe|contraseña|passphrase)\s*[:=]\s*\S{4,}"),
     "a password"),
)  # fmt: skip
MANY = 10
"""Recipients of an answer from which on it is asked whether all shall have it."""
MOST_LOOKED_AT = 400_000
"""Characters of a text that are looked through."""


def doubts(draft: Draft, own: Sequence[Address] = (), *, many: int = MANY) -> list[str]:
    """Return what is off about a mail, a short sentence each; nothing, where all is well.

    Args:
        draft: what is to be sent.
        own: the user's addresses.
        many: recipients from which on an answer goes to many.
    """
    found: list[str] = []
    said = own_words(draft.body)
    if not draft.to:
        found.append("To is empty, only Cc or Bcc will get it.")
    if not draft.subject.strip():
        found.append("It has no subject.")
    if not draft.attachments and _PROMISES.search(said):
        found.append("It speaks of an attachment and has none.")
    if not draft.body.strip() and not draft.attachments:
        found.append("It is empty.")
    found += _about_people(draft, own, many)
    text = draft.body[:MOST_LOOKED_AT]
    secrets = dict.fromkeys(
        what for pattern, what in _SECRETS if pattern.search(text if what != "a password" else said)
    )
    found += [f"There is {what} in it." for what in secrets]
    return found


def _about_people(draft: Draft, own: Sequence[Address], many: int) -> list[str]:
    found: list[str] = []
    named = (*draft.to, *draft.cc)
    sender = draft.identity.address
    if draft.came_to and draft.came_to.casefold() != sender.spec.casefold():
        found.append(f"It is from {clean_line(sender.spec, 60)}, the mail came to {clean_line(draft.came_to, 60)}.")
    if draft.in_reply_to and len(named) > 1:
        mine = {each.spec.casefold() for each in (*own, sender)}
        self = next((each for each in named if each.spec.casefold() in mine or plain(each.spec) in mine), None)
        if self is not None:
            found.append(f"You yourself are to get it, at {clean_line(self.spec, 60)}.")
        if draft.is_blind:
            found.append("You got the mail as Bcc: now all learn that you have it.")
    if draft.in_reply_to and len(named) >= many:
        found.append(f"It goes to {len(named)} people.")
    elif not draft.in_reply_to and len(named) >= many and len({each.domain for each in named}) > 2:
        found.append(f"{len(named)} people see each other's addresses: Bcc would hide them.")
    return found


def own_words(body: str) -> str:
    """Return the writer's own lines: neither what is quoted nor the signature, nor what is forwarded."""
    own = body[:MOST_LOOKED_AT].split("\n-- \n", 1)[0].split("\n---------- Forwarded message ----------\n", 1)[0]
    return "\n".join(line for line in own.split("\n") if not line.startswith(">"))
