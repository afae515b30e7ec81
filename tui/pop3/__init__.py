"""A POP3 client (RFC 1939, 2449, 2595, 5034) on asyncio: one line, strict, bounded, cancellable.

POP3 has no push, no flags and one mailbox: a session comes, looks what is there, takes what is new and goes. What is
done with the mail is `tui.sync.pop3_account`'s affair.
"""
