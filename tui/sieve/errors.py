"""What a ManageSieve server refuses → `tui.mail.errors`, by its response code (RFC 5804, 1.3)."""

from tui.config.model import Server
from tui.mail.errors import AuthenticationFailed, MailError, ServerRefused, TemporarilyRefused
from tui.mail.sasl import TOKEN_CURE
from tui.mail.text import clean_line
from tui.sieve.answer import Answer

_CURES = {
    "ACTIVE": "Activate another script, or none, before.",
    "NONEXISTENT": "Somebody may have deleted it: look at the list again.",
    "ALREADYEXISTS": "Choose another name, or delete that one before.",
    "QUOTA": "Delete a script that is of no use any more.",
    "QUOTA/MAXSCRIPTS": "Delete a script that is of no use any more.",
    "QUOTA/MAXSIZE": "Make the script shorter.",
}


def refusal(doing: str, answer: Answer) -> ServerRefused:
    """Return what NO or BYE to a command means.

    Args:
        doing: what was being done, a clause for the user: ``Deleting “vacation”``.
        answer: the refusal; of a script that is not right its text has a line for each complaint.
    """
    said = f": {answer.text}" if answer.text else ""
    sentence = f"{doing} was refused{said}"
    sentence += "" if sentence.endswith((".", "!", "?")) else "."
    kind = TemporarilyRefused if answer.code == "TRYLATER" else ServerRefused
    return kind(sentence, code=answer.code, text=answer.text, cure=_CURES.get(answer.code, ""))


def login_refusal(server: Server, answer: Answer, inside: str = "") -> MailError:
    """Return what a refused login means: wrong credentials, unless the server says otherwise.

    Args:
        inside: what the server said in the SASL exchange; "" for nothing.
    """
    told = "; ".join(part for part in (inside, clean_line(answer.text)) if part)
    said = f" It says: {told}" if told else ""
    if answer.code == "TRYLATER" or answer.kind == "BYE":
        sentence = f"{server.label} lets nobody in just now.{said}"
        return TemporarilyRefused(sentence, code=answer.code, text=answer.text, cure="Try again later.")
    if server.secret.gives_token:
        return AuthenticationFailed(f"{server.label} refused the token of {server.user}.{said}", cure=TOKEN_CURE)
    return AuthenticationFailed(
        f"{server.label} refused the login of {server.user}.{said}", cure="Check user and password of the account."
    )
