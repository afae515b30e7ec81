"""A compressed line (RFC 4978): raw deflate (RFC 1951) both ways, each command flushed, and no more inflated at once
than may be looked at at once. A bomb costs what the same octets would cost uncompressed: time, within the limits of the
command, and no memory.
"""

import zlib

from tui.mail.errors import ProtocolViolation

MOST = 64 * 1024
"""Octets inflated at once."""
LEVEL = 6


class Deflate:
    """The state of both directions."""

    def __init__(self) -> None:
        self._outward = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._inward = zlib.decompressobj(-zlib.MAX_WBITS)

    def pack(self, data: bytes) -> bytes:
        """Return what to send for these octets, so that the other side sees all of them."""
        return self._outward.compress(data) + self._outward.flush(zlib.Z_SYNC_FLUSH)

    def unpack(self, data: bytes) -> tuple[bytes, bytes | None]:
        """Inflate what came.

        Returns:
            At most `MOST` octets, and what is to be given to the next call; None when nothing is left.

        Raises:
            ProtocolViolation: it is no deflate.
        """
        try:
            plain = self._inward.decompress(data, MOST)
        except zlib.error as error:
            raise ProtocolViolation("The server sent damaged data on a compressed line.") from error
        if self._inward.eof:
            raise ProtocolViolation("The server ended the compression.")
        left = self._inward.unconsumed_tail
        return plain, left if left or len(plain) == MOST else None
