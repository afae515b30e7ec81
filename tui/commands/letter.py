"""The text of a mail being written: in another editor, broken anew, spelled, as Markdown."""

import asyncio
import os
import re

from tui.commands.compose import writing
from tui.commands.desk import Desk
from tui.commands.registry import command
from tui.commands.templates import filled, texts
from tui.mail.doubts import own_words
from tui.mail.errors import MailError
from tui.mail.text import clean_line
from tui.screens.palette import PickScreen
from tui.sync.lending import LentText, editor
from tui.sync.spelling import Misspelt, misspelt
from tui.terminal.keys import Scope
from tui.widgets.choice_list import Choice


@command("compose.editor", keys="ctrl+g", scope=Scope.COMPOSE, hint="$EDITOR", opens=True)
async def edit(desk: Desk) -> None:
    """Edit in $EDITOR: meanwhile mail is still received."""
    screen = writing(desk)
    argv = editor(desk.config.compose.editor, os.environ)
    await screen.save()
    draft = screen.draft()
    lent = LentText(desk.paths.lent, screen.key or 0, ".md" if draft.markdown else ".txt")
    file = await asyncio.to_thread(lent.lend, draft.body)
    try:
        status = await desk.lend([*argv, str(file)])
    except MailError:  # it never began
        await asyncio.to_thread(lent.forget)
        raise
    text = await asyncio.to_thread(lent.take_back)
    text = text if draft.body.endswith("\n") else text.removesuffix("\n")
    if text != draft.body:
        screen.rewrite(text)
        await screen.save()  # what the editor wrote is in its file alone until then
    await asyncio.to_thread(lent.forget)
    name = clean_line(os.path.basename(argv[0]), 30)
    if status:
        screen.flash(f"{name} ended with status {status}; what it had written is here", style="warn")


@command("compose.reflow", keys="alt+q", scope=Scope.COMPOSE)
def reflow(desk: Desk) -> None:
    """Break the paragraph anew: at 72 characters, with its quote marks."""
    writing(desk).reflow()


@command("compose.undo", keys="alt+u, ctrl+_", scope=Scope.COMPOSE)
def undo(desk: Desk) -> None:
    """Undo what was typed: step by step."""
    writing(desk).undo_text()


@command("compose.redo", keys="alt+r", scope=Scope.COMPOSE)
def redo(desk: Desk) -> None:
    """Redo what was typed."""
    writing(desk).redo_text()


@command("compose.markdown", keys="alt+m", scope=Scope.COMPOSE)
def markdown(desk: Desk) -> None:
    """Markdown: send this mail as HTML beside the text, or as text alone."""
    screen = writing(desk)
    screen.markdown = not screen.markdown
    screen.flash("markdown: sent as HTML, too" if screen.markdown else "plain text")


@command("compose.spell", keys="alt+s", scope=Scope.COMPOSE, opens=True)
async def spell(desk: Desk) -> None:
    """Check the spelling: of your own words, by hunspell or aspell."""
    screen = writing(desk)
    found = await misspelt(own_words(screen.draft().body), desk.config.compose.language)
    changed = 0
    for place, each in enumerate(found):
        choices = _choices(each, f"{place + 1} of {len(found)}")
        chosen = await desk.ask(PickScreen("Spelling", choices, does="take it"))
        if chosen is None:
            break
        if chosen != each.word:
            screen.rewrite(_replaced(screen.draft().body, each.word, chosen))
            changed += 1
    screen.flash("no word is misspelt" if not found else f"{changed} of {len(found)} words changed")


def _choices(each: Misspelt, place: str) -> list[Choice[str]]:
    keep = Choice(f"keep {clean_line(each.word, 60)}", place, "", each.word)
    return [*(Choice(word, f"for {clean_line(each.word, 60)}", "", word) for word in each.meant), keep]


def _replaced(body: str, word: str, other: str) -> str:
    """Return a text with a word replaced, but not in what is quoted, and not within another word."""
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    return "\n".join(line if line.startswith(">") else pattern.sub(lambda _: other, line) for line in body.split("\n"))


@command("compose.snippet", keys="alt+i", scope=Scope.COMPOSE, opens=True)
async def snippet(desk: Desk) -> None:
    """Insert a snippet: a text of yours from the folder snippets."""
    screen = writing(desk)
    found = await asyncio.to_thread(texts, desk.paths.config / "snippets")
    if not found:
        folder = desk.paths.config / "snippets"
        raise MailError("There are no snippets.", cure=f"Write texts into {folder}, a file each.")
    choices = [Choice(clean_line(name, 60), clean_line(text, 60), "", text) for name, text in found.items()]
    chosen = await desk.ask(PickScreen("Snippets", choices, does="insert it"))
    if chosen is not None:
        screen.insert(filled(chosen, screen.draft()))
