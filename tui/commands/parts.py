"""The parts of a message: looked at here, opened by other programs, saved."""

import asyncio
import getpass
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from tui.commands.converting import converted, pdf_program
from tui.commands.desk import Desk, require
from tui.commands.launching import launch, say_copied
from tui.commands.path import complete_folder
from tui.commands.pictures import Picture, drawn, lacks
from tui.commands.registry import command
from tui.config.opening import is_remote, program_for
from tui.config.scratch import make_place
from tui.mail.errors import MailError
from tui.mail.part import Part
from tui.mail.text import clean_line
from tui.render.lines import Page, PartRow
from tui.render.parts import Nature, human_size, nature_of, safe_name, save
from tui.render.preview import is_enclosed, is_text, preview, preview_text
from tui.screens.confirm import ConfirmScreen
from tui.screens.page import PageAct
from tui.screens.palette import PickScreen
from tui.screens.part import PartScreen
from tui.screens.prompt import PromptScreen
from tui.widgets.choice_list import Choice
from tui.widgets.status_line import StatusLine

TEXT_WIDTH = 78
"""Cells of a line of a part that is shown here."""
PROGRAMS = frozenset(
    (
        *("exe", "com", "bat", "cmd", "scr", "pif", "msi", "msp", "jar", "js", "jse", "vbs", "vbe", "wsf"),
        *("wsh", "hta", "ps1", "lnk", "url", "desktop", "sh", "bash", "run", "bin", "app", "command"),
        *("appimage", "deb", "rpm", "py", "pl", "rb", "reg", "scf", "cpl", "dll", "so", "terminal"),
        *("workflow", "action", "snap", "flatpakref", "jnlp", "inetloc", "fileloc", "webloc", "tool", "pkg"),
        *("dmg", "scpt", "zsh", "csh", "ksh", "fish", "pyw", "msc", "chm", "iso"),
    )
)
"""Endings of files that may do something when they are opened: these are saved only."""
ACTIVE = frozenset(["html", "htm", "xhtml", "xht", "svg", "svgz", "mht", "mhtml", "xml", "shtml"])
"""Endings of files that a browser may load things from the net for: asked about."""


@command("view.show_part", keys="V", hint="show a part", opens=True)
async def show_part(desk: Desk) -> None:
    """Show a part: texts, PDF as text, pictures, enclosed messages, here."""
    row = await _choose(desk, "Show", "show")
    if row is not None:
        await _show(desk, row)


@command("view.open_part", keys="O", opens=True)
async def open_part(desk: Desk) -> None:
    """Open a part: by the program for it, see [open] in config.toml."""
    row = await _choose(desk, "Open", "open")
    if row is not None:
        await _open(desk, row)


@command("view.save_part", keys="S", hint="save part", opens=True)
async def save_part(desk: Desk) -> None:
    """Save a part: asks which one, and where."""
    row = await _choose(desk, "Save", "choose where")
    if row is not None:
        await _save(desk, [row])


@command("view.save_all", keys="z a", opens=True)
async def save_all(desk: Desk) -> None:
    """Save all parts: that are files; asks where."""
    rows = _rows(desk)
    await _save(desk, [row for row in rows if row.part.is_attachment] or rows)


def _rows(desk: Desk) -> Sequence[PartRow]:
    page = require(desk.mail.page_shown, "No message is open.", "Enter opens one.")
    if not page.parts:
        raise MailError("This message has no parts beside its text.")
    return page.parts


async def _choose(desk: Desk, heading: str, does: str) -> PartRow | None:
    rows = _rows(desk)
    if len(rows) == 1:
        return rows[0]
    return await desk.ask(PickScreen(heading, [_choice(row) for row in rows], does=does))


def _choice(row: PartRow) -> Choice[PartRow]:
    return Choice(f"{row.number}  {row.label}", f"{row.part.type}  {human_size(row.size)}", "", row)


async def _data(desk: Desk, part: Part, size: int) -> bytes:
    account, mailbox, uid = require(desk.mail.current, "There is no message here.")
    if size > 100_000:
        desk.flash(f"fetching {human_size(size)}")
    return await desk.accounts[account].part(mailbox, uid, part)


# Showing


async def _show(desk: Desk, row: PartRow) -> None:
    part = row.part
    pdf = pdf_program() if _is_pdf(part) else []
    is_picture = part.type.startswith("image/") and part.type != "image/svg+xml"
    if not (is_text(part) or is_enclosed(part) or pdf or (is_picture and not lacks())):
        missing = "pdftotext" if _is_pdf(part) else lacks() if is_picture else ""
        where = f" With {missing} installed it could be." if missing else ""
        cure = f"{_label(desk, 'view.open_part')} opens it, {_label(desk, 'view.save_part')} saves it."
        raise MailError(f"{clean_line(part.type, 60)} cannot be shown here.{where}", cure=cure)
    data = await _data(desk, part, row.size)
    page = Page(())
    picture: Picture = None, []
    if pdf:
        page = await asyncio.to_thread(preview_text, await converted(pdf, data), TEXT_WIDTH)
    elif is_picture:
        picture = await drawn(desk, data)
    else:
        page = await asyncio.to_thread(preview, part, data, TEXT_WIDTH)
    screen = PartScreen(
        clean_line(row.label, 60),
        page,
        desk.mail.look,
        StatusLine(desk.mail.look, desk.mail.lines),
        about=f"{clean_line(part.type, 40)}  {human_size(len(data))}",
        painting=picture[0],
        picture=picture[1],
        acts=(PageAct("S", "save", "save"), PageAct("O", "open", "open")),
    )
    match await desk.ask(screen):
        case "save":
            await _save(desk, [row])
        case "open":
            await _open(desk, row)


