"""The local disk: two SQLite databases behind an async door. `tui.store.database.Store` is the way in."""
