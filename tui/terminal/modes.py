"""What is written to enter the screen and to leave it. Nothing heavy is loaded."""

ENTER = "\x1b[?1049h\x1b[22;2t\x1b[?25l\x1b[?7l\x1b[?1004h\x1b[?2004h\x1b[>25u\x1b[?2026$p"
"""The alternate screen; the title kept; no cursor, no wrapping; focus and pasting told; kitty's keys where there are
any; and the question whether frames can be bracketed."""
LEAVE = "\x1b[m\x1b[r\x1b[?7h\x1b[?2004l\x1b[?1004l\x1b[<u\x1b[23;2t\x1b[?1049l\x1b[?25h"
MOUSE_ON = "\x1b[?1000h\x1b[?1002h\x1b[?1006h"
MOUSE_OFF = "\x1b[?1006l\x1b[?1002l\x1b[?1000l"

WIDTH_OF = "\N{BLACK CIRCLE}"
"""One of the marks whose width is ambiguous (UAX 11): where it takes two cells, so do the others."""
QUESTIONS = f"\x1b[H{WIDTH_OF}\x1b[6n\x1b]11;?\x1b\\"
"""Where the cursor stands behind that mark (CPR), and the background (OSC 11). The first frame clears the mark."""
