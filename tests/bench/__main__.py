"""``python -m tests.bench NAME …``: one module for each bench; without a name, which there are."""

import importlib
import sys
from collections.abc import Sequence
from typing import Protocol, cast

BENCHES = {
    "yardstick": "all in one table, beside neomutt, mutt, aerc, alpine and what physics allows: --quick",
    "keys": "bytes and ms of a key in the real program on a pty, beside neomutt in the same mailbox",
    "start": "from exec to the newest rows and to the first key obeyed, beside python -c pass: start --sizes N …",
    "memory": "PSS with the Inbox on the screen, after 1,000 rows, at the far end, in IDLE: memory --sizes N …",
    "large": "j, pages, both ends, a cached message and 9,999 flags in a million messages",
    "push": "from LMTP delivery to the row on the screen, beside a raw socket in IDLE",
    "watch": "tidings watch over cuts and restarts: every mail once, and how late; at rest; tidings status",
    "recovery": "lines cut, dead or frozen, servers restarted, a client that slept: when missed mail is there",
    "threads": "what belongs together, and the windows of conversations: threads MESSAGES …",
    "search": "hits as you type in a store of generated rows: search MESSAGES …",
    "people": "completing addresses among 50,000 people: people --people N",
    "bodies": "10,000 messages with their texts into the store, beside mbsync",
    "trips": "round trips and octets of a cold and of a warm start: trips --sizes N …",
    "sync": "50,000 envelopes from Dovecot into the store, beside a raw socket, and how long the loop is held",
    "pop3": "10,000 messages by POP3 beside fetchmail and a raw socket; kill -9 while mail is deleted there",
    "crash": "kill -9 after every named step and at random: what is lost or doubled at Dovecot and Postfix",
    "soak": "minutes of two sessions in one account, cuts and restarts: store == server at every checkpoint",
    "cuts": "lines that break after 1 to 4,000 octets: what is shown, when they are up, missed mail found",
    "composer": "kill -9 every second while one writes: how many seconds of text are lost",
    "alive": "key to echo while the server hangs, 100,000 envelopes come, 25 MB are sent",
    "walk": "10,000 messages: open, to the end and back, read, reply, archive, by keys alone",
    "newcomer": "a new user's day by keys: read, answer, forward, file, find, accept, unsubscribe: --size 80x24",
    "replies": "200 odd mails answered through Dovecot and Postfix; what arrived, read by another parser: --mails N",
    "compositions": "1,500 adversarial mails through the outbox; what a server got, read by another parser: --mails N",
    "demo": "tidings demo: from sending to the answer on the screen",
    "wrong": "wrong configurations: what the doctor says, and whether one key makes both halves green",
    "view": "every file of a folder as tidings view shows it: view FOLDER",
    "render": "HTML mails laid out beside w3m -dump, and what of hidden text gets out: --times N",
    "screenshots": "the pictures of the README, made from the running demo",
}

ALSO_CALLED = {"terminal": "keys"}


class _Bench(Protocol):
    def main(self, words: Sequence[str]) -> int: ...


def main(words: Sequence[str]) -> int:
    """Run one bench and return its status: 1 when an aim is missed, 2 when there is no such bench."""
    if not words or words[0] in ("-h", "--help"):
        print("scripts/bench NAME …\n")
        for name, summary in BENCHES.items():
            print(f"  {name:<12} {summary}")
        return 0
    name, *rest = words
    name = ALSO_CALLED.get(name, name)
    if name not in BENCHES:
        print(f"bench: there is no {name}; there is {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    return cast(_Bench, importlib.import_module(f"tests.bench.{name}")).main(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
