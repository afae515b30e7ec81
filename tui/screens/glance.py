"""A list of messages that nobody need be at: without a cursor it shows what is newest, until a key or the mouse."""

from tui.screens.search_place import HitPlace
from tui.store.search import Hit
from tui.widgets.painting import LineWidget


class Glance(HitPlace):
    """Is at rest while its list is: then nothing is under the cursor, and the first key only shows where it is."""

    @property
    def _hit(self) -> Hit | None:
        return None if self._list.resting else super()._hit

    def move_cursor(self, rows: int) -> None:
        if not self._list.wake():
            super().move_cursor(rows)

    def page(self, direction: int, half: bool = False) -> bool:
        return (not self._reading and self._list.wake()) or super().page(direction, half)

    async def go_first(self) -> None:
        self._list.wake()
        await super().go_first()

    async def go_last(self) -> None:
        self._list.wake()
        await super().go_last()

    async def next_unread(self, step: int) -> None:
        if self._list.wake() and self._list.current is not None and self._list.current.is_unread:
            return
        if not await self._list.next_unread(step > 0):
            self.flash("nothing unread here")

    def _open_message(self) -> None:
        self._list.wake()
        super()._open_message()

    def toggle_mark(self) -> None:
        if not self._list.resting:
            super().toggle_mark()
            self._tell()

    def on_line_widget_clicked(self, click: LineWidget.Clicked) -> None:
        """At rest, a click on a row opens it; else it is as anywhere."""
        if click.widget is self._list and self._list.is_row(click.y) and self._list.wake():
            click.prevent_default()  # the class this is made of hears of it, too
            self.hush()
            self._list.point(click.y)
            self._open_message()
