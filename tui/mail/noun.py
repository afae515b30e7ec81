"""Dataclasses that cost a start next to nothing, and nouns of which there are a hundred thousand.

The library writes six methods as text for every dataclass and compiles them when the module is loaded: a millisecond
for each, a fifth of all the time between exec and the first key obeyed. Here comparing, hashing and showing are plain
functions, and `__init__` is written when the first one is made.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, FrozenInstanceError, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass

T = TypeVar("T")

if not TYPE_CHECKING:  # to the type checker it is the library's own

    def dataclass(*, frozen: bool = False, slots: bool = False) -> Callable[[type[T]], type[T]]:
        """Return a decorator that makes a dataclass, as `dataclasses.dataclass` does.

        ``field``, ``fields`` and ``replace`` of the library go with it; ``InitVar`` does not.

        Args:
            frozen: no attribute can be set, and it can be hashed.
            slots: it has no ``__dict__``.
        """

        def made(cls: type[T]) -> type[T]:
            return _made(cls, frozen=frozen, slots=slots, hashed=frozen)

        return made


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def noun(cls: type[T]) -> type[T]:
    """Make a dataclass with slots that the type checker holds to be frozen.

    ``frozen=True`` has every attribute set by a call that asks whether it may be set; for an envelope that takes as
    long as to understand it. That nothing is assigned is left to `scripts/check`, which looks at all of the code.
    """
    return _made(cls, frozen=False, slots=True, hashed=True)


def _made(cls: type[T], *, frozen: bool, slots: bool, hashed: bool) -> type[T]:
    own = set(cls.__dict__)
    made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
    fields = dataclasses.fields(made)  # type: ignore[arg-type] # it is one since the line above
    compared = tuple(each.name for each in fields if each.compare)
    methods: dict[str, Any] = {
        "__init__": _late_init(made, frozen),
        "__repr__": _shower(tuple(each.name for each in fields if each.repr)),
        "__eq__": _comparer(compared),
    }
    if hashed:
        methods["__hash__"] = _hasher(tuple(e.name for e in fields if (e.compare if e.hash is None else e.hash)))
    elif "__eq__" not in own:
        methods["__hash__"] = None
    if frozen:
        names = tuple(each.name for each in fields)
        methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        methods |= {"__getstate__": _state_of(names), "__setstate__": _restore(names)}
    for name, method in methods.items():
        if name not in own or (name == "__hash__" and "__eq__" in own and made.__hash__ is None):
            setattr(made, name, method)
    return made


def _late_init(cls: type[Any], frozen: bool) -> Callable[..., None]:
    def __init__(self: Any, /, *given: Any, **named: Any) -> None:
        written = _written_init(cls, frozen)
        cls.__init__ = written
        written(self, *given, **named)

    return __init__


def _written_init(cls: type[Any], frozen: bool) -> Any:
    known: dict[str, Any] = {"MISSING": MISSING, "give": object.__setattr__}
    plain: list[str] = []
    by_name: list[str] = []
    lines: list[str] = []
    for each in dataclasses.fields(cls):
        name = value = each.name
        if each.init:
            parameter = name
            if each.default is not MISSING:
                known[f"default_{name}"] = each.default
                parameter = f"{name}=default_{name}"
            elif each.default_factory is not MISSING:
                parameter = f"{name}=MISSING"
                value = f"make_{name}() if {name} is MISSING else {name}"
            (by_name if each.kw_only else plain).append(parameter)
        elif each.default_factory is not MISSING:
            value = f"make_{name}()"
        elif each.default is not MISSING:
            known[f"default_{name}"] = each.default
            value = f"default_{name}"
        else:
            continue
        known[f"make_{name}"] = each.default_factory
        lines.append(f"give(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    parameters = ", ".join(["self", *plain, *(["*", *by_name] if by_name else [])])
    exec(f"def __init__({parameters}):\n  " + "\n  ".join(lines or ["pass"]), known)  # nothing but the names of fields
    init = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _values(names: tuple[str, ...]) -> Callable[[Any], Any]:
    return attrgetter(*names) if names else lambda _: ()


def _shower(names: tuple[str, ...]) -> Callable[[Any], str]:
    def __repr__(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return __repr__


def _comparer(names: tuple[str, ...]) -> Callable[[Any, object], Any]:
    values = _values(names)

    def __eq__(self: Any, other: object) -> Any:
        if other.__class__ is self.__class__:
            return values(self) == values(other)
        return NotImplemented

    return __eq__


def _hasher(names: tuple[str, ...]) -> Callable[[Any], int]:
    values = _values(names)

    def __hash__(self: Any) -> int:
        return hash(values(self))

    return __hash__


def _state_of(names: tuple[str, ...]) -> Callable[[Any], list[Any]]:
    def __getstate__(self: Any) -> list[Any]:
        return [getattr(self, name) for name in names]

    return __getstate__


def _restore(names: tuple[str, ...]) -> Callable[[Any, list[Any]], None]:
    def __setstate__(self: Any, state: list[Any]) -> None:
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    return __setstate__


def _refuse_to_set(self: object, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")
