"""Nouns of which there are a hundred thousand: not to be changed, and made in a sixth of the time."""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def noun(cls: type[T]) -> type[T]:
    """Make a dataclass with slots that the type checker holds to be frozen.

    ``frozen=True`` has every attribute set by a call that asks whether it may be set; for an envelope that takes as
    long as to understand it. That nothing is assigned is left to `scripts/check`, which looks at all of the code.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
