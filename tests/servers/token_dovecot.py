"""Dovecot that takes OAuth tokens and SCRAM, too; whether a token is good it asks a provider on loopback.

::

    with Provider() as provider, TokenDovecot(provider) as dovecot:
        with_token(dovecot.server("ada@example.org"), "access token")
"""

from collections.abc import Mapping
from dataclasses import replace

from tests.servers.dovecot import USERS, Dovecot
from tests.servers.oauth import Provider
from tests.servers.packages import programs
from tui.config.model import Secret, Server

OF_2_3 = """
auth_mechanisms = plain login scram-sha-256 oauthbearer xoauth2
passdb {{
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = {folder}/oauth2
}}
"""
SETTINGS_2_3 = """
introspection_mode = get
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""
OF_2_4 = """
auth_mechanisms {{
  scram-sha-256 = yes
  oauthbearer = yes
  xoauth2 = yes
}}
oauth2 {{
  introspection_mode = get
  introspection_url = {url}
  username_attribute = username
  active_attribute = active
  active_value = true
}}
passdb oauth2 {{
  mechanisms_filter = oauthbearer xoauth2
}}
"""


class TokenDovecot(Dovecot):
    """See the module.

    Args:
        provider: running.
        users: login name → password.
    """

    def __init__(self, provider: Provider, users: Mapping[str, str] = USERS) -> None:
        super().__init__(users=users)
        self._provider = provider

    def _write(self) -> None:
        super()._write()
        new = programs().dovecot_version >= (2, 4)
        words = {"folder": self.folder, "url": self._provider.introspection_url}
        (self.folder / "oauth2").write_text(SETTINGS_2_3.format(**words))
        with (self.folder / "dovecot.conf").open("a") as config:
            config.write((OF_2_4 if new else OF_2_3).format(**words))


def with_token(server: Server, token: str = "", *, mechanism: str = "") -> Server:
    """Return the same server, with a token printed by a command; and one mechanism only, if wished."""
    return replace(server, secret=Secret(token_command=("printf", "%s", token or "none")), mechanism=mechanism)
