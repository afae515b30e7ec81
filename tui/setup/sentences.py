"""What the doctor says, as data: what is seen → a sentence of fact, one of what to do, and a few words for a lamp.

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
    brief: str = ""


SENTENCES: dict[str, Sentence] = {
    # Configuration and secrets.
    "config": Sentence("{file} can be read, and by nobody else.", brief="for you only"),
    "config-none": Sentence("The account is not in a file yet.", brief="not written yet"),
    "config-open": Sentence(
        "{file} can be read by others on this machine.", "Run: chmod 600 {file}", brief="open to others"
    ),
    "secret": Sentence("There is a {kind}.", brief="{kind}"),
    "secret-bad": Sentence("{words}", "{cure}", brief="not obtained"),
    "secret-none": Sentence("There is no password yet.", "Type it, or say where it is kept.", brief="not given"),
    "secret-odd": Sentence(
        "The password begins or ends with a space.",
        "Was it pasted with a space too many? It is sent as it is.",
        brief="ends in a space",
    ),
    "no-half": Sentence(
        "This account does not send: it has no send table.",
        "Add [accounts.{name}.send] to send.",
        brief="not configured",
    ),
    # Names and lines.
    "dns": Sentence("{host} is {addresses}.", brief="{addresses}"),
    "dns-unknown": Sentence(
        "There is no server called {host}.", "Check its name with whoever runs your mail.", brief="no such server"
    ),
    "dns-near": Sentence("There is no server called {host}.", "Did you mean {near}?", brief="no such server"),
    "dns-none": Sentence(
        "No names can be looked up: this machine seems to be offline.", "Check the network.", brief="offline"
    ),
    "tcp": Sentence("{at} takes connections {families}.", brief="{families}"),
    "tcp-refused": Sentence(
        "{host} is up, but nothing listens on port {port}.", "{service} is on port {usual}.", brief="refused"
    ),
    "tcp-refused-works": Sentence(
        "{host} is up, but nothing listens on port {port}.", "Port {other} answers: use it.", brief="refused"
    ),
    "tcp-silence": Sentence(
        "A firewall swallows port {port} of {host}: no answer at all.",
        "Check the port; {service} is on port {usual}.",
        brief="no answer",
    ),
    "tcp-silence-works": Sentence(
        "A firewall swallows port {port} of {host}: no answer at all.",
        "Port {other} answers: use it.",
        brief="no answer",
    ),
    "tcp-25": Sentence(
        "Nobody answers on port 25 of {host}.",
        "Port 25 is for servers and most providers block it; use 465 or 587.",
        brief="no answer",
    ),
    "tcp-unreachable": Sentence("There is no way to {host}.", "Check the network of this machine.", brief="no way"),
    # What stands there.
    "service": Sentence("{at} is a server for {service}, {line}.", brief="{service}, {line}"),
    "plain-on-tls": Sentence(
        "{at} answers in plain text, but the account says security = tls.",
        "Use port {usual} with tls{or_starttls}.",
        brief="plain text",
    ),
    "tls-on-starttls": Sentence(
        "{at} waits for TLS, but the account says {security}.",
        "Set security = tls for port {port}, or use {usual} with starttls.",
        brief="waits for TLS",
    ),
    "no-starttls": Sentence(
        "{at} does not offer STARTTLS, which this account demands.",
        "Use port {usual} with tls. Your password was NOT sent.",
        brief="no STARTTLS",
    ),
    "pop3-on-imap": Sentence(
        "{at} is a POP3 server; the account says imap, normally port 993.",
        "Use an IMAP server, or set protocol = pop3.",
        brief="POP3",
    ),
    "imap-on-pop3": Sentence(
        "{at} is an IMAP server; the account says pop3, normally port 995.",
        "Set protocol = imap, which keeps all devices alike, or use a POP3 server.",
        brief="IMAP",
    ),
    "swapped": Sentence(
        "The {wrong} server stands where the {right} server belongs.",
        "Let the two change places.",
        brief="changed places",
    ),
    "wrong-service": Sentence(
        "The {wrong} server stands where the {right} server belongs: {at} speaks {service}.",
        "{wanted} is on port {usual}.",
        brief="{service}",
    ),
    "http": Sentence("{at} is a web server, no mail server.", "{wanted} is on port {usual}.", brief="a web server"),
    "other": Sentence("{at} speaks, but nothing that is known here.", "{wanted} is on port {usual}.", brief="unknown"),
    "mute": Sentence(
        "{at} takes connections, but says nothing.", "Check the port; {wanted} is on port {usual}.", brief="silence"
    ),
    "closed": Sentence(
        "{at} hangs up without a word.", "Check the port, or ask whether this network is let in.", brief="hangs up"
    ),
    # Certificates.
    "tls": Sentence(
        "{version}; the certificate is for {host}, by {issuer}, {days} days left.",
        brief="{version}, name fits, {days} days",
    ),
    "tls-plain": Sentence("The line is not encrypted; it does not leave this machine.", brief="none, this machine"),
    "tls-pinned": Sentence("{version}; the certificate is the pinned one{until}.", brief="{version}, pinned"),
    "tls-ends": Sentence(
        "The certificate of {host} ends in {days} days, on {last_day}.",
        "Whoever runs the server must renew it.",
        brief="ends in {days} days",
    ),
    "cert-unvouched": Sentence(
        "Nobody vouches for the certificate of {at} ({trouble}).",
        "If it is your own server, pin it: {fingerprint}. Your password was NOT sent.",
        brief="{trouble}",
    ),
    "cert-host": Sentence(
        "The certificate is for {names}, not {host}.",
        "Use {near} as host. Your password was NOT sent.",
        brief="for {near}",
    ),
    "cert-host-none": Sentence(
        "The certificate is for {names}, not {host}.",
        "Ask whoever runs the server for its right name. Your password was NOT sent.",
        brief="for another host",
    ),
    "cert-expired": Sentence(
        "The certificate of {at} expired on {last_day}.",
        "Whoever runs the server must renew it. Your password was NOT sent.",
        brief="expired {last_day}",
    ),
    "cert-early": Sentence(
        "The certificate of {at} is valid only from {first_day}.",
        "Is this machine's clock right? It says {today}.",
        brief="from {first_day}",
    ),
    "cert-old": Sentence(
        "{at} offers only outdated versions of TLS.",
        "The server must offer TLS 1.2 or newer. Nothing was sent.",
        brief="outdated TLS",
    ),
    "cert-other": Sentence(
        "The certificate of {at} is not valid: {reason}.",
        "Ask whoever runs the server. Your password was NOT sent.",
        brief="not valid",
    ),
    "pin-changed": Sentence(
        "{at} shows ANOTHER certificate than the pinned one: {fingerprint}.",
        "Nothing was sent. Ask whoever runs the server before you change the pin.",
        brief="ANOTHER certificate",
    ),
    "no-tls": Sentence(
        "The line to {at} could not be encrypted: {reason}.", "Nothing was sent. Try again.", brief="failed"
    ),
    # Words before the login.
    "greeting": Sentence("It greets: “{words}”.", brief="{words}"),
    "greeting-preauth": Sentence(
        "{at} lets anybody in before the line is encrypted.",
        "Use port {usual} with tls. Nothing was sent: what comes on such a line may be anybody's.",
        brief="lets anybody in",
    ),
    "greeting-bye": Sentence("{at} says goodbye at once: {words}", "Try again later.", brief="goodbye"),
    "capabilities": Sentence("It offers {names}.", brief="{names}"),
    "ehlo": Sentence("It offers {names}.", brief="{names}"),
    "ehlo-refused": Sentence(
        "{at} does not know EHLO.", "It can neither encrypt nor log in safely: use another server.", brief="no EHLO"
    ),
    "logindisabled": Sentence(
        "The server refuses logins on this line.",
        "Use tls, port {usual}. Your password was NOT sent.",
        brief="no logins here",
    ),
    "no-auth": Sentence(
        "{at} offers no login.",
        "Submission is port 465 with tls, or 587 with starttls; 25 is for servers.",
        brief="no login offered",
    ),
    # The login.
    "login": Sentence("{user} is logged in.", brief="{user}"),
    "login-none": Sentence("No user is configured: no login is tried.", brief="no user"),
    "login-refused": Sentence(
        "{at} does not take the password of {user}.", "Type it again; it was tried once.", brief="refused"
    ),
    "login-app-password": Sentence(
        "{provider} does not accept your normal password here.", "{sentence}", brief="app password needed"
    ),
    "login-disabled": Sentence("{service} is switched off at {provider}.", "{sentence}", brief="switched off"),
    "login-oauth": Sentence(
        "{provider} accepts no passwords from mail programs; this account needs OAuth sign-in.",
        "Sign in with OAuth, or set token_command.",
        brief="OAuth needed",
    ),
    "login-user": Sentence(
        "{at} does not take the login of {user}.",
        "Many servers want the full address as user name: {address}.",
        brief="refused",
    ),
    "login-other-user": Sentence(
        "{at} does not take the login of {user}.", "Your address is {address}: is the user name right?", brief="refused"
    ),
    "login-limit": Sentence(
        "{at} has reached its limit of connections.",
        "Close other mail programs that use this account, and try again.",
        brief="too many connections",
    ),
    "login-later": Sentence(
        "{at} lets nobody in just now: {words}", "Wait some minutes. The password is kept.", brief="not now"
    ),
    "login-web": Sentence("{at} wants you to sign in with a browser first.", "{sentence}", brief="browser first"),
    "login-token": Sentence(
        "{at} does not take the token.", "Sign in again; the token has expired or was revoked.", brief="token refused"
    ),
    # Behind the login.
    "mailboxes": Sentence("{count} mailboxes; {roles}.", brief="{count}, special ones found"),
    "mailboxes-lacking": Sentence(
        "{count} mailboxes; {roles}. None for {lacking}.",
        "Tidings makes Sent and Drafts itself when they are needed.",
        brief="{count}, none for {lacking}",
    ),
    "mailboxes-wrong": Sentence(
        "The account names “{name}” for {role}, but there is no such mailbox.", "{cure}", brief="no “{name}”"
    ),
    "inbox": Sentence("INBOX holds {messages}{validity}{quota}.", brief="{messages}"),
    "inbox-unsure": Sentence(
        "INBOX holds {messages}, but has no lasting numbers.",
        "Each start fetches all anew.",
        brief="{messages}",
    ),
    "inbox-full": Sentence(
        "INBOX holds {messages}; {percent} % of the quota is used.",
        "Delete old mail soon.",
        brief="{percent} % full",
    ),
    "idle": Sentence("New mail is pushed: IDLE held {seconds} s.", brief="IDLE, {seconds} s"),
    "idle-none": Sentence(
        "The server has no IDLE.", "It is asked for new mail every [sync] poll seconds.", brief="none, polled"
    ),
    "idle-broken": Sentence(
        "IDLE is offered but does not work: {words}", "New mail may come late.", brief="does not work"
    ),
    "clock": Sentence("This machine's clock agrees with the server's mail.", brief="agrees"),
    "clock-none": Sentence("There is no mail to compare this machine's clock with.", brief="nothing to compare"),
    "clock-wrong": Sentence(
        "The newest mail came at {there}, but this machine's clock says {here}.",
        "Set the clock: TLS depends on it.",
        brief="wrong",
    ),
    # Sending.
    "envelope": Sentence("Mail from {address} would be taken{limit}. Nothing was sent.", brief="allowed{limit}"),
    "envelope-sender": Sentence("{at} takes no mail from {address}: {words}", "{cure}", brief="refused"),
    "envelope-recipient": Sentence("{at} does not take mail to {address}: {words}", "{cure}", brief="refused"),
    "envelope-relay": Sentence(
        "{at} wants a login before it takes mail: {words}", "Set user and password for sending.", brief="login wanted"
    ),
    "envelope-size": Sentence(
        "Attachments {size} MB, the server takes {limit} MB.", "Send fewer or smaller files.", brief="too large"
    ),
    "domain": Sentence("{domain}: mail goes to {mx}; SPF {spf}, DMARC {dmarc}.", brief="SPF {spf}, DMARC {dmarc}"),
    "domain-none": Sentence(
        "{domain} takes no mail: it has no MX.", "Answers to {address} will not arrive.", brief="no MX"
    ),
    "domain-unknown": Sentence("{domain} could not be looked up.", brief="not looked up"),
    "sent-append": Sentence("Tidings files the copy of sent mail in Sent.", brief="Tidings"),
    "sent-server": Sentence(
        "{provider} files the copy of sent mail by itself; Tidings files none.", brief="{provider}"
    ),
    "sent-maybe": Sentence(
        "{provider} may file the copy of sent mail by itself: Tidings looks before it files one.",
        brief="{provider}, perhaps",
    ),
    "sent-local": Sentence("POP3 has no Sent: the copy of sent mail stays on this machine.", brief="this machine"),
    "sent-none": Sentence("No copy of sent mail is filed: the account says so.", brief="nobody"),
    "sent-unknown": Sentence("Who files the copy of sent mail shows after the first login.", brief="not known yet"),
    # For every step.
    "slow": Sentence(
        "{at} gave no answer within {seconds} s.", "Try again; if it stays so, ask whoever runs it.", brief="no answer"
    ),
    "skipped": Sentence("Not tried, because of what failed before.", brief="not tried"),
    "words": Sentence("{words}", "{cure}", brief="failed"),
}


def say(key: str, **words: object) -> tuple[str, str, str]:
    """Return fact, advice and the few words for a lamp.

    Args:
        key: of `SENTENCES`.
        words: what stands for the words in braces; cleaned and cut here.
    """
    sentence = SENTENCES[key]
    filled = {name: clean_line(str(word), 300) for name, word in words.items()}
    fact, advice = (_ended(text.format_map(filled)) for text in (sentence.fact, sentence.advice))
    return fact, advice, clean_line(sentence.brief.format_map(filled), 60)


def _ended(text: str) -> str:
    """Return a sentence with its full stop, where a server's words ended it without."""
    return text if not text or text.endswith((".", "!", "?", "…", "”")) or "://" in text.split()[-1] else f"{text}."


def fields(key: str) -> set[str]:
    """Return the words in braces of a row."""
    sentence = SENTENCES[key]
    return {
        name
        for text in (sentence.fact, sentence.advice, sentence.brief)
        for _, name, _, _ in Formatter().parse(text)
        if name
    }
