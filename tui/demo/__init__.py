"""The demonstration: an IMAP and an SMTP server in our own loop, a believable inbox, and people who write back.

Nothing here is needed to read and send mail; only `tui.cli.demo` and tests import it. pymap and aiosmtpd, which the
extra ``tidings[demo]`` installs, are imported here and nowhere else.
"""
