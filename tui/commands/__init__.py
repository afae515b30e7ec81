"""What keys do: the registry, and one module per area. Importing this package fills the registry."""

from tui.commands import app, compose, drafts, history, look, mailbox, message, navigate, outbox, search, view

__all__ = ["app", "compose", "drafts", "history", "look", "mailbox", "message", "navigate", "outbox", "search", "view"]
