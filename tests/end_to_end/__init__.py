"""The engine against Dovecot and Postfix: what the user sees, and what other clients of the same mailbox see."""
