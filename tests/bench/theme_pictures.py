"""Draw one screen in every theme, for docs/themes.md.

Usage: python -m tests.bench.theme_pictures [FOLDER [THEME...]]
"""

import asyncio
import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import cairosvg
from PIL import Image
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from tests.screens.mail_stage import NOW, FakeAccount, MailStage, fill
from tui.config.paths import Paths
from tui.mail.ids import MailboxId, Uid
from tui.mail.message import Message
from tui.mail.parse import parse_message
from tui.store.database import Store
from tui.sync.events import Link, LinkState
from tui.terminal.contrast import ANSI_NAMES, in_palette
from tui.terminal.theme import Depth, ThemeFile
from tui.terminal.theme_file import folders, load_theme, names

FOLDER = Path(__file__).parents[2] / "docs" / "themes"
SIZE = (100, 30)
WIDTH = 760
"""Pixels of a picture."""
COLORS = 128
"""Colours kept in a picture: few make it small."""

TEXT = """\
Dear Charles,

The table is done, and it is the whole argument. The full sheet is at
https://analytical.example/shelf/note-g for whoever wants to follow.

> The mill may not divide twice without a card between.
>> Then the store must hold the remainder,
>> and the card is read once more.
>>> Could it not be kept in the mill itself?

Yours, with ink on both hands,
Ada
"""
RAW = (
    "From: Ada Lovelace <ada@analytical.example>\r\nTo: charles@mill.example\r\nSubject: Note G\r\n"
    'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + TEXT.replace("\n", "\r\n") + "\r\n"
    "--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
    'Content-Disposition: attachment; filename="table-note-g.pdf"\r\n\r\n' + "QUJD" * 4000 + "\r\n--b--\r\n"
).encode()


class QuotingAccount(FakeAccount):
    """Its mail quotes, three levels deep."""

    async def message(self, mailbox: MailboxId, uid: Uid) -> Message:
        return parse_message(RAW)


class PictureStage(MailStage):
    """The mail screen as the pictures show it: one account is live, the other is offline."""

    def __init__(self, store: Store, theme: ThemeFile) -> None:
        super().__init__(store)
        self.work.message = QuotingAccount(self.work.name, store).message  # type: ignore[method-assign]
        self.home.link = LinkState(Link.OFFLINE, NOW - 1500, NOW - 1500, next_try=NOW + 20)
        self.register_theme(theme.textual(Depth.TRUECOLOR))
        self.theme = theme.name


async def until(condition: Callable[[], object]) -> None:
    """Wait for a state."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - any state of the screen
            await asyncio.sleep(0.01)


async def draw(store: Store, theme: ThemeFile) -> str:
    """Return the mail screen in a theme as SVG."""
    app = PictureStage(store, theme)
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.mail.current is not None)
        await until(lambda: app.mail.page_shown is not None)
        await pilot.pause()
        console = Console(width=SIZE[0], file=io.StringIO(), force_terminal=True, color_system="truecolor", record=True)
        console.print(app.screen._compositor.render_update(full=True, screen_stack=[]))
        return console.export_svg(title=theme.name, theme=terminal_of(theme))


def terminal_of(theme: ThemeFile) -> TerminalTheme:
    """Return the terminal a theme is made for; its sixteen colours are xterm's."""

    def rgb(color: str) -> tuple[int, int, int]:
        return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)

    text = theme.color("text") or ("#E5E5E5" if theme.dark else "#000000")
    sixteen = [rgb(in_palette(name, "xterm")) for name in ANSI_NAMES]
    return TerminalTheme(rgb(theme.background), rgb(text), sixteen[:8], sixteen[8:])


def save(svg: str, file: Path, width: int = WIDTH) -> int:
    """Write a picture, so many pixels wide; return its size in bytes."""
    png = cairosvg.svg2png(bytestring=with_local_font(svg).encode(), output_width=2 * width)
    image = Image.open(io.BytesIO(png)).convert("RGB")
    small = image.resize((width, image.height * width // image.width), Image.Resampling.LANCZOS)
    palette = Image.new("P", (1, 1))
    palette.putpalette(_most_seen(small))
    small.quantize(palette=palette, dither=Image.Dither.NONE).save(file, optimize=True)
    return file.stat().st_size


def _most_seen(image: Image.Image) -> list[int]:
    """Return the colours a picture cannot do without: those a theme gives stay as they are."""
    counted = sorted(image.getcolors(image.width * image.height) or (), reverse=True)
    kept: list[tuple[int, int, int]] = []
    for _, color in counted:
        assert isinstance(color, tuple)
        red, green, blue = color[:3]
        if len(kept) < COLORS and all(max(abs(red - r), abs(green - g), abs(blue - b)) > 10 for r, g, b in kept):
            kept.append((red, green, blue))
    return [value for color in kept for value in color]


def with_local_font(svg: str) -> str:
    """Take out the font that would be fetched from the network."""
    before, _, rest = svg.partition("@font-face")
    while rest:
        _, _, rest = rest.partition("}")
        more, _, rest = rest.partition("@font-face")
        before += more
    return before.replace("Fira Code", "DejaVu Sans Mono")


async def main(folder: Path, wanted: list[str]) -> None:
    """Draw the wanted themes, or all of them."""
    with tempfile.TemporaryDirectory() as work:
        paths = Paths.under(Path(work))
        paths.make()
        store = await Store.open(paths)
        try:
            await fill(store, older=40)
            for name in wanted or names(folders()):
                size = save(await draw(store, load_theme(name, folders())), folder / f"{name}.png")
                print(f"{name}.png  {size / 1000:.0f} kB")
        finally:
            await store.close()


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target, sys.argv[2:]))
