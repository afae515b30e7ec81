"""Mails begun before they are written: templates with variables, from the folder templates."""

import asyncio
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from tui.commands.compose import write
from tui.commands.desk import Desk, account_in_view
from tui.commands.registry import command
from tui.mail.address import parse_addresses
from tui.mail.compose import empty_draft, signature_block
from tui.mail.draft import Draft
from tui.mail.errors import MailError
from tui.mail.noun import dataclass
from tui.mail.text import clean, clean_line
from tui.screens.palette import PickScreen
from tui.widgets.choice_list import Choice

MOST_FILES = 500
MOST_CHARACTERS = 200_000

_VARIABLE = re.compile(r"\{(name|first_name|to|subject|date|time|my_name|my_address)\}")
_FIELD = re.compile(r"(to|cc|bcc|subject)[ \t]*:[ \t]*(.*)\Z", re.I)


@command("compose.template", opens=True)
async def template(desk: Desk) -> None:
    """New mail from a template: a text of yours from the folder templates."""
    folder = desk.paths.config / "templates"
    found = await asyncio.to_thread(texts, folder)
    if not found:
        cure = f"Write mails into {folder}, a file each: fields, blank line, text."
        raise MailError("There are no templates.", cure=cure)
    choices = [Choice(clean_line(name, 60), clean_line(text, 60), "", text) for name, text in found.items()]
    chosen = await desk.ask(PickScreen("Templates", choices, does="begin with it"))
    if chosen is not None:
        write(desk, begun(chosen, empty_draft(account_in_view(desk).config.identity)), "New message")


def texts(folder: Path) -> dict[str, str]:
    """Return the texts of a folder by their files' names without suffix, cleaned. Blocks."""
    found: dict[str, str] = {}
    try:
        files = sorted(each for each in folder.iterdir() if each.is_file() and not each.name.startswith("."))
        for file in files[:MOST_FILES]:
            with file.open(encoding="utf-8", errors="replace") as stream:
                found[file.stem] = clean(stream.read(MOST_CHARACTERS)).rstrip("\n")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise MailError(f"{folder} cannot be read: {error.strerror}.") from error
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    """A template: its fields, lower case, and its text."""

    fields: dict[str, str]
    text: str


def _parts(text: str) -> _Parts:
    fields: dict[str, str] = {}
    lines = text.split("\n")
    for number, line in enumerate(lines):
        match = _FIELD.match(line)
        if match is None:
            return _Parts(fields, "\n".join(lines[number + (not line.strip() and bool(fields)) :]))
        fields[match[1].lower()] = match[2].strip()
    return _Parts(fields, "")


def begun(template: str, draft: Draft) -> Draft:
    """Return a new mail as a template has it: its fields, then its text above the signature.

    Args:
        template: lines ``To:``, ``Cc:``, ``Bcc:``, ``Subject:``, a blank one, the text; variables in braces.
        draft: an empty one.
    """
    parts = _parts(template)
    to, cc, bcc = (parse_addresses(parts.fields.get(name, "")) for name in ("to", "cc", "bcc"))
    draft = replace(draft, to=to, cc=cc, bcc=(*bcc, *draft.bcc))
    draft = replace(draft, subject=clean_line(filled(parts.fields.get("subject", ""), draft)))
    return replace(draft, body=filled(parts.text, draft) + (signature_block(draft.identity) or "\n"))


def filled(text: str, draft: Draft) -> str:
    """Return a text with what its variables stand for: ``{name}``, ``{first_name}``, ``{to}`` of the first recipient,
    ``{subject}``, ``{date}``, ``{time}``, ``{my_name}``, ``{my_address}``; other braces stay.
    """
    now = datetime.now()
    first = draft.to[0] if draft.to else None
    me = draft.identity.address
    values = {
        "name": first.label if first else "",
        "first_name": first.label.split(" ")[0] if first else "",
        "to": first.spec if first else "",
        "subject": draft.subject,
        "date": f"{now.day} {now:%B %Y}",
        "time": f"{now:%H:%M}",
        "my_name": me.label,
        "my_address": me.spec,
    }
    return _VARIABLE.sub(lambda match: values[match[1]], text)
