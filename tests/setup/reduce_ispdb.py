"""Makes ``tui/setup/ispdb.json`` out of a checkout of Mozilla's ISPDB.

``python -m tests.setup.reduce_ispdb FOLDER DATE``

What is kept: name, domains, servers with TLS or STARTTLS, OAuth endpoints, and what must be switched on first.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tui.setup.autoconfig import Autoconfig, BadAutoconfig, Offer, parse

TARGET = Path(__file__).parents[2] / "tui" / "setup" / "ispdb.json"
NOTICE = (
    "This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of the MPL was not "
    "distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/."
)
SOURCE = "Reduced from the ISPDB of the Thunderbird project, https://github.com/thunderbird/autoconfig, as of "


def main(folder: Path, date: str) -> None:
    """Read every file of a folder and write the table."""
    rows = []
    for file in sorted(folder.glob("*.xml")):
        try:
            found = parse(file.read_bytes())
        except BadAutoconfig as error:
            sys.stderr.write(f"{file.name}: left out: {error}\n")
            continue
        if found.offers:
            rows.append(_row(file.stem, found))
    lines = ",\n".join(f"  {json.dumps(row, ensure_ascii=False, separators=(',', ':'))}" for row in rows)
    head = f'{{"notice":{json.dumps(NOTICE)},\n"source":{json.dumps(SOURCE + date + ".")},\n"providers":[\n'
    TARGET.write_text(f"{head}{lines}\n]}}\n", "utf-8")


def _row(id: str, found: Autoconfig) -> dict[str, Any]:
    row: dict[str, Any] = {"id": id, "name": found.name or id, "domains": list(found.domains)}
    for offer in found.offers:
        row.setdefault(offer.service.value.lower(), []).append(_offer(offer))
    if found.oauth:
        row["oauth"] = dict(found.oauth)
    if not any(offer.password for offer in found.offers):
        row["password"] = "none"
    if found.enable_url:
        row["off"] = ["imap", "pop3"]
        row["off_advice"] = f"Switch it on: {found.enable_url}"
    return row


def _offer(offer: Offer) -> list[Any]:
    values: list[Any] = [offer.host, offer.port, offer.security.value, offer.user, offer.oauth, offer.password]
    defaults: list[Any] = ["%EMAILADDRESS%", False, True]
    while values[3:] and values[3:][-1] == defaults[len(values) - 4]:
        values.pop()
    return values


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
