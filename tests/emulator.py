"""A terminal in a test: pyte's screen, where it does as terminals do."""

import pyte


class Screen(pyte.Screen):
    """pyte's screen, with its slips mended."""

    def delete_lines(self, count: int | None = None) -> None:
        for y in range(self.lines):
            self.buffer[y]  # a row it never wrote to is missing, and it forgets to move that one up
        super().delete_lines(count)