def _is_pdf(part: Part) -> bool:
    return part.type in ("application/pdf", "application/x-pdf") or part.filename.lower().endswith(".pdf")


def _label(desk: Desk, id: str) -> str:
    return desk.keymap.label(id) or desk.keymap.label("app.palette") or ":"


# Opening


async def _open(desk: Desk, row: PartRow) -> None:
    part = row.part
    name = safe_name(part.filename or row.label)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending in PROGRAMS:
        cure = f"{_label(desk, 'view.save_part')} saves it."
        raise MailError(f"{clean_line(name, 80)} is a program; programs are never opened.", cure=cure)
    program = program_for(part.type, desk.config.opening)
    if not program:
        where = "over SSH nothing is opened here" if is_remote(os.environ) else "there is no desktop here"
        desk.flash(f"{where}: saving instead")
        await _save(desk, [row])
        return
    is_odd = not ending or ending in ACTIVE or part.type in ("text/html", "image/svg+xml", "application/xhtml+xml")
    if is_odd and not await _may_load(desk):
        return
    data = await _data(desk, part, row.size)
    match nature_of(data):
        case Nature.PROGRAM:
            raise MailError(f"{clean_line(name, 80)} is a program, whatever it is called; programs are never opened.")
        case Nature.MARKUP if not is_odd and not await _may_load(desk):
            return
    try:
        path = await asyncio.to_thread(_copy, desk.paths.opened, data, name)
    except OSError as error:
        raise MailError(
            f"No copy could be made: {error.strerror or error}.", cure="Save it, and open it there."
        ) from error
    await launch(desk, program, str(path))
    desk.flash(f"opened {clean_line(name, 80)} with {clean_line(os.path.basename(program[0]), 40)}")


async def _may_load(desk: Desk) -> bool:
    question = "A browser may load things from the net for it, and tell the sender. Open it?"
    return await desk.ask(ConfirmScreen(question, yes="open", no="leave it")) is True


def _copy(folder: Path, data: bytes, name: str) -> Path:
    return save(data, make_place(folder), name)


# Saving


async def _save(desk: Desk, rows: Sequence[PartRow]) -> None:
    size = sum(row.size for row in rows)
    what = clean_line(rows[0].label, 50) if len(rows) == 1 else f"{len(rows)} parts"
    if len(rows) == 1 and is_remote(os.environ) and await _handed_over(desk, rows[0]):
        return
    note = f"{what}  {human_size(size)}"
    folder = await desk.ask(
        PromptScreen("save to folder", value=str(_folder()), note=note, does="save", complete=complete_folder)
    )
    if folder is None:
        return
    saved: list[Path] = []
    try:
        for row in rows:
            data = await _data(desk, row.part, row.size)
            saved.append(await asyncio.to_thread(_write, data, folder, row))
    except OSError as error:
        raise MailError(
            f"Not saved: {error.strerror or error}.", cure=f"Is {clean_line(folder, 200)} a folder you can write?"
        ) from error
    words = f"saved as {saved[0]}" if len(saved) == 1 else f"saved {len(saved)} parts in {saved[0].parent}"
    desk.flash(clean_line(words, 500), style="good")
    if is_remote(os.environ):
        say_copied(desk, scp_line(saved, os.environ), f"{clean_line(words, 120)} · a line that fetches it is copied")


def _write(data: bytes, folder: str, row: PartRow) -> Path:
    return save(data, Path(folder).expanduser().absolute(), row.part.filename or row.label)


async def _handed_over(desk: Desk, row: PartRow) -> bool:
    """Ask whether the terminal is to save it where the user sits, if it can; return whether it did."""
    from tui.terminal.osc import handed_over  # noqa: PLC0415 - late: start-up time

    if handed_over("", b"", os.environ) is None:
        return False
    question = "Save it through the terminal, on the machine you sit at?"
    if not await desk.ask(ConfirmScreen(question, yes="there", no="on this one")):
        return False
    name = safe_name(row.part.filename or row.label)
    data = await _data(desk, row.part, row.size)
    if not desk.hand_over(name, data):
        desk.flash(f"{human_size(len(data))} is too much for that: saving here")
        return False
    desk.flash(f"handed over {clean_line(name, 80)}", style="good")
    return True


def scp_line(paths: Sequence[Path], environment: "os._Environ[str] | dict[str, str]") -> str:
    """Return the command by which the user fetches files to the machine he sits at.

    Args:
        paths: absolute.
        environment: the process's variables.
    """
    said = environment.get("SSH_CONNECTION", "").split()
    host, port = (said[2], said[3]) if len(said) == 4 else ("HOST", "22")
    host = f"[{host}]" if ":" in host else host
    flag = "" if port == "22" else f"-P {port} "
    # The remote side of scp is a path for SFTP today and was a word for a shell before: quoted for both.
    files = " ".join(shlex.quote(f"{getpass.getuser()}@{host}:{path}") for path in paths)
    return f"scp {flag}{files} ."


def _folder() -> Path:
    """Return the folder offered for saving: Downloads where there is one, else the home folder."""
    downloads = Path.home() / "Downloads"
    return downloads if downloads.is_dir() else Path.home()
