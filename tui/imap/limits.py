"""How much of a server's output is taken before the line is dropped."""

from tui.mail.noun import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for the answer to one command.

    Attributes:
        line: octets of a response without its literals.
        literal: octets of one literal.
        literals: octets of all literals of one response.
        responses: responses and stray lines while the command runs.
    """

    line: int = MIB
    literal: int = MIB
    literals: int = 4 * MIB
    responses: int = 200_000

    def wider(self, other: "Limits") -> "Limits":
        """Return the bounds for answers of both kinds."""
        return Limits(
            max(self.line, other.line),
            max(self.literal, other.literal),
            max(self.literals, other.literals),
            max(self.responses, other.responses),
        )


COMMON = Limits()
FETCH = Limits(line=2 * MIB, responses=5_000_000)
SEARCH = Limits(line=16 * MIB)
IDLE = Limits(responses=500_000)

MAX_DEPTH = 60
"""Nested parentheses that are understood; what is deeper is left out."""
MAX_TOKENS = 60_000
"""Tokens of one parenthesised value."""
MAX_STRAY = 1_000
"""Lines that are no response at all, while one command runs."""
PARSE_SECONDS = 0.002
"""How long the loop is held by parsing before others get their turn."""
