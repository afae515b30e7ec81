"""aiosmtplib's protocol, made strict: the only place that leans on the library's inside."""

import asyncio

from aiosmtplib.errors import SMTPResponseException
from aiosmtplib.protocol import SMTPProtocol
from aiosmtplib.response import SMTPResponse

from tui.smtp.reply import BadReply, split_reply


class StrictProtocol(SMTPProtocol):
    """aiosmtplib's protocol, which would take the last code of a reply that has several.

    `tests/smtp/test_library.py` holds the private names used here.
    """

    def _read_response_from_buffer(self) -> SMTPResponse | None:
        try:
            found = split_reply(self._buffer)
        except BadReply as error:
            raise SMTPResponseException(-1, str(error)) from None
        if found is None:
            return None
        code, words, length = found
        del self._buffer[:length]
        return SMTPResponse(code, words)

    async def drain(self) -> None:
        """Wait until the line takes more. Raises `OSError` when it is lost."""
        await self._drain_helper()

    @property
    def is_paused(self) -> bool:
        return self._paused

    def abort(self) -> None:
        """Drop the line at once; what is still in our buffers does not leave."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
