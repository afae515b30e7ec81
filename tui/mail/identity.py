"""Identities: who a mail is from."""

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
    """

    account: AccountName
    address: Address
    signature: str = ""
