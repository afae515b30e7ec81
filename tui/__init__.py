"""Tidings: a live, lean and careful mail client for the terminal. This page is the map of the house.

One process, one asyncio loop: panes, IMAP IDLE, POP3, SMTP submission and timers all live in it. Threads serve only
SQLite and heavy parsing; no thread ever touches a widget or a socket.

The floors; imports run down only (``|``: strangers to each other), and `scripts/check` holds them to it::

    cli           one module per subcommand; main.py is the way in, parse.py builds the parser
    start         the last view, painted from the store before anything else is loaded
    app | linear  the Textual App: wires accounts to screens, forwards events | the same in lines, for screen readers
    commands      what a key does: the registry and one module per area
    screens       layout and focus: mail, compose, outbox, setup, accounts, help, palette, prompt
    widgets       mailbox tree, envelope list, message view, status line …: all by the Line API
    terminal      what touches the tty, and what a theme and a key are
    engine        verbs: what a line in a script asks for, done by the program that runs or by the command itself
    sync | setup | demo   remote meets local | finds and examines a user's servers | embedded servers, sample mail
    imap | pop3 | smtp | sieve   aioimaplib tamed | POP3 | submission | ManageSieve
      | store | render           SQLite | a message as styled lines
    config        config.toml, folders, secrets, TLS
    mail          pure nouns: address, envelope, part, message, draft, submission, errors

Textual only from terminal/ up. aioimaplib only in imap/, aiosmtplib only in smtp/, SQLite only in store/, pymap and
aiosmtpd only in demo/. ``tidings watch``, ``view``, ``doctor`` and ``setup`` run without Textual.

Walk 1: a mail arrives.

1. The server says ``* 42 EXISTS``; `tui.imap.idle.IdleTurn` ends its turn. One turn is one object; `tui.sync.watch`
   begins the next and reconnects.
2. `tui.sync.mailbox.Mirror` asks for the UIDs above the highest it holds (never by \\Recent).
3. `tui.imap.fetch` streams the FETCH; `tui.imap.responses` is the one door where wire bytes become nouns, cleaned.
4. `tui.store.envelopes` writes them in one transaction.
5. `tui.sync.events.MessagesArrived(account, mailbox, uids)`: frozen, past tense, ids only.
6. `tui.app` wraps any event in its one Textual message; the screen's ``apply(event)`` passes it on.
7. `tui.widgets.envelope_list` reads again just the rows on screen.

By POP3, `tui.sync.pop3_visit` takes what is new into mail.db (`tui.store.local_mail`), which is to the cache what the
server is by IMAP. What both kinds of accounts share is `tui.sync.mailing`.

Walk 2: a mail leaves.

1. The send key: `tui.screens.compose` → `tui.commands.compose` → `tui.sync.account.Account.submit(draft)`.
2. `tui.mail.compose.to_bytes` makes the final bytes once; `tui.store.outbox` commits ``held``. From here nothing the
   user wrote can be lost.
3. `tui.sync.outbox` takes what is due; `tui.sync.delivery` commits each phase before `tui.smtp.submit` enters it.
4. 2xx after the final dot → ``accepted``; 4xx → ``queued`` with a time; 5xx → ``failed`` with the server's words; the
   line lost after the final dot → ``unknown``, never sent again without asking.
5. `tui.sync.follow_up` files the copy in Sent, and the original gets \\Answered; repeated until done, without SMTP. It
   looks on the server for what is ``unknown``.
6. ``SubmissionChanged`` → status line and outbox screen.

What a key changes goes the same way: an act in `tui.store.journal` and a row in `tui.store.pending`, the list at once,
`tui.sync.pending` later, and a refusal is put back visibly. Undo drops the row, or adds its opposite. No key waits for
the network. What runs beside its owner, a screen, an account or the program, is in its `tui.sync.tasks.Tasks`.

What is snoozed is put aside by keywords (`tui.mail.snooze`): the store keeps it out of the lists, `tui.sync.snoozes`
has the one clock that brings it back. `tui.store.kept` has the keywords of servers that keep none.

Names: mailbox (never folder), envelope (a list row), message, part, flags and keywords, thread (a conversation),
identity (a From), submission (one send), outbox, session (one authenticated connection), store, account. Modules are
nouns, functions verbs, events past tense, commands ``noun.verb``.

Where do I add … a key or command: one function in ``commands/<area>.py``, then ``python -m tests.commands.index``. A
theme: one file in ``themes/``. A setting: one field in `tui.config.model`. A screen: ``screens/x.py``,
``styles/x.tcss`` and the command that opens it; where it lists mail, a child of `tui.screens.place_above`. A key of the
query language: `tui.mail.query_syntax`. A server's quirk: one row in `tui.imap.quirks`. A provider: one row in
``setup/providers.json``. A SASL mechanism: one class in `tui.mail.sasl`. An error: its place in `tui.mail.errors`.
"""

__version__ = "0.1.0"
