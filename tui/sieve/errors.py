"""What a ManageSieve server refuses → `tui.mail.errors`, by its response code (RFC 5804, 1.3)."""

from tui.config.model import Server
from tui.mail.errors import AuthenticationFailed, MailError, ScriptRefused, ServerRefused, TemporarilyRefused
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


MOST_COMPLAINTS = 100


def script_refusal(doing: str, answer: Answer) -> ServerRefused:
    """Return what NO to a script means: that it is not right, unless a code says otherwise (RFC 5804, 2.6 and 2.12)."""
    lines = tuple(clean_line(line, 300) for line in answer.text.splitlines()[:MOST_COMPLAINTS] if line.strip())
    if answer.kind != "NO" or answer.code or not lines:
        return refusal(doing, answer)
    return ScriptRefused(f"The script is not right. {lines[0]}", complaints=lines)


def refusal(doing: str, answer: Answer) -> ServerRefused:
    """Return what NO or BYE to a command means.

    Args:
        doing: what was being done, a clause for the user: ``Deleting “vacation”``.
        answer: the refusal.
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
