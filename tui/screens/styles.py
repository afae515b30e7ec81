"""Where the stylesheets of the screens are. Apart from the package, which the first screen passes through."""

from pathlib import Path, PurePath

STYLES = Path(__file__).parents[1] / "styles"


def styles(*names: str) -> list[str | PurePath]:
    """Return the files of these stylesheets, for ``CSS_PATH``: they are read when the screen is shown first."""
    return [STYLES / f"{name}.tcss" for name in names]
