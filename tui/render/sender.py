"""What is known of a sender, in words: what the receiving server found out, and whether anything came before."""

from typing import Protocol

from tui.mail.authentication import Judgement, Standing, Verdict
from tui.mail.width import cut
from tui.render.lines import Span, Style

FIRST = "first mail from this address here"
_STYLES = {Judgement.PASSED: Style.GOOD, Judgement.FAILED: Style.BAD, Judgement.UNCLEAR: Style.MUTED}


class _Marks(Protocol):
    @property
    def passed(self) -> str: ...
    @property
    def failed(self) -> str: ...
    @property
    def untried(self) -> str: ...


def verdict_words(verdict: Verdict) -> str:
    """Return a verdict as a clause: ``mx.example.org found DMARC pass, SPF pass``. Cleaned."""
    return f"{cut(verdict.server, 60)} found {cut(verdict.words, 200)}"


def verdict_spans(verdict: Verdict, marks: _Marks) -> list[Span]:
    """Return a verdict behind the mark of its judgement."""
    shapes = {Judgement.PASSED: marks.passed, Judgement.FAILED: marks.failed, Judgement.UNCLEAR: marks.untried}
    mark = shapes[verdict.judgement]
    style = _STYLES[verdict.judgement]
    return [Span(f"{mark} {judgement_words(verdict)}", style), Span(f"  {verdict_words(verdict)}", Style.MUTED)]


def judgement_words(verdict: Verdict) -> str:
    """Return what a verdict means."""
    match verdict.judgement:
        case Judgement.PASSED:
            return "sender checked"
        case Judgement.FAILED:
            return "sender not proven: may be forged"
    return "sender not proven"


def standing_sentences(standing: Standing | None) -> list[str]:
    """Return what is known as sentences, for linear mode."""
    if standing is None:
        return []
    said = []
    if standing.verdict is not None:
        warning = "Warning: " if standing.verdict.judgement is Judgement.FAILED else ""
        meaning = judgement_words(standing.verdict)
        said.append(f"{warning}{meaning if warning else meaning.capitalize()}. {verdict_words(standing.verdict)}.")
    if standing.is_first:
        said.append(f"{FIRST.capitalize()}.")
    if standing.list or standing.can_leave:
        leave = " It can be unsubscribed." if standing.can_leave else ""
        said.append(f"By the list {standing.list or 'without a name'}.{leave}")
    return said
