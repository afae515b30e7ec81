"""The last view: what the next start shows before anything else is loaded. Nothing heavy is loaded for it.

A small text file in the state folder, one fact a line, tabs between its words. It is a convenience: where it is
missing, of another version, or not of these surroundings, the start takes a little longer. The rows of the list and
their number are not in it: they are read from the store.
"""

from __future__ import annotations

import os
import sys

from tui import __version__

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FILE = "view.tsv"
HEAD = f"tidings view 1 {__version__}"
MAX_FILE = 256 * 1024
MOST_LINES = 1000
"""Lines of the tree that are remembered, a view with more is not; and rows that wait for the server, the newest."""
SURROUNDINGS = (
    *("TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "LC_ALL", "LC_CTYPE", "LANG"),
    *("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"),
)
"""Variables that a view depends on."""


class TreeLine:
    """A line of the tree, see `tui.widgets.tree_rows.TreeRow`; ``mailbox`` is 0 where there is none."""

    def __init__(self, path: Sequence[str], label: str, depth: int, mailbox: int, unread: int, fold: int) -> None:
        self.path = path
        self.label = label
        self.depth = depth
        self.mailbox = mailbox
        self.unread = unread
        self.folds = fold > 0
        self.folded = fold > 1


class KeyHint:
    """A hint, see `tui.terminal.keys.KeyHint`."""

    def __init__(self, key_label: str, text: str, command_id: str) -> None:
        self.key_label = key_label
        self.text = text
        self.command_id = command_id


class LastView:
    """See the module.

    Attributes:
        surroundings: values of `SURROUNDINGS`, "" for those that are not set.
        files: path → its stamp: the view is of no use when one is another.
        cache, lock: paths of the cache's file, and of the lock of whoever runs.
        version: of the cache's tables.
        mailbox: the key of the one that is shown.
        account, label: its account's name and its own.
        outgoing: whom mail went to is shown.
        conversations: there is a row for each conversation.
        ascii_marks, utf8, mouse, asks: how the terminal is used; whether it is asked what it shows.
        trust, brief_trust: what the status line says at the start, in full and in short.
        elsewhere: what is unread in other accounts.
        tree: its lines.
        hints: keys that are at hand.
        pens: role as words name it → SGR parameters.
        waiting: UIDs of rows with changes that wait for the server.
    """

    def __init__(self) -> None:
        self.surroundings: tuple[str, ...] = ()
        self.files: dict[str, str] = {}
        self.cache = self.lock = ""
        self.version = 0
        self.mailbox = 0
        self.account = self.label = ""
        self.outgoing = self.ascii_marks = self.utf8 = self.mouse = self.asks = False
        self.trust: list[tuple[str, str]] = []
        self.brief_trust: list[tuple[str, str]] = []
        self.conversations = False
        self.elsewhere = ""
        self.tree: list[TreeLine] = []
        self.hints: list[KeyHint] = []
        self.pens: dict[str, tuple[str, ...]] = {}
        self.waiting: set[int] = set()

    @property
    def is_valid(self) -> bool:
        """Whether nothing it depends on has changed."""
        return self.surroundings == surroundings(os.environ) and all(
            stamp(path) == known for path, known in self.files.items()
        )

    # As a text

    def format(self) -> str:
        """Return the file's text; "" when the view cannot be written down."""
        lines = [[HEAD], ["surroundings", *self.surroundings]]
        lines += [["file", path, known] for path, known in self.files.items()]
        lines += [["store", self.cache, self.lock, str(self.version)]]
        lines += [["mailbox", str(self.mailbox), self.account, self.label]]
        flags = (self.outgoing, self.ascii_marks, self.utf8, self.mouse, self.asks, self.conversations)
        lines += [["flags", *(str(int(flag)) for flag in flags)], ["elsewhere", self.elsewhere]]
        lines += [["trust", *word] for word in self.trust] + [["brief", *word] for word in self.brief_trust]
        for row in self.tree:
            numbers = (row.depth, row.mailbox, row.unread, row.folds + row.folded)
            lines.append(["tree", row.label, *map(str, numbers), *row.path])
        lines += [["hint", hint.key_label, hint.text, hint.command_id] for hint in self.hints]
        lines += [["pen", role, *sgr] for role, sgr in self.pens.items()]
        lines += [["waits", *map(str, sorted(self.waiting)[-MOST_LINES:])], ["end"]]  # the newest are what is seen
        if len(self.tree) > MOST_LINES or any(("\t" in word or "\n" in word) for line in lines for word in line):
            return ""
        return "\n".join("\t".join(line) for line in lines) + "\n"

    @classmethod
    def parse(cls, text: str) -> LastView:
        """Return what `format` wrote.

        Raises:
            ValueError: for anything else.
        """
        head, *lines = text.split("\n")
        if head != HEAD or lines[-2:] != ["end", ""]:
            raise ValueError("not a view of this version")
        view = cls()
        for line in lines[:-2]:
            view._take(*line.split("\t"))
        return view

    def _take(self, kind: str, *words: str) -> None:
        match kind, words:
            case "surroundings", _:
                self.surroundings = words
            case "file", (path, known):
                self.files[path] = known
            case "store", (cache, lock, version):
                self.cache, self.lock, self.version = cache, lock, int(version)
            case "mailbox", (mailbox, account, label):
                self.mailbox, self.account, self.label = int(mailbox), account, label
            case "flags", _:
                flags = (word == "1" for word in words)
                self.outgoing, self.ascii_marks, self.utf8, self.mouse, self.asks, self.conversations = flags
            case "elsewhere", (elsewhere,):
                self.elsewhere = elsewhere
            case "trust", (text, role):
                self.trust.append((text, role))
            case "brief", (text, role):
                self.brief_trust.append((text, role))
            case "tree", (label, depth, mailbox, unread, fold, *path):
                self.tree.append(TreeLine(path, label, int(depth), int(mailbox), int(unread), int(fold)))
            case "hint", (key, text, command):
                self.hints.append(KeyHint(key, text, command))
            case "pen", (role, *sgr):
                self.pens[role] = tuple(sgr)
            case "waits", _:
                self.waiting = {int(word) for word in words if word}
            case _:
                raise ValueError(f"unknown: {kind}")


def surroundings(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a view depends on of the process's variables."""
    return tuple(environment.get(name, "") for name in SURROUNDINGS)


def stamp(path: str) -> str:
    """Return what changes with a file: time of its last change and size; "" when there is none."""
    try:
        known = os.stat(path)
    except OSError:
        return ""
    return f"{known.st_mtime_ns} {known.st_size}"


def state_folder(environment: Mapping[str, str]) -> str:
    """Return the user's state folder as `tui.config.paths.Paths.of_user` finds it; "" where that is not known here."""
    if sys.platform != "linux":
        return ""
    root = environment.get("XDG_STATE_HOME", "")
    return os.path.join(root if os.path.isabs(root) else os.path.expanduser("~/.local/state"), "tidings")


def read(path: str) -> LastView:
    """Read a view. Blocks for a small file.

    Raises:
        OSError, ValueError: there is none, or it is no good.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        raw = os.read(descriptor, MAX_FILE)
    finally:
        os.close(descriptor)
    return LastView.parse(raw.decode("utf-8"))


def write(text: str, path: str) -> None:
    """Write a view's text, the whole file or nothing, for the owner only; without a text there is no file. Blocks.

    Raises:
        OSError: when it cannot be written.
    """
    if not text:
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
        return
    fresh = f"{path}.{os.getpid()}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        left = memoryview(text.encode("utf-8"))
        while left:  # a nearly full disk takes a part of it, and says so only by the number
            left = left[os.write(descriptor, left) :]
    except BaseException:
        os.unlink(fresh)
        raise
    finally:
        os.close(descriptor)
    os.replace(fresh, path)
