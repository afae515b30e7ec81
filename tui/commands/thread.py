"""Acting on conversations: all messages of one in this mailbox; copies elsewhere, in Sent say, stay as they are."""

from tui.commands.acting import Chosen, marked_in_one, move_each
from tui.commands.desk import Desk, require
from tui.commands.mailbox import pick_target
from tui.commands.message import Choosing, archive_them, copy_asked, delete_them, flag_them, mark_them
from tui.commands.registry import command
from tui.mail.ids import ThreadId
from tui.mail.thread import thread_named
from tui.terminal.keys import Scope


async def whole(desk: Desk) -> Chosen:
    """Return what a command acts on: all messages of the conversations that are marked, else of the one in view.

    Raises:
        MailError: when there is no message under the cursor, or marked ones are in several mailboxes.
    """
    marked = marked_in_one(desk)
    if marked is not None:
        found = await desk.store.threads.of(marked.mailbox, marked.uids)
        with_them = await desk.store.threads.uids(marked.mailbox, sorted(set(found.values())))
        return Chosen(marked.account, marked.mailbox, sorted({*with_them, *marked.uids}))
    name, mailbox, uid = require(desk.mail.current, "There is no message here.")
    of_single = mailbox
    names = desk.mail.marked_or_current()
    threads = {ThreadId(thread) for each in names if (thread := thread_named(each)) is not None}
    single = [each for each in names if thread_named(each) is None]
    found = await desk.store.threads.of(mailbox, single)
    if desk.mail.mailbox is not None and (threads or single == [uid]):
        mailbox = desk.mail.mailbox  # it may be a copy in Sent that is in view
    threads.update(found.values())
    uids = set(await desk.store.threads.uids(mailbox, sorted(threads)))
    if mailbox == of_single:
        uids.update(each for each in single if each not in found)  # it has no thread yet
    return Chosen(desk.accounts[name], mailbox, sorted(uids))


def _choosing(desk: Desk) -> Choosing:
    async def choose() -> list[Chosen]:
        return [await whole(desk)]

    return choose


@command("thread.archive", keys="E", hint="archive conversation", undoable=True)
async def archive(desk: Desk) -> None:
    """Archive the conversation: all its messages in this mailbox."""
    await archive_them(desk, _choosing(desk))


@command("thread.delete", undoable=True)
async def delete(desk: Desk) -> None:
    """Delete the conversation: to Trash; in Trash it asks, and deletes for good."""
    await delete_them(desk, _choosing(desk))


@command("thread.move", undoable=True, opens=True)
async def move(desk: Desk) -> None:
    """Move the conversation: all its messages in this mailbox to another one."""
    whole_one = await whole(desk)
    target = await pick_target(desk, "Move conversation to", does="move it there", source=whole_one.mailbox)
    if target is None:
        return
    async with desk.turn:
        await move_each(desk, [whole_one], lambda part: part.account.changes.move(part.mailbox, part.uids, target))


@command("thread.copy", undoable=True, opens=True)
async def copy(desk: Desk) -> None:
    """Copy the conversation: all its messages in this mailbox to another one."""
    await copy_asked(desk, await whole(desk), "Copy conversation to")


@command("thread.flag", undoable=True)
async def flag(desk: Desk) -> None:
    """Flag the conversation: or take all its flags off."""
    await flag_them(desk, _choosing(desk))


@command("thread.mark_read", undoable=True)
async def mark_read(desk: Desk) -> None:
    """Mark conversation read."""
    await mark_them(desk, _choosing(desk), read=True)


@command("thread.mark_unread", undoable=True)
async def mark_unread(desk: Desk) -> None:
    """Mark conversation unread."""
    await mark_them(desk, _choosing(desk), read=False)


@command("thread.open", keys="T", hint="whole conversation", opens=True)
async def open_page(desk: Desk) -> None:
    """Conversation as one page: from its first message to its last; again, back."""
    from tui.commands.above import below  # noqa: PLC0415 - late: start-up time
    from tui.screens.thread import ThreadScreen  # noqa: PLC0415 - late: start-up time

    if isinstance(desk.place, ThreadScreen):
        desk.mail.close_view()
        return
    name, mailbox, uid = require(desk.mail.current, "There is no message here.")
    threads = [thread for each in desk.mail.marked_or_current() if (thread := thread_named(each)) is not None]
    screen = ThreadScreen(
        desk.store,
        desk.accounts[name],
        desk.mail.mailbox if desk.mail.mailbox is not None else mailbox,
        (mailbox, uid),
        below(desk),
        chosen=not threads,
    )
    desk.open_screen(screen)


@command("thread.turn", keys="space", scope=Scope.THREAD, hint="fold")
def turn(desk: Desk) -> None:
    """Fold the message: to its line, or show it whole."""
    from tui.screens.thread import ThreadScreen  # noqa: PLC0415 - late: start-up time

    if isinstance(desk.place, ThreadScreen):
        desk.place.turn()


@command("thread.next", keys="]", hint="next in conversation")
async def next_message(desk: Desk) -> None:
    """Next in conversation: behind the message in view, wherever it is."""
    if not await desk.mail.step_in_thread(1):
        desk.flash("this is the last of its conversation")


@command("thread.previous", keys="[")
async def previous_message(desk: Desk) -> None:
    """Previous in conversation."""
    if not await desk.mail.step_in_thread(-1):
        desk.flash("this is the first of its conversation")


@command("thread.fold", keys="t", hint="fold")
async def fold(desk: Desk) -> None:
    """Fold the conversation: or open it, its messages below it."""
    if not await desk.mail.toggle_fold():
        key = desk.keymap.label("thread.list")
        desk.flash("this is one message" if desk.mail.conversations else f"{key} lists conversations")


@command("thread.list", keys="z t", hint="conversations")
async def list_conversations(desk: Desk) -> None:
    """Conversations: list them or messages, in this mailbox from now on."""
    mailbox = require(desk.mail.mailbox, "No mailbox is shown.", "g m lists those there are.")
    state = require(await desk.store.mailboxes.get(mailbox), "This mailbox is gone.")
    on = not desk.mail.conversations
    await desk.mail.show_conversations(on)
    if desk.mail.conversations is on:
        desk.habits.choose_threaded(state.mailbox.full_name, on)
        desk.flash(f"{state.mailbox.label}: {'a row for each conversation' if on else 'a row for each message'}")
    else:
        desk.flash("conversations are listed on the mail screen")
