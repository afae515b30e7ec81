"""Spelling, by hunspell or aspell where one is installed: through a pipe, in the way of ispell."""

import asyncio
import re
import shutil
from collections.abc import Sequence

from tui.mail.errors import MailError
from tui.mail.noun import dataclass
from tui.mail.text import clean_line

CHECK_WITHIN = 10.0
"""Seconds a check may take."""
MOST_WORDS = 500
"""Misspelt words that are told."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NO_WORDS = re.compile(r"\S*(?:://|@)\S*|\S+\.\w{2,4}/\S*")


@dataclass(frozen=True, slots=True)
class Misspelt:
    """A word that no dictionary has.

    Attributes:
        word: as it was written.
        meant: what may be meant, the likeliest first.
    """

    word: str
    meant: tuple[str, ...]


async def misspelt(text: str, language: str = "") -> list[Misspelt]:
    """Return the words of a text that are misspelt, each once, as they come.

    Args:
        text: what the writer wrote.
        language: of the dictionary, such as ``en_GB``; "" for that of the locale.

    Raises:
        MailError: when neither program is installed, or it has no such dictionary, or it hangs.
    """
    words = list(dict.fromkeys(_WORD.findall(_NO_WORDS.sub(" ", text))))
    if not words:
        return []
    argv = _program(language)
    output = await _run(argv, "".join(f"^{word}\n" for word in words))
    return _read(output)[:MOST_WORDS]


def _program(language: str) -> list[str]:
    options = ["-d", language] if language else []
    for name, more in (("hunspell", ["-i", "utf-8"]), ("aspell", ["--encoding=utf-8"])):
        if found := shutil.which(name):
            return [found, "-a", *more, *options]
    raise MailError("Neither hunspell nor aspell is installed.", cure="Install one of them with a dictionary.")


async def _run(argv: Sequence[str], text: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        output, complaint = await asyncio.wait_for(process.communicate(text.encode("utf-8", "replace")), CHECK_WITHIN)
    except TimeoutError:
        raise MailError("The spelling was not checked in time.") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not output.startswith(b"@"):
        words = clean_line(complaint.decode("utf-8", "replace"), 200)
        raise MailError(f"The spelling cannot be checked: {words}", cure="Set [compose] language to one you have.")
    return output.decode("utf-8", "replace")


def _read(output: str) -> list[Misspelt]:
    found: list[Misspelt] = []
    for line in output.split("\n"):
        if line.startswith("# "):
            found.append(Misspelt(line.split(" ")[1], ()))
        elif line.startswith("& "):
            head, _, meant = line.partition(": ")
            found.append(Misspelt(head.split(" ")[1], tuple(clean_line(each, 60) for each in meant.split(", ")[:8])))
    return found
