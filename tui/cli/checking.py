"""What of config.toml only those can check who know the commands and the themes, told with file, line and key."""

import tui.commands  # noqa: F401 - importing it fills the registry
from tui.commands.keymap import Keymap
from tui.commands.registry import all_commands
from tui.config.model import Config
from tui.config.paths import Paths
from tui.config.table import place_in
from tui.mail.errors import ConfigError
from tui.terminal.background import AUTO
from tui.terminal.theme_places import find, folders


def check(config: Config, paths: Paths) -> None:
    """Refuse what is wrong in [keys] and in [look]. Without Textual; blocks for small files.

    Raises:
        ConfigError: there is no such command, key, preset or theme, or two commands share a key.
    """
    file = paths.config_file
    Keymap(all_commands(), config.keys, config.preset, lambda key: place_in(file, "keys", key))
    if config.look.theme != AUTO:
        find(config.look.theme, folders(paths.config), place_in(file, "look", "theme"))


def placed(error: ConfigError, config: Config, paths: Paths) -> ConfigError:
    """Return the same error with its line, where it is one of those."""
    try:
        check(config, paths)
    except ConfigError as found:
        return found
    return error
