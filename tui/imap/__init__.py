"""IMAP: aioimaplib tamed.

The library gives the connection, the tags and the table of commands; its reader, which recurses and trusts, is
replaced.

::

    session      one authenticated connection; login brings it there
    mailboxes fetch change search idle    the verbs
    library      all that is used of aioimaplib
    line         made, encrypted, ended
    connection   one command at a time, deadlines that count progress, failure that reaches every waiter
    wire         bytes → complete responses, within limits
    responses    the one door: wire bytes → nouns (with envelope, structure, names, dates, tokens behind it)
    arguments    our values → wire bytes
    capability quirks errors limits       what is offered, what is odd, what went wrong, how much is too much
"""
