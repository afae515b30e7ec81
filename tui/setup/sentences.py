"""What the doctor says, as data: what is seen → a sentence of fact, and one of what to do.

Words in braces are filled in by `say`. Nothing from a server is ever part of a format.
"""

from string import Formatter

from tui.mail.noun import dataclass
from tui.mail.text import clean_line


@dataclass(frozen=True, slots=True)
class Sentence:
    """One row."""

    fact: str
    advice: str = ""


SENTENCES: dict[str, Sentence] = {
    # Configuration and secrets.
    "config": Sentence("{file} can be read, and by nobody else."),
    "config-none": Sentence("The account is not in a file yet."),
    "config-open": Sentence("{file} can be read by others on this machine.", "Run: chmod 600 {file}"),
    "secret": Sentence("There is a {kind}."),
    "secret-bad": Sentence("{words}", "{cure}"),
    "secret-none": Sentence("There is no password yet.", "Type it, or say where it is kept."),
    "secret-odd": Sentence(
        "The password begins or ends with a space.", "Was it pasted with a space too many? It is sent as it is."
    ),
    "no-half": Sentence("This account does not send: it has no send table.", "Add [accounts.{name}.send] to send."),
    # Names and lines.
    "dns": Sentence("{host} is {addresses}."),
    "dns-unknown": Sentence("There is no server called {host}.", "Check its name with whoever runs your mail."),
    "dns-near": Sentence("There is no server called {host}.", "Did you mean {near}?"),
    "dns-none": Sentence("No names can be looked up: this machine seems to be offline.", "Check the network."),
    "tcp": Sentence("{at} takes connections {families}."),
    "tcp-refused": Sentence("{host} is up, but nothing listens on port {port}.", "{service} is on port {usual}."),
    "tcp-refused-works": Sentence("{host} is up, but nothing listens on port {port}.", "Port {other} answers: use it."),
    "tcp-silence": Sentence(
        "A firewall swallows port {port} of {host}: no answer at all.", "Check the port; {service} is on port {usual}."
    ),
    "tcp-silence-works": Sentence(
        "A firewall swallows port {port} of {host}: no answer at all.", "Port {other} answers: use it."
    ),
    "tcp-25": Sentence(
        "Nobody answers on port 25 of {host}.", "Port 25 is for servers and most providers block it; use 465 or 587."
    ),
    "tcp-unreachable": Sentence("There is no way to {host}.", "Check the network of this machine."),
    # What stands there.
    "service": Sentence("{at} is a server for {service}, {line}."),
    "plain-on-tls": Sentence(
        "{at} answers in plain text, but the account says security = tls.",
        "Use port {usual} with tls{or_starttls}.",
    ),
    "tls-on-starttls": Sentence(
        "{at} waits for TLS, but the account says {security}.",
        "Set security = tls for port {port}, or use {usual} with starttls.",
    ),
    "no-starttls": Sentence(
        "{at} does not offer STARTTLS, which this account demands.",
        "Use port {usual} with tls. Your password was NOT sent.",
    ),
    "pop3-on-imap": Sentence(
        "{at} is a POP3 server; the account says imap, normally port 993.",
        "Use an IMAP server, or set protocol = pop3.",
    ),
    "imap-on-pop3": Sentence(
        "{at} is an IMAP server; the account says pop3, normally port 995.",
        "Set protocol = imap, which keeps all devices alike, or use a POP3 server.",
    ),
    "swapped": Sentence("The {wrong} server stands where the {right} server belongs.", "Let the two change places."),
    "wrong-service": Sentence(
        "The {wrong} server stands where the {right} server belongs: {at} speaks {service}.",
        "{wanted} is on port {usual}.",
    ),
    "http": Sentence("{at} is a web server, no mail server.", "{wanted} is on port {usual}."),
    "other": Sentence("{at} speaks, but nothing that is known here.", "{wanted} is on port {usual}."),
    "mute": Sentence("{at} takes connections, but says nothing.", "Check the port; {wanted} is on port {usual}."),
    "closed": Sentence("{at} hangs up without a word.", "Check the port, or ask whether this network is let in."),
    # Certificates.
    "tls": Sentence("{version}; the certificate is for {host}, by {issuer}, {days} days left."),
    "tls-plain": Sentence("The line is not encrypted; it does not leave this machine."),
    "tls-pinned": Sentence("{version}; the certificate is the pinned one{until}."),
    "tls-ends": Sentence(
        "The certificate of {host} ends in {days} days, on {last_day}.", "Whoever runs the server must renew it."
    ),
    "cert-unvouched": Sentence(
        "Nobody vouches for the certificate of {at} ({trouble}).",
        "If it is your own server, pin it: {fingerprint}. Your password was NOT sent.",
    ),
    "cert-host": Sentence(
        "The certificate is for {names}, not {host}.", "Use {near} as host. Your password was NOT sent."
    ),
    "cert-host-none": Sentence(
        "The certificate is for {names}, not {host}.",
        "Ask whoever runs the server for its right name. Your password was NOT sent.",
    ),
    "cert-expired": Sentence(
        "The certificate of {at} expired on {last_day}.",
        "Whoever runs the server must renew it. Your password was NOT sent.",
    ),
    "cert-early": Sentence(
        "The certificate of {at} is valid only from {first_day}.", "Is this machine's clock right? It says {today}."
    ),
    "cert-old": Sentence(
        "{at} offers only outdated versions of TLS.", "The server must offer TLS 1.2 or newer. Nothing was sent."
    ),
    "cert-other": Sentence(
        "The certificate of {at} is not valid: {reason}.", "Ask whoever runs the server. Your password was NOT sent."
    ),
    "pin-changed": Sentence(
        "{at} shows ANOTHER certificate than the pinned one: {fingerprint}.",
        "Nothing was sent. Ask whoever runs the server before you change the pin.",
    ),
    "no-tls": Sentence("The line to {at} could not be encrypted: {reason}.", "Nothing was sent. Try again."),
    # Words before the login.
    "greeting": Sentence("It greets: “{words}”."),
    "greeting-preauth": Sentence(
        "{at} lets anybody in before the line is encrypted.",
        "Use port {usual} with tls. Nothing was sent: what comes on such a line may be anybody's.",
    ),
    "greeting-bye": Sentence("{at} says goodbye at once: {words}", "Try again later."),
    "capabilities": Sentence("It offers {names}."),
    "ehlo": Sentence("It offers {names}."),
    "ehlo-refused": Sentence(
        "{at} does not know EHLO.", "It can neither encrypt nor log in safely: use another server."
    ),
    "logindisabled": Sentence(
        "The server refuses logins on this line.", "Use tls, port {usual}. Your password was NOT sent."
    ),
    "no-auth": Sentence(
        "{at} offers no login.", "Submission is port 465 with tls, or 587 with starttls; 25 is for servers."
    ),
    # The login.
    "login": Sentence("{user} is logged in."),
    "login-none": Sentence("No user is configured: no login is tried."),
    "login-refused": Sentence("{at} does not take the password of {user}.", "Type it again; it was tried once."),
    "login-app-password": Sentence("{provider} does not accept your normal password here.", "{sentence}"),
    "login-disabled": Sentence("{service} is switched off at {provider}.", "{sentence}"),
    "login-oauth": Sentence(
        "{provider} accepts no passwords from mail programs; this account needs OAuth sign-in.",
        "Sign in with OAuth, or set token_command.",
    ),
    "login-user": Sentence(
        "{at} does not take the login of {user}.", "Many servers want the full address as user name: {address}."
    ),
    "login-other-user": Sentence(
        "{at} does not take the login of {user}.", "Your address is {address}: is the user name right?"
    ),
    "login-limit": Sentence(
        "{at} has reached its limit of connections.", "Close other mail programs that use this account, and try again."
    ),
    "login-later": Sentence("{at} lets nobody in just now: {words}", "Wait some minutes. The password is kept."),
    "login-web": Sentence("{at} wants you to sign in with a browser first.", "{sentence}"),
    "login-token": Sentence("{at} does not take the token.", "Sign in again; the token has expired or was revoked."),
    # Behind the login.
    "mailboxes": Sentence("{count} mailboxes; {roles}."),
    "mailboxes-lacking": Sentence(
        "{count} mailboxes; {roles}. None for {lacking}.", "Tidings makes Sent and Drafts itself when they are needed."
    ),
    "mailboxes-wrong": Sentence("The account names “{name}” for {role}, but there is no such mailbox.", "{cure}"),
    "inbox": Sentence("INBOX holds {count} messages{validity}{quota}."),
    "inbox-unsure": Sentence(
        "INBOX holds {count} messages, but has no lasting numbers.", "Each start fetches all anew."
    ),
    "inbox-full": Sentence("INBOX holds {count} messages; {percent} % of the quota is used.", "Delete old mail soon."),
    "idle": Sentence("New mail is pushed: IDLE held {seconds} s."),
    "idle-none": Sentence("The server has no IDLE.", "It is asked for new mail every [sync] poll seconds."),
    "idle-broken": Sentence("IDLE is offered but does not work: {words}", "New mail may come late."),
    "clock": Sentence("This machine's clock agrees with the server's mail."),
    "clock-none": Sentence("There is no mail to compare this machine's clock with."),
    "clock-wrong": Sentence(
        "The newest mail came at {there}, but this machine's clock says {here}.", "Set the clock: TLS depends on it."
    ),
    # Sending.
    "envelope": Sentence("Mail from {address} would be taken{limit}. Nothing was sent."),
    "envelope-sender": Sentence("{at} takes no mail from {address}: {words}", "{cure}"),
    "envelope-recipient": Sentence("{at} does not take mail to {address}: {words}", "{cure}"),
    "envelope-relay": Sentence(
        "{at} wants a login before it takes mail: {words}", "Set user and password for sending."
    ),
    "envelope-size": Sentence("Attachments {size} MB, the server takes {limit} MB.", "Send fewer or smaller files."),
    "domain": Sentence("{domain}: mail goes to {mx}; SPF {spf}, DMARC {dmarc}."),
    "domain-none": Sentence("{domain} takes no mail: it has no MX.", "Answers to {address} will not arrive."),
    "domain-unknown": Sentence("{domain} could not be looked up."),
    "sent-append": Sentence("Tidings files the copy of sent mail in Sent."),
    "sent-server": Sentence("{provider} files the copy of sent mail by itself; Tidings files none."),
    "sent-maybe": Sentence("{provider} may file the copy of sent mail by itself: Tidings looks before it files one."),
    "sent-local": Sentence("POP3 has no Sent: the copy of sent mail stays on this machine."),
    "sent-none": Sentence("No copy of sent mail is filed: the account says so."),
    "sent-unknown": Sentence("Who files the copy of sent mail shows after the first login."),
    # For every step.
    "slow": Sentence("{at} gave no answer within {seconds} s.", "Try again; if it stays so, ask whoever runs it."),
    "skipped": Sentence("Not tried, because of what failed before."),
    "words": Sentence("{words}", "{cure}"),
}


def say(key: str, **words: object) -> tuple[str, str]:
    """Return fact and advice.

    Args:
        key: of `SENTENCES`.
        words: what stands for the words in braces; cleaned and cut here.
    """
    sentence = SENTENCES[key]
    filled = {name: clean_line(str(word), 300) for name, word in words.items()}
    return _ended(sentence.fact.format_map(filled)), _ended(sentence.advice.format_map(filled))


def _ended(text: str) -> str:
    """Return a sentence with its full stop, where a server's words ended it without."""
    return text if not text or text.endswith((".", "!", "?", "…", "”")) or "://" in text.split()[-1] else f"{text}."


def fields(key: str) -> set[str]:
    """Return the words in braces of a row."""
    sentence = SENTENCES[key]
    return {name for text in (sentence.fact, sentence.advice) for _, name, _, _ in Formatter().parse(text) if name}
