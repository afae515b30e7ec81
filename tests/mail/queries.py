"""Queries and mail for them to find, made up by hypothesis."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.flags import ANSWERED, DRAFT, FLAGGED, FORWARDED, SEEN
from tui.mail.ids import Uid

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECONDS = int(NOW.timestamp())

WORDS = (
    "table",
    "tables",
    "Tábla",
    "note",
    "ta",
    "月食の球",
    "月",
    "球",
    "Straße",
    "don't",
    "x-ray",
    "ray",
    "2026",
    "한국어",
)
texts = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join) | st.text(max_size=12)
people = st.lists(
    st.builds(
        Address,
        st.sampled_from(("Ada Lovelace", "Rózsa Péter", "", "王貞儀")),
        st.sampled_from(("ada@mill.example", "r@x.example")),
    ),
    max_size=2,
).map(tuple)
flags = st.frozensets(st.sampled_from((SEEN, FLAGGED, ANSWERED, DRAFT, FORWARDED, "$Label1", "work")))
times = st.sampled_from((SECONDS, SECONDS - 86_400, SECONDS - 40 * 86_400, SECONDS - 700 * 86_400)) | st.integers(
    0, 4_000_000_000
)


def envelopes(uid: int) -> st.SearchStrategy[Envelope]:
    """Return envelopes with this UID."""
    return st.builds(
        lambda flags, received, size, subject, from_, to, cc, reply, has_file: Envelope(
            Uid(uid), flags, received, None, size, subject, from_, from_, reply, to, cc, has_file=has_file
        ),
        flags,
        times,
        st.sampled_from((100, 2048, 2049, 3_000_000)),
        texts,
        people,
        people,
        people,
        people,
        st.booleans(),
    )


_term = st.sampled_from(
    (
        *WORDS,
        "ad",
        "abl",
        "bles not",
        '"note table"',
        '"tables"',
        '"no',
        "from:ada",
        "from:mill",
        "to:rozsa",
        "cc:Péter",
        "list:x.example",
        'subject:"table"',
        "subject:ray",
        "body:note",
        "is:unread",
        "is:read",
        "is:flagged",
        "is:answered",
        "is:draft",
        "is:forwarded",
        "has:file",
        "keyword:work",
        "keyword:$label1",
        "in:inbox",
        "in:Old",
        "in:Lists/a",
        "in:nowhere",
        "account:work",
        "account:home",
        "before:2026-11",
        "after:2026",
        "on:today",
        "after:3w",
        "larger:2k",
        "smaller:1M",
        "a",
        "-",
    )
)
_signed = st.tuples(st.sampled_from(("", "", "-")), _term).map("".join)
_flat = st.lists(st.tuples(_signed, st.sampled_from((" ", " ", " OR "))).map("".join), min_size=1, max_size=4).map(
    "".join
)
queries = st.recursive(
    _flat,
    lambda inner: st.tuples(st.sampled_from(("", "-")), inner, _flat).map(lambda t: f"{t[0]}({t[1]}) {t[2]}"),
    max_leaves=3,
)
