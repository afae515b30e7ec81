"""NOTIFY (RFC 5465): one line tells of every mailbox of the user's, not only of the one that is selected."""

from tui.imap.session import Session
from tui.mail.errors import ServerRefused

EVENTS = b"MessageNew MessageExpunge FlagChange"


async def ask_for_all(session: Session) -> bool:
    """Ask to be told of the selected mailbox as before, and by STATUS and LIST of all others.

    Args:
        session: logged in; whoever listens gets `Counted`, `NamesChanged` and `Overflowed`.

    Returns:
        Whether the server will do so. It stops after `Overflowed`.

    Raises:
        MailError: the line is gone.
    """
    if "NOTIFY" not in session.capability:
        return False
    wanted = b"SET (SELECTED-DELAYED (%b)) (PERSONAL (%b MailboxName))" % (EVENTS, EVENTS)
    try:
        await session.run("Asking for news of all mailboxes", "NOTIFY", wanted)
    except ServerRefused:
        return False
    return True
