"""What the setup screen says below its lamps: what was found, what is wrong, and the keys that put it right."""

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widget import Widget

from tui.mail.noun import dataclass
from tui.mail.width import wrap
from tui.setup.check import LABELS, Check, Half, Status
from tui.setup.discovery import WORDS, Found
from tui.setup.newcomer import Newcomer
from tui.setup.providers import Provider
from tui.setup.report import verdict
from tui.widgets.lamps import Lamp
from tui.widgets.plain import marks_of, say

LABEL = 9
"""Cells before a fact."""
MOST_DETAIL = 240
"""Characters of a server's words that are shown; all of them are in the whole talk."""

Key = tuple[str, str]
"""A key, and what it does."""


@dataclass(frozen=True, slots=True)
class Panel:
    """What is said.

    Attributes:
        heading: in bold, "" for none. Cleaned, as everything here.
        role: its colour.
        facts: a label and what there is to say; those without a text are not shown.
        keys: what can be done, one a line.
    """

    heading: str = ""
    role: str = "bright"
    facts: tuple[tuple[str, str], ...] = ()
    keys: tuple[Key, ...] = ()


def panel_content(widget: Widget, panel: Panel, width: int, *, spacious: bool = False) -> Content:
    """Return a panel as lines of a width in cells; keys stand side by side where they find room."""
    lines: list[Content] = []
    sign = marks_of(widget).failed if panel.role == "bad" else "!" if panel.role == "warn" else ""
    for place, part in enumerate(wrap(panel.heading, max(20, width - 2)) if panel.heading else []):
        lead = f"{sign} " if sign and not place else "  " if sign else ""
        lines.append(Content.assemble((lead, f"${panel.role}"), (say(widget, part), "$bright bold")))
    if spacious and lines and panel.facts:
        lines.append(Content(""))
    for label, text in panel.facts:
        indent = LABEL if label else 0
        for place, part in enumerate(wrap(text, max(20, width - indent - 2)) if text else []):
            head = f"  {'' if place else label:<{indent}}"
            lines.append(Content.assemble((head, "$muted"), (say(widget, part), "$text")))
    gap = [Content("")] if spacious and panel.keys and panel.facts else []
    return Content("\n").join([*lines, *gap, *_keys(widget, panel.keys, width)])


def _keys(widget: Widget, keys: Sequence[Key], width: int) -> list[Content]:
    lines: list[Content] = []
    room = 0
    for key, text in keys:
        said = Content.assemble((f"  {key}", "$accent bold"), (f" {say(widget, text)}", "$text"))
        needed = len(said.plain) + 2
        if lines and room >= needed:
            lines[-1] = Content.assemble(lines[-1], "  ", said)
            room -= needed
        else:
            lines.append(said)
            room = width - needed
    return lines


WELCOME = Panel(
    "Your address is enough to begin.",
    facts=(
        ("", "With your name, if others shall see it: Ada Lovelace <ada@example.org>."),
        ("", "Its servers are looked up; nothing but the domain of your address is told to anybody."),
        ("", "Both halves are tested, receiving and sending. Nothing is written to disk before that."),
    ),
)


def looking(domain: str, told: Sequence[tuple[str, str]]) -> Panel:
    """Return what is said while servers are looked for."""
    return Panel(f"Looking for the servers of {domain}", facts=tuple(told))


def found_words(found: Found | None) -> str:
    """Return where servers come from, in a few words."""
    if found is None:
        return "no servers found: these are a guess"
    short = {"table": "by the table of providers", "guess": "by trying usual names"}
    return f"found {short.get(found.source.value, f'by {found.source.value}')}, {found.seconds:.1f} s"


def secret_panel(provider: Provider | None, *, heading: str = "") -> Panel:
    """Return what is to be known before a password is typed."""
    facts: list[tuple[str, str]] = []
    if provider is not None:
        if provider.password == "none":
            facts.append(("", f"{provider.name} accepts no passwords from mail programs. {provider.advice}"))
        elif provider.password == "app":
            facts.append(("", provider.advice))
        if provider.off and provider.off_advice:
            off = " and ".join(name.upper() for name in provider.off)
            facts.append(("", f"{off} may be off there. {provider.off_advice}"))
        if provider.note:
            facts.append(("", provider.note))
    return Panel(heading, facts=tuple(facts))


def strangers_panel(found: Found, hosts: Sequence[str]) -> Panel:
    """Return the question whether a password may go to hosts that nobody vouches for."""
    return Panel(
        f"Does your mail go through {' and '.join(hosts)}?",
        "warn",
        (("", f"This comes from {WORDS[found.source]}, which anybody could have faked. Your password goes there."),),
        (("y", "yes, sign in there"), ("e", "no: edit the servers"), ("Esc", "back")),
    )


def trust_panel(change: Sequence[tuple[str, str]], words: str) -> Panel:
    """Return the question before something is trusted that nobody vouches for.

    Args:
        change: labels and values: the fingerprint, the host.
        words: what would be done.
    """
    return Panel(
        f"You are about to {words.partition(',')[0]}.",
        "warn",
        (*change, ("", "Do this only when you know that it is right: your password goes there.")),
        (("y", "yes, trust it"), ("n", "no")),
    )


def walking(setup: Newcomer) -> Panel:
    """Return what is said while the doctor walks."""
    done = len(setup.checks)
    return Panel("Looking at both halves", facts=(("", f"{done} checks so far"),) if done else ())


def diagnosis(setup: Newcomer, shown: Check | None) -> Panel:
    """Return what came of the walk.

    Args:
        setup: walked.
        shown: the failure to be told, None when nothing failed.
    """
    checks = tuple(setup.checks.values())
    if shown is None:
        notes = [check for check in checks if check.status is Status.WARN]
        told = tuple((LABELS.get(note.id, note.id)[:LABEL], f"{note.fact} {note.advice}") for note in notes)
        offered = (("e", "edit every value"), ("p", "another password"))
        return Panel(verdict(checks), "warn" if notes else "good", told, offered)
    others = {check.half for check in setup.failures} - {shown.half}
    detail = shown.detail[:MOST_DETAIL]
    facts = [
        ("Why", shown.fact),
        ("Helps", shown.advice),
        ("Server", detail if detail and detail not in shown.fact else ""),
    ]
    keys: list[Key] = []
    if shown.repairs:
        asks = " (asks first)" if shown.repairs[0].trusts else ", and test again"
        keys.append(("f", f"fix it: {shown.repairs[0].words}{asks}"))
    keys.append(("p", "another password"))
    keys.append(("e", "edit every value"))
    if all(check.half is Half.SENDING for check in setup.failures):
        keys.append(("o", "receive only, send later"))
    keys.append(("s", "save all the same"))
    if others:
        keys.append(("Tab", "the other half"))
    return Panel(verdict(checks), "bad", tuple(facts), tuple(keys))


def counts(lamps: Iterable[Lamp]) -> Content:
    """Return how many checks there are, as the user sees them, and what came of them."""
    found = [lamp.status or Status.SKIPPED for lamp in lamps]
    words: list[tuple[str, str]] = [(f"{len(found)} checks", "$muted")]
    for status, text, role in (
        (Status.OK, "passed", "good"),
        (Status.WARN, "noted", "warn"),
        (Status.FAIL, "failed", "bad"),
    ):
        if status in found:
            words += [(" · ", "$muted"), (f"{found.count(status)} {text}", f"${role}")]
    untried = found.count(Status.SKIPPED)
    words += [(" · ", "$muted"), (f"{untried} not tried", "$muted")] if untried else []
    return Content.assemble(*words)
