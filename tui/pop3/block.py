"""An answer of many lines on its way (RFC 1939, 3): its end found, its doubled dots made single, piece by piece."""

END = b"\r\n.\r\n"


class Block:
    """Takes octets as they come and gives those of the answer.

    What is given back is whole except for a few octets that may belong to the end, which wait for the next piece; so
    the work is the same for every octet, however the line cuts them.

    Attributes:
        is_complete: the end has come.
    """

    def __init__(self) -> None:
        self.is_complete = False
        self._held = b"\r\n"  # as if a line end were before the first line
        self._is_first = True

    def feed(self, data: bytes) -> tuple[bytes, int]:
        """Take octets.

        Args:
            data: the next ones from the line.

        Returns:
            (octets of the answer, how many of ``data`` belong to it and its end).
        """
        text = self._held + data
        end = text.find(END)
        if end >= 0:
            self.is_complete = True
            used = end + len(END) - len(self._held)
            self._held = b""
            return self._given(text[: end + 2]), used
        cut = self._cut(text)
        self._held = text[cut:]
        return self._given(text[:cut]), len(data)

    @staticmethod
    def _cut(text: bytes) -> int:
        """Return how much can be given: all but what may become a line end with dots behind it."""
        for length in range(min(len(END) - 1, len(text)), 0, -1):
            if END.startswith(text[-length:]):
                return len(text) - length
        return len(text)

    def _given(self, text: bytes) -> bytes:
        if not text:
            return text
        text = text.replace(b"\r\n..", b"\r\n.") if b"\r\n.." in text else text
        if self._is_first:
            self._is_first = False
            text = text[2:]
        return text
