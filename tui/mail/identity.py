"""Identities: who a mail is from."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tui.mail.address import Address
from tui.mail.ids import AccountName
from tui.mail.noun import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """A From of an account.

    Attributes:
        account: the account that submits its mail.
        address: name and addr-spec of the From field.
        signature: lines below ``-- ``, without that line; "" for none.
        sent: name of the mailbox its sent mail is filed in, "" for the account's Sent.
        bcc_self: whether new mail of it begins with its own address in Bcc.
        markdown: whether new mail of it is Markdown, which is sent as HTML beside the text.
        lists: addr-specs of the mailing lists it is subscribed to: who answers to one need not name it besides.
    """

    account: AccountName
    address: Address
    signature: str = ""
    sent: str = ""
    bcc_self: bool = False
    markdown: bool = False
    lists: tuple[str, ...] = ()

    def reads(self, address: Address) -> bool:
        """Whether it gets what goes to an address, for that is a list it is subscribed to."""
        return address.spec.casefold() in map(str.casefold, self.lists)


def identity_for(addresses: Iterable[Address], identities: Sequence[Identity]) -> Identity | None:
    """Return the identity that a mail came to, None where it came to none of them.

    A mail to ``ada+shop@example.org`` came to ``ada@example.org``, and is answered as that shop knows its writer.

    Args:
        addresses: that it was for, the surest first.
        identities: the user's, those preferred first.
    """
    addresses = tuple(addresses)
    for address in addresses:
        for identity in identities:
            if identity.address.same_mailbox(address):
                return identity
    for address in addresses:
        for identity in identities:
            if address.is_valid and plain(address.spec) == identity.address.spec.casefold():
                return replace(identity, address=Address(identity.address.name, address.spec))
    return None


def plain(spec: str) -> str:
    """Return an addr-spec without its plus (RFC 5233: the detail), case-folded."""
    local, at, domain = spec.casefold().rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"
