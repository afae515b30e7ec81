"""What lies outside the screen: the window's title, the clipboard, notifications. The one place that writes them.

OSC sequences (ECMA-48, 8.3.89) carry text of strangers to the terminal's own ears, so all of it is cleaned again here
and cut to length. Links (OSC 8) are part of the picture: `tui.terminal.pen`.
"""

import contextlib
import os
from base64 import b64encode
from collections.abc import Callable, Mapping
from enum import StrEnum

from tui.mail.errors import ConfigError
from tui.mail.text import clean, clean_line

ST, BEL, ESC = "\x1b\\", "\x07", "\x1b"

MOST_TITLE = 100
MOST_SUMMARY = 80
MOST_BODY = 200
MOST_COPIED = 48 * 1024
"""Bytes of text for the clipboard: in base64, and doubled for tmux, still below what terminals take."""
MOST_HANDED = 3_000_000
"""Octets of a file that goes through the terminal."""
SCREEN_CHUNK = 512
"""Characters GNU screen takes in one DCS string; it has 768 bytes."""


class Way(StrEnum):
    """How a terminal is told that something happened."""

    OSC9 = "osc9"  # iTerm2
    OSC777 = "osc777"  # urxvt, foot, WezTerm, Ghostty
    OSC99 = "osc99"  # kitty
    BELL = "bell"
    NONE = "off"


def way_of(environment: Mapping[str, str]) -> Way:
    """Return how this terminal shows a notification; the bell, where nothing better is known of it.

    Args:
        environment: the process's variables.
    """
    term, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    if "KITTY_WINDOW_ID" in environment or term == "xterm-kitty":
        return Way.OSC99
    if program == "iTerm.app" or environment.get("LC_TERMINAL") == "iTerm2":
        return Way.OSC9
    if program in ("WezTerm", "ghostty") or term.startswith(("foot", "rxvt-unicode", "xterm-ghostty")):
        return Way.OSC777
    return Way.BELL


def title(text: str) -> str:
    """Return what sets the window's title (OSC 2)."""
    return f"\x1b]2;{clean_line(text, MOST_TITLE)}{ST}"


def copied(text: str) -> str | None:
    """Return what puts text into the clipboard (OSC 52), None when it is too long for that."""
    data = clean(text).encode()
    return f"\x1b]52;c;{b64encode(data).decode()}{ST}" if len(data) <= MOST_COPIED else None


def notification(summary: str, body: str, way: Way) -> str:
    """Return what tells the user.

    Args:
        summary: a few words; body: a line more.
        way: how.
    """
    summary, body = clean_line(summary, MOST_SUMMARY), clean_line(body, MOST_BODY)
    match way:
        case Way.OSC9:
            return f"\x1b]9;{_no_number(summary)}: {body}{ST}" if body else f"\x1b]9;{_no_number(summary)}{ST}"
        case Way.OSC777:
            # The fields are parted by semicolons; in the last one they are text.
            return f"\x1b]777;notify;{summary.replace(';', ',')};{body}{ST}"
        case Way.OSC99:
            return f"\x1b]99;i=tidings:d=0;{summary}{ST}\x1b]99;i=tidings:p=body;{body}{ST}"
        case Way.BELL:
            return BEL
    return ""


def _no_number(text: str) -> str:
    """Return text that ConEmu and Windows Terminal do not take for one of their numbered commands."""
    return f" {text}" if text[:1].isdigit() else text


def passed(sequence: str, environment: Mapping[str, str]) -> str:
    """Return a sequence wrapped so that tmux or screen hands it on to the terminal around it.

    tmux does so where ``allow-passthrough`` is on.

    Args:
        sequence: OSC sequences ended by ST, or a bell.
        environment: the process's variables.
    """
    if not sequence.startswith(ESC):
        return sequence
    if "TMUX" in environment:
        return f"\x1bPtmux;{sequence.replace(ESC, ESC + ESC)}{ST}"
    if environment.get("TERM", "").startswith("screen") and "STY" in environment:
        sequence = sequence.replace(ST, BEL)  # an ST would end what wraps it
        chunks = [sequence[start : start + SCREEN_CHUNK] for start in range(0, len(sequence), SCREEN_CHUNK)]
        return "".join(f"\x1bP{chunk}{ST}" for chunk in chunks)
    return sequence


def handed_over(name: str, data: bytes, environment: Mapping[str, str]) -> str | None:
    """Return what has the terminal save a file where it runs (OSC 1337 of iTerm2); None where it does not do that.

    Args:
        name: a safe file name.
        data: its octets.
        environment: the process's variables.
    """
    theirs = environment.get("TERM_PROGRAM") == "iTerm.app" or environment.get("LC_TERMINAL") == "iTerm2"
    if not theirs or "TMUX" in environment or "STY" in environment or len(data) > MOST_HANDED:
        return None
    title = b64encode(name.encode()).decode()
    return f"\x1b]1337;File=name={title};size={len(data)};inline=0:{b64encode(data).decode()}{BEL}"


class Outside:
    """Tells the terminal what is not on the screen.

    Args:
        write: takes the bytes.
        environment: the process's variables.
        way: how notifications are shown, None to look at the environment.
    """

    def __init__(self, write: Callable[[str], None], environment: Mapping[str, str], way: Way | None = None) -> None:
        self._write = write
        self._environment = environment
        self._way = way_of(environment) if way is None else way
        self._title = ""
        self._has_osc = not environment.get("TERM", "").startswith("linux")

    def set_title(self, text: str) -> None:
        """Set the window's title; the terminal has its own again when the program ends."""
        sequence = title(text)
        if self._has_osc and sequence != self._title:
            self._title = sequence
            self._write(sequence)

    def copy(self, text: str) -> bool:
        """Put text into the clipboard of the terminal, where it allows that. Return False when it is too long."""
        sequence = copied(text)
        if sequence is None or not self._has_osc:
            return False
        # tmux takes it itself (set-clipboard on), or hands it on (allow-passthrough on): nobody can tell which.
        wrapped = passed(sequence, self._environment)
        self._write(sequence + wrapped if "TMUX" in self._environment else wrapped)
        return True

    def hand_over(self, name: str, data: bytes) -> bool:
        """Have the terminal save a file on the machine it runs on. Return False when it cannot."""
        sequence = handed_over(name, data, self._environment)
        if sequence is not None:
            self._write(sequence)
        return sequence is not None

    def notify(self, summary: str, body: str) -> None:
        """Tell the user, who may look at another window."""
        sequence = notification(summary, body, self._way if self._has_osc else Way.BELL)
        self._write(passed(sequence, self._environment))

    def ring(self) -> None:
        """Have the terminal make its sound, or whatever it does instead."""
        self._write(BEL)


def announcer(way: str) -> Outside:
    """Return what tells the user at the terminal that this process belongs to, wherever its output goes.

    Args:
        way: a `Way`, or ``auto``.

    Raises:
        ConfigError: there is no terminal.
    """
    try:
        descriptor = os.open("/dev/tty", os.O_WRONLY | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        raise ConfigError("There is no terminal that could tell.", cure="--exec runs a program that does.") from None

    def write(sequence: str) -> None:
        with contextlib.suppress(OSError):
            os.write(descriptor, sequence.encode())

    return Outside(write, os.environ, None if way == "auto" else Way(way))
