"""What a server offers."""

from collections.abc import Iterable


class Capability:
    """A set of capability names, compared without regard to case (RFC 9051, 6.1.1).

    Args:
        names: as the server wrote them.
    """

    __slots__ = ("names",)

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names = frozenset(name.upper() for name in names)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.upper() in self.names

    def __bool__(self) -> bool:
        return bool(self.names)

    def __repr__(self) -> str:
        return f"Capability({' '.join(sorted(self.names))})"
