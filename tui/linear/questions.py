"""The questions that commands ask, asked in lines: yes or no, a line, one of several."""

from collections.abc import Sequence
from typing import Any

from textual.screen import Screen

from tui.linear import words
from tui.linear.editor import Typed
from tui.linear.sheet import Sheet
from tui.render.lines import line_text
from tui.screens.confirm import ConfirmScreen
from tui.screens.page import PageScreen
from tui.screens.palette import PickScreen
from tui.screens.part import PartScreen
from tui.screens.prompt import PromptScreen
from tui.terminal.keys import key_label
from tui.widgets.choice_list import Choice
from tui.widgets.fuzzy import rank

LINES = 60
"""Lines of a part that are read before a key is asked for."""
AT_ONCE = 9
"""Choices that are read at once; of more, the user types a part first."""


async def ask(screen: Screen[Any], sheet: Sheet) -> Any:
    """Return what the user answers to a question that a screen would ask; None when it was left."""
    if isinstance(screen, ConfirmScreen):
        return await _confirm(screen, sheet)
    if isinstance(screen, PromptScreen):
        return await _prompt(screen, sheet)
    if isinstance(screen, PickScreen):
        return await _pick(screen, sheet)
    if isinstance(screen, PartScreen):
        return await _part(screen, sheet)
    if isinstance(screen, PageScreen):
        return await _page(screen, sheet)
    raise NotImplementedError(f"linear mode has no {type(screen).__name__}")


async def _page(screen: PageScreen, sheet: Sheet) -> str | None:
    sheet.say(" ".join(map(words.sentence, filter(None, (screen.heading, screen.about)))))
    for chapter in screen.chapters:
        if chapter.heading:
            sheet.say(words.sentence(chapter.heading))
        for fact in chapter.facts:
            if fact.text:
                sheet.say(f"{fact.label}: {words.stopped(fact.text)}" if fact.label else words.stopped(fact.text))
        for line in chapter.lines:
            sheet.say(line)
    keys = ", ".join([*(f"{key_label(act.key)} {act.text}" for act in screen.acts), "q back"])
    sheet.say(f"Keys: {keys}.")
    while True:
        key = (await sheet.typed()).key
        if key in ("q", "escape"):
            return None
        for act in screen.acts:
            if act.key == key:
                return act.id


async def _part(screen: PartScreen, sheet: Sheet) -> str | None:
    sheet.say(" ".join(map(words.sentence, filter(None, (screen.heading, screen.about)))))
    rest = [text for line in screen.lines if (text := line_text(line).strip())]
    if screen.picture:
        rest = ["A picture, which cannot be read out."]
    keys = ", ".join([*(f"{key_label(act.key)} {act.text}" for act in screen.acts), "q back"])
    while True:
        for line in rest[:LINES]:
            sheet.say(line)
        rest = rest[LINES:]
        more = f"{words.counted(len(rest), 'more line')}. Space reads on. " if rest else ""
        sheet.say(f"{more}Keys: {keys}.")
        while (key := (await sheet.typed()).key) != "space" or not rest:
            if key in ("q", "escape"):
                return None
            for act in screen.acts:
                if act.key == key:
                    return act.id


async def _confirm(screen: ConfirmScreen, sheet: Sheet) -> bool:
    yes, no = screen.answers
    sheet.say(f"{screen.question} y {yes}, n {no}.")
    while True:
        key = (await sheet.typed()).key
        if key in ("y", "n", "q", "escape"):
            return key == "y"


async def _prompt(screen: PromptScreen, sheet: Sheet) -> str | None:
    if screen.note:
        sheet.say(words.sentence(screen.note))
    label = screen.label[:1].upper() + screen.label[1:]
    begun = screen.value
    while True:
        entry = await sheet.line(f"{label}:", begun, complete=screen.complete, hidden=screen.hidden)
        if entry.key == "escape":
            return None
        typed = entry.text if screen.hidden else entry.text.strip()
        error = await screen.check(typed) if typed and screen.check is not None else ""
        if not error:
            return typed or None
        sheet.say(words.sentence(error))
        begun = entry.text


async def _pick(screen: PickScreen[Any], sheet: Sheet) -> Any:
    choices = screen.choices.shown
    listed: list[Choice[Any]] = []
    at = -1
    few = len(choices) <= AT_ONCE
    sheet.say(
        f"{screen.heading}. {words.counted(len(choices), 'choice')}." + ("" if few else " Type a part, Enter finds it.")
    )
    if screen.empty:
        sheet.say(words.sentence(f"Or type {screen.empty}"))
    if few:
        listed = _list(choices, sheet)
    while True:
        entry = await sheet.line("Which?", ends=_moves)
        typed = entry.text.strip()
        if entry.key == "escape":
            return None
        if entry.key in ("up", "down"):
            among = listed or choices
            if among:
                at = max(0, min(at + (1 if entry.key == "down" else -1), len(among) - 1))
                sheet.say(_sentence(among[at]))
            continue
        if not typed:
            if at >= 0:
                return (listed or choices)[at].value
            listed = _list(choices[:AT_ONCE], sheet)
        elif typed.isdecimal() and 1 <= int(typed) <= len(listed):
            return listed[int(typed) - 1].value
        elif (own := screen.meant(typed)) is not None:
            return own.value
        else:
            found = [choices[index] for index, _ in rank(typed, [each.label for each in choices])]
            if len(found) == 1:
                return found[0].value
            listed = _list(found[:AT_ONCE], sheet) if found else listed
            if len(found) != len(listed) or not found:
                sheet.say(f"{len(found)} fit that. Type more." if found else "Nothing by that name.")
        at = -1


def _moves(typed: Typed, text: str) -> str:
    return typed.key if typed.key in ("up", "down") else ""


def _list(choices: Sequence[Choice[Any]], sheet: Sheet) -> list[Choice[Any]]:
    for number, choice in enumerate(choices, 1):
        said = _sentence(choice)
        sheet.say(said if said.startswith(f"{number}  ") else f"{number} {said}")
    return list(choices)


def _sentence(choice: Choice[Any]) -> str:
    parts = [choice.label, choice.detail.replace(" · ", ". "), f"key {choice.key}" if choice.key else ""]
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)
