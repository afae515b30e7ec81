"""LIST, SELECT, STATUS: any name by its exact bytes, roles by attribute or name (I01, I14)."""

import time

import pytest

from tests.imap.lines import on
from tests.servers.scripted_data import Mutf7Invalid
from tests.servers.scripted_mailbox import Box
from tui.imap import mailboxes
from tui.mail.errors import MailboxNotFound
from tui.mail.ids import AccountName
from tui.mail.mailbox import Role

ACCOUNT = AccountName("a")


async def test_roles_come_from_attributes_in_any_case() -> None:
    async with on("normal") as (session, server):
        server.boxes[b"Weg"] = Box(b"Weg", b"\\tRaSh \\HasNoChildren")
        found = {mailbox.wire: mailbox for mailbox in await mailboxes.list_mailboxes(session, ACCOUNT)}
        assert b"RETURN (SPECIAL-USE SUBSCRIBED)" in server.text
    assert {wire: mailbox.role for wire, mailbox in found.items()} == {
        b"INBOX": Role.INBOX,
        b"Sent": Role.SENT,
        b"Archive": Role.ARCHIVE,
        b"Weg": Role.TRASH,
    }
    assert found[b"INBOX"].delimiter == "/"


@pytest.mark.parametrize(
    ("name", "role"),
    [
        (b"Trash", Role.TRASH),
        (b"INBOX.Gesendet", Role.SENT),
        (b"&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-", Role.SENT),
        ("Entwürfe".encode(), Role.DRAFTS),
        (b"Work.Trash", None),
        (b"Trashy", None),
    ],
)
async def test_roles_are_guessed_from_names(name: bytes, role: Role | None) -> None:
    async with on("capability-minimal") as (session, server):
        server.delimiter = b"."
        server.boxes = {b"INBOX": Box(b"INBOX"), name: Box(name)}
        found = await mailboxes.list_mailboxes(session, ACCOUNT)
        assert [mailbox.role for mailbox in found] == [Role.INBOX, role]


async def test_an_attribute_beats_a_name_and_a_role_is_given_once() -> None:
    async with on("normal") as (session, server):
        server.boxes = {name: Box(name) for name in (b"Sent", b"Sent Items")}
        server.boxes[b"Out"] = Box(b"Out", b"\\Sent")
        found = await mailboxes.list_mailboxes(session, ACCOUNT)
        assert [mailbox.role for mailbox in found] == [None, None, Role.SENT]


async def test_subscriptions_are_told_or_assumed() -> None:
    for capability in ("IMAP4rev1", "IMAP4rev1 LIST-EXTENDED"):
        async with on("normal", capability=capability) as (session, server):
            server.boxes[b"Quiet"] = Box(b"Quiet", subscribed=False)
            found = {mailbox.wire: mailbox for mailbox in await mailboxes.list_mailboxes(session, ACCOUNT)}
            assert not found[b"Quiet"].subscribed
            assert found[b"Sent"].subscribed
            for box in server.boxes.values():
                box.subscribed = False
            found = {mailbox.wire: mailbox for mailbox in await mailboxes.list_mailboxes(session, ACCOUNT)}
            assert [wire for wire, mailbox in found.items() if mailbox.subscribed] == [b"INBOX"]


async def test_noselect_is_told() -> None:
    async with on("normal") as (session, server):
        server.boxes[b"Top"] = Box(b"Top", b"\\Noselect")
        found = {mailbox.wire: mailbox for mailbox in await mailboxes.list_mailboxes(session, ACCOUNT)}
        assert not found[b"Top"].selectable
        assert found[b"Sent"].selectable


async def test_every_name_can_be_selected_by_its_bytes() -> None:
    async with on("mutf7-invalid") as (session, _):
        found = await mailboxes.list_mailboxes(session, ACCOUNT)
        wires = {mailbox.wire for mailbox in found}
        assert wires >= set(Mutf7Invalid.NAMES)
        assert all(mailbox.name and mailbox.name.isprintable() for mailbox in found)
        for wire in wires:
            assert (await mailboxes.select(session, wire)).wire == wire


@pytest.mark.parametrize("capability", ["IMAP4rev1", "IMAP4rev1 LITERAL+", "IMAP4rev1 LITERAL-"])
@pytest.mark.parametrize("name", [b'a "b" \\c', b"caf\xc3\xa9", b"{5}", b"a\tb", b"x" * 5000, b"(a) [b] %*", b""])
async def test_names_arrive_as_they_are(name: bytes, capability: str) -> None:
    async with on("normal", capability=capability) as (session, server):
        server.boxes[name] = Box(name, uidvalidity=77)
        assert (await mailboxes.select(session, name)).uidvalidity == 77
        assert (await mailboxes.status(session, name)).uidvalidity == 77


async def test_names_hold_no_controls() -> None:
    async with on("esc-everywhere") as (session, _):
        found = await mailboxes.list_mailboxes(session, ACCOUNT)
        assert found
        assert all(mailbox.name.isprintable() for mailbox in found)


async def test_literals_for_names() -> None:
    async with on("literal-everywhere") as (session, _):
        found = await mailboxes.list_mailboxes(session, ACCOUNT)
        assert [mailbox.wire for mailbox in found] == [b"INBOX", b"Sent", b"Archive"]


async def test_fifty_thousand_mailboxes() -> None:
    async with on("list-50k") as (session, _):
        began = time.process_time()
        found = await mailboxes.list_mailboxes(session, ACCOUNT)
        assert len(found) == 50_001
        assert time.process_time() - began < 5


async def test_deep_and_odd_delimiters() -> None:
    async with on("list-deep") as (session, _):
        found = await mailboxes.list_mailboxes(session, ACCOUNT)
        assert [(mailbox.delimiter, len(mailbox.levels)) for mailbox in found] == [
            ("/", 2000),
            ("", 1),
            ("\\", 2),
            (".", 2),
        ]


async def test_prefix_of_the_personal_namespace() -> None:
    async with on("normal", prefix=b"INBOX.") as (session, server):
        server.delimiter = b"."
        assert await mailboxes.personal_name(session, "Später") == b"INBOX.Sp&AOQ-ter"
        assert await mailboxes.personal_name(session, "INBOX.x") == b"INBOX.x"


async def test_selected_says_what_is_known() -> None:
    async with on("normal", messages=3) as (session, _):
        selected = await mailboxes.select(session, b"INBOX")
        assert (selected.exists, selected.uidvalidity, selected.uidnext) == (3, 1, 4)
        assert "\\*" in selected.permanent_flags
        assert session.selected == selected
        examined = await mailboxes.select(session, b"INBOX", read_only=True)
        assert examined.read_only


async def test_uids_that_do_not_last() -> None:
    async with on("no-uidvalidity", messages=3) as (session, _):
        selected = await mailboxes.select(session, b"INBOX")
        assert (selected.uidvalidity, selected.uidnext, selected.exists) == (None, None, 3)


async def test_a_mailbox_that_is_gone() -> None:
    async with on("select-gone") as (session, _):
        await mailboxes.select(session, b"INBOX")
        with pytest.raises(MailboxNotFound, match="Sent"):
            await mailboxes.select(session, b"Sent")
        assert session.selected is None
        assert session.is_alive


async def test_status_counts() -> None:
    async with on("normal", messages=3) as (session, server):
        server.boxes[b"INBOX"].mails[0].flags.add("\\Seen")
        status = await mailboxes.status(session, b"INBOX")
        assert (status.messages, status.unseen, status.uidnext, status.uidvalidity) == (3, 2, 4, 1)
        with pytest.raises(MailboxNotFound):
            await mailboxes.status(session, b"nowhere")
