"""``[[rules]]`` of config.toml: what is done by itself with mail that arrives, in the order of the file.

::

    [[rules]]
    name = "builds"
    query = "from:builds subject:passed"
    mark_read = true
    move = "Builds"
"""

from typing import TYPE_CHECKING

from tui.mail.noun import dataclass

if TYPE_CHECKING:
    from tui.config.table import Table


@dataclass(frozen=True, slots=True)
class Rule:
    """One ``[[rules]]`` table.

    Attributes:
        name: what it is called in the history; unique.
        query: what it is about, in the language of the search.
        account: the only one it is for; "" for all.
        mailbox: where mail arrives: a name, or what it is for.
        archive: move it to the archive.
        move: the mailbox to move it to, "" for none.
        flag: flags and keywords to give it.
        mark_read: whether it is marked as read.
        notify: have the terminal tell.
        program: argv of a program to run; ``exec`` in config.toml.
        stop: whether the rules behind it are left out for what it finds.
    """

    name: str
    query: str
    account: str = ""
    mailbox: str = "inbox"
    archive: bool = False
    move: str = ""
    flag: tuple[str, ...] = ()
    mark_read: bool = False
    notify: bool = False
    program: tuple[str, ...] = ()
    stop: bool = False


def read_rules(root: "Table") -> tuple[Rule, ...]:
    """Return the rules.

    Raises:
        ConfigError: one is not understood, does nothing, or has the name of another.
    """
    if "rules" not in root:
        return ()
    from datetime import UTC, datetime  # noqa: PLC0415 - late: start-up time

    from tui.mail.query_syntax import parse  # noqa: PLC0415 - late: start-up time

    found: list[Rule] = []
    for table in root.tables("rules"):
        rule = Rule(
            name=table.text("name", example="builds"),
            query=table.text("query", example="from:builds"),
            account=table.text("account", ""),
            mailbox=table.text("mailbox", "inbox"),
            archive=table.boolean("archive", False),
            move=table.text("move", ""),
            flag=table.argv("flag"),
            mark_read=table.boolean("mark_read", False),
            notify=table.boolean("notify", False),
            program=table.argv("exec"),
            stop=table.boolean("stop", False),
        )
        table.finish()
        query = parse(rule.query, datetime.now(UTC))
        if query.problems or query.node is None:
            sentence = query.problems[0].sentence if query.problems else "this looks for nothing."
            raise table.wrong("query", f"of “{rule.name}”: {sentence}")
        if rule.archive and rule.move:
            raise table.wrong("move", f"“{rule.name}” archives it already.", "Keep one of them.")
        if not (rule.archive or rule.move or rule.flag or rule.mark_read or rule.notify or rule.program or rule.stop):
            raise table.wrong(
                "name", f"“{rule.name}” does nothing.", "Add archive, move, flag, mark_read, notify or exec."
            )
        if any(rule.name == other.name for other in found):
            raise table.wrong("name", f"there is a rule “{rule.name}” already.")
        found.append(rule)
    return tuple(found)
