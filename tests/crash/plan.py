"""What a user does in a trial, and what must have become of his mail: computed without the engine."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tests.servers.dovecot import ALAN, GRACE

MAILS = 6
BOXES = ("INBOX", "Archive", "Trash")
FLAGS = ("\\Flagged", "\\Seen", "$Later")
RECIPIENTS = (GRACE, ALAN)


@dataclass(frozen=True)
class Step:
    """One thing a user does.

    Attributes:
        kind: flag, move, send, undo, redo; rest: wait until all is done; pause.
        mail: number of the message it is about; for send: of the one it answers, -1 for none.
        word: the flag, or where to.
        on: for flag: give it; for send: hold it for a moment.
        seconds: of a pause.
    """

    kind: str
    mail: int = -1
    word: str = ""
    on: bool = True
    seconds: float = 0.0


EVERYTHING = (
    Step("flag", 0, "\\Flagged"),
    Step("move", 1, "Archive"),
    Step("send", 2),
    Step("send", on=False),
    Step("rest"),
    Step("undo"),
    Step("flag", 3, "\\Seen"),
    Step("undo"),
    Step("redo"),
    Step("move", 4, "Trash"),
    Step("rest"),
    Step("undo"),
    Step("rest"),
    Step("redo"),
    Step("send", 5),
    Step("send", on=False),
    Step("rest"),
    Step("flag", 0, "$Later"),
    Step("move", 5, "Archive"),
    Step("rest"),
    Step("undo"),
    Step("send", 3),
    Step("send", on=False),
    Step("rest"),
)
"""Reaches every point of `tests.crash.points` three times; sends and undoes in between."""
OLD_PLAN = (
    Step("flag", 0, "\\Flagged"),
    Step("move", 1, "Archive"),
    Step("rest"),
    Step("undo"),
    Step("move", 2, "Trash"),
    Step("rest"),
    Step("move", 1, "Archive"),
    Step("rest"),
)
"""The same for a server that only copies; nothing is sent."""


def dice_plan(dice: random.Random, length: int = 14) -> tuple[Step, ...]:
    """Return what a restless user does."""
    return tuple(_steps(dice, length))


def _steps(dice: random.Random, length: int) -> Iterator[Step]:
    for _ in range(length):
        kind = dice.choices(("flag", "move", "send", "undo", "redo", "rest"), (30, 25, 15, 15, 8, 7))[0]
        mail = dice.randrange(MAILS)
        if kind == "flag":
            yield Step(kind, mail, dice.choice(FLAGS), dice.random() < 0.7)
        elif kind == "move":
            yield Step(kind, mail, dice.choice(BOXES))
        elif kind == "send":
            yield Step(kind, mail if dice.random() < 0.5 else -1, on=dice.random() < 0.5)
        else:
            yield Step(kind)
        if dice.random() < 0.4:
            yield Step("pause", seconds=dice.random() * 0.08)


@dataclass(frozen=True)
class Done:
    """What the engine reported of a step once its promise was given.

    Attributes:
        number: of the step in its plan.
        act: id of the act that was made, undone or done again; None when nothing was changed.
        place: mailbox of the message when it was done.
        message_id: of a mail that was submitted or taken back.
        submission: its row.
    """

    number: int
    act: int | None = None
    place: str = ""
    message_id: str = ""
    submission: int = 0


View = dict[int, tuple[str, frozenset[str]]]
"""Number of a message → where it is and its flags among `FLAGS`."""


@dataclass
class Effect:
    """What an act does to one message."""

    mail: int
    before: str = ""
    after: str = ""
    flag: str = ""
    on: bool = True


@dataclass
class Model:
    """The user's view of his mail, act by act.

    Attributes:
        acts: in the order they were made.
        undone: ids, in the order they were undone.
    """

    acts: dict[int, Effect] = field(default_factory=dict)
    undone: list[int] = field(default_factory=list)

    @property
    def view(self) -> View:
        view: View = dict.fromkeys(range(MAILS), (BOXES[0], frozenset()))
        for id in sorted(self.acts.keys() - set(self.undone)):
            effect = self.acts[id]
            place, flags = view[effect.mail]
            if effect.flag:
                flags = flags | {effect.flag} if effect.on else flags - {effect.flag}
            view[effect.mail] = (effect.after or place, flags)
        return view

    def take(self, step: Step, done: Done) -> None:
        """Note what the engine says it has done."""
        if done.act is None:
            return
        if step.kind == "undo":
            if done.act in self.acts:
                self.undone.append(done.act)
        elif step.kind == "redo":
            self.undone.remove(done.act)
        else:
            self._drop_undone()
            if step.kind in ("flag", "move"):
                self.acts[done.act] = _effect(step, done.place)

    def _drop_undone(self) -> None:
        for id in self.undone:
            del self.acts[id]
        self.undone = []

    def after(self, step: Step) -> "list[Model]":
        """Return the models in which a step that was begun and not confirmed was done after all."""
        model = replace(self, acts=dict(self.acts), undone=list(self.undone))
        newest = max(self.acts, default=0) + 1
        if step.kind in ("flag", "move"):
            model.take(step, Done(0, newest, self.view[step.mail][0]))
        elif step.kind == "undo" and self.acts.keys() - set(self.undone):
            model.undone.append(max(self.acts.keys() - set(self.undone)))
        elif step.kind == "redo" and self.undone:
            model.undone.pop()
        return [model]


def _effect(step: Step, place: str) -> Effect:
    if step.kind == "flag":
        return Effect(step.mail, flag=step.word, on=step.on)
    return Effect(step.mail, before=place, after=step.word)


def played(plan: Sequence[Step], done: Sequence[Done], begun: int | None) -> list[View]:
    """Return what the user's mail may look like.

    Args:
        plan: what he meant to do.
        done: what was confirmed.
        begun: number of the step that was begun and not confirmed, None when there is none.
    """
    model = Model()
    for each in done:
        model.take(plan[each.number], each)
    views = [model.view]
    if begun is not None:
        views += [other.view for other in model.after(plan[begun])]
    return views
