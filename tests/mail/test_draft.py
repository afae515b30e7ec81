"""Drafts on disk."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail.address import Address
from tui.mail.draft import PIECE, Attachment, Draft, Original, from_json, to_json
from tui.mail.identity import Identity
from tui.mail.ids import AccountName, MailboxId, Uid

TEXT = st.text(max_size=40)
ADDRESSES = st.lists(st.builds(Address, TEXT, TEXT), max_size=3).map(tuple)
DRAFTS = st.builds(
    Draft,
    identity=st.builds(Identity, TEXT.map(AccountName), st.builds(Address, TEXT, TEXT), TEXT),
    to=ADDRESSES,
    cc=ADDRESSES,
    bcc=ADDRESSES,
    subject=TEXT,
    body=TEXT,
    attachments=st.lists(st.builds(Attachment, TEXT, TEXT, st.binary(max_size=50)), max_size=3).map(tuple),
    in_reply_to=TEXT,
    references=st.lists(TEXT, max_size=3).map(tuple),
    message_id=TEXT,
    original=st.one_of(
        st.none(), st.builds(Original, st.integers(1).map(MailboxId), st.integers(1).map(Uid), st.just("\\Answered"))
    ),
)


@given(DRAFTS)
def test_a_draft_comes_back_as_it_was(draft: Draft) -> None:
    text = to_json(draft)
    assert text.isascii()
    assert from_json(text) == draft


@pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 2])
def test_a_large_attachment_is_the_sum_of_its_pieces(size: int) -> None:
    files = tuple(Attachment(name, "b/c", bytes(range(256)) * (size // 256) + bytes(size % 256)) for name in "ab")
    draft = Draft(Identity(AccountName("a"), Address("", "a@b")), attachments=files)
    assert from_json(to_json(draft)) == draft


def test_lone_surrogates_do_not_lose_a_draft() -> None:
    draft = Draft(Identity(AccountName("a"), Address("", "a@b")), body="pasted \ud83d half")
    assert from_json(to_json(draft)) == draft


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"original": null}', "nonsense"])
def test_something_else_is_no_draft(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        from_json(text)


def test_an_attachment_that_was_damaged_is_noticed() -> None:
    draft = Draft(Identity(AccountName("a"), Address("", "a@b")), attachments=(Attachment("a", "b/c", b"data"),))
    kept = json.loads(to_json(draft))
    kept["attachments"][0]["data"] = "***"
    with pytest.raises(ValueError, match=r"[Bb]ase64|padding"):
        from_json(json.dumps(kept))
