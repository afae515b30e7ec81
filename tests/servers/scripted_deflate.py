"""A scripted IMAP server that compresses (RFC 4978), and what it may do wrong at that."""

import asyncio
import zlib

from tests.servers.scripted_dialogue import Dialogue

HUGE = 300_000_000


class Deflated(Dialogue):
    """Offers COMPRESS. Option ``then``: what it does beside it.

    ``refuses``: NO. ``glued``: compressed octets of its own in the same packet as the OK. ``damaged``: octets that are
    no deflate. ``ends``: the end of the stream. ``bomb``: a literal that is far too large, deflated a thousandfold.
    """

    def capability(self) -> str:
        return super().capability() + (" COMPRESS=DEFLATE" if self.entered else "")

    @property
    def then(self) -> str:
        return str(self.server.options.get("then", ""))

    async def do_compress(self, tag: bytes, algorithm: bytes) -> None:
        if self.then == "refuses":
            await self.say(tag + b" NO [COMPRESSIONACTIVE] not now")
            return
        outward = zlib.compressobj(9, zlib.DEFLATED, -15)
        behind = b""
        if self.then == "glued":
            behind = outward.compress(b"* 99 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n") + outward.flush(
                zlib.Z_SYNC_FLUSH
            )
        elif self.then == "damaged":
            behind = b"\xff" * 40
        elif self.then == "ends":
            behind = outward.flush(zlib.Z_FINISH)
        elif self.then == "bomb":
            behind = outward.compress(b"* 1 FETCH (UID 1 BODY[] {%d}\r\n" % HUGE)
            behind += outward.compress(bytes(20_000_000)) + outward.flush(zlib.Z_SYNC_FLUSH)
        self.writer.write(tag + b" OK compressing\r\n" + behind)
        plain, squeezed = self.reader, self.writer
        self.reader = asyncio.StreamReader(limit=2**20)
        self._reading = asyncio.ensure_future(_inflate(plain, self.reader))
        self.send = _Send(squeezed, outward)  # type: ignore[method-assign]


class _Send:
    def __init__(self, writer: asyncio.StreamWriter, outward: "zlib._Compress") -> None:
        self._writer = writer
        self._outward = outward

    async def __call__(self, data: bytes) -> None:
        self._writer.write(self._outward.compress(data) + self._outward.flush(zlib.Z_SYNC_FLUSH))
        await self._writer.drain()


async def _inflate(source: asyncio.StreamReader, target: asyncio.StreamReader) -> None:
    inward = zlib.decompressobj(-15)
    try:
        while data := await source.read(65536):
            target.feed_data(inward.decompress(data))
    except (OSError, zlib.error):
        pass
    target.feed_eof()
