"""What keys do: the registry, and one module per area.

Importing this package fills the registry from ``index.tsv``; an area is loaded when one of its commands is used.
"""

from tui.commands.registry import take_index

take_index()
