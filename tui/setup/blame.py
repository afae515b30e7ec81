"""What is wrong with a line, and the change that would put it right: from what was seen to a failed check."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from tui.config.model import Protocol, Security
from tui.setup.certificate import Certificate, Trouble
from tui.setup.check import Change, Check, Half, Repair, Status
from tui.setup.dialogue import Service
from tui.setup.probe import Reach, Seen, look
from tui.setup.ways import PREFIXES, Way, usual

if TYPE_CHECKING:
    from tui.setup.line import LineWalk


async def service(walk: LineWalk, seen: Seen) -> Check | None:
    """Compare what stands on a port with what the account says; None when it is that."""
    server, wanted = walk.server, walk.wanted
    if seen.reach is not Reach.ANSWERED or seen.service is None:
        return await _wordless(walk, seen)
    if seen.service is not wanted:
        return await _another(walk, seen)
    if seen.is_tls == (server.security is Security.TLS):
        return None
    kind = Security.STARTTLS if seen.is_tls else Security.TLS
    found = await walk.ways((server.host,))
    here = Security.TLS if seen.is_tls else Security.STARTTLS
    repairs = walk.repairs(found)
    if seen.is_tls or seen.starttls:
        stay = Way(server.host, server.port, here).repair(walk.half, old_host=server.host)
        others = tuple(repair for repair in repairs if repair != stay)
        repairs = (stay, *others) if seen.is_tls else (*others, stay)
    return walk.check(
        "service",
        Status.FAIL,
        "tls-on-starttls" if seen.is_tls else "plain-on-tls",
        at=server.label,
        port=server.port,
        security=server.security.value,
        usual=usual(wanted, kind),
        or_starttls=", or security = starttls" if seen.starttls else "",
        detail=seen.greeting,
        repairs=repairs,
    )


async def _wordless(walk: LineWalk, seen: Seen) -> Check:
    server, wanted = walk.server, walk.wanted
    if seen.trouble is not None:  # it did speak TLS, of a kind that is refused
        return await certificate(walk, seen.trouble, seen.certificate, seen.reason, id="service")
    keys = {Reach.CLOSED: "closed", Reach.SILENT: "mute", Reach.REFUSED: "tcp-refused", Reach.TIMED_OUT: "tcp-silence"}
    found = await walk.ways((server.host,))
    return walk.check(
        "service",
        Status.FAIL,
        keys.get(seen.reach, "tcp-unreachable"),
        at=server.label,
        host=server.host,
        port=server.port,
        wanted=wanted,
        service=wanted,
        usual=usual(wanted, server.security),
        detail=seen.reason,
        repairs=walk.repairs(found),
    )


async def _another(walk: LineWalk, seen: Seen) -> Check:
    """Another service than the wanted one stands there."""
    server, wanted = walk.server, walk.wanted
    words: dict[str, object] = {
        "at": server.label,
        "service": seen.service,
        "wanted": wanted,
        "usual": usual(wanted),
    }
    if {seen.service, wanted} == {Service.IMAP, Service.POP3}:
        found = await walk.ways((server.host, *_siblings(server.host, wanted), *walk.likely()))
        key = "pop3-on-imap" if wanted is Service.IMAP else "imap-on-pop3"
        repairs = (*walk.repairs(found), _other_protocol(walk, seen))
        return walk.check("service", Status.FAIL, key, words, detail=seen.greeting, repairs=repairs)
    if seen.service in (Service.IMAP, Service.POP3, Service.SMTP):
        wrong, right = ("sending", "receiving") if seen.service is Service.SMTP else ("receiving", "sending")
        words |= {"wrong": wrong, "right": right}
        if await _is_swapped(walk):
            return walk.check("service", Status.FAIL, "swapped", words, detail=seen.greeting, repairs=(_swap(walk),))
        key = "wrong-service"
    else:
        key = "http" if seen.service is Service.HTTP else "other"
    found = await walk.ways((server.host, *_siblings(server.host, wanted), *walk.likely()))
    return walk.check("service", Status.FAIL, key, words, detail=seen.greeting, repairs=walk.repairs(found))


def _siblings(host: str, wanted: Service) -> tuple[str, ...]:
    """Return what the wanted server may be called beside this one: imap.x for smtp.x."""
    _, _, domain = host.partition(".")
    return tuple(f"{prefix}.{domain}" for prefix in PREFIXES[wanted]) if "." in domain else ()


def _other_protocol(walk: LineWalk, seen: Seen) -> Repair:
    protocol = Protocol.POP3 if seen.service is Service.POP3 else Protocol.IMAP
    security = Security.TLS if seen.is_tls else Security.STARTTLS
    changes = (
        Change(walk.half, "protocol", protocol.value),
        Change(walk.half, "port", walk.server.port),
        Change(walk.half, "security", security.value),
    )
    return Repair(f"set protocol = {protocol.value}", changes)


async def _is_swapped(walk: LineWalk) -> bool:
    other = walk.scene.server(walk.half.other)
    if other is None:
        return False
    seen = await look(other.host, other.port, await walk.trusted(), timeout=max(0.3, walk.scene.limit * 0.3))
    return seen.service is walk.wanted


def _swap(walk: LineWalk) -> Repair:
    changes = []
    for half in Half:
        theirs = walk.scene.server(half.other)
        assert theirs is not None
        for name, value in (("host", theirs.host), ("port", theirs.port), ("security", theirs.security.value)):
            changes.append(Change(half, name, value))
    return Repair("let the two servers change places", tuple(changes))


async def no_starttls(walk: LineWalk) -> Check:
    """STARTTLS is demanded and not offered."""
    found = await walk.ways((walk.server.host,))
    return walk.check(
        "tls",
        Status.FAIL,
        "no-starttls",
        at=walk.server.label,
        usual=usual(walk.wanted),
        repairs=walk.repairs([way for way in found if way.security is Security.TLS]),
    )


async def preauth(walk: LineWalk) -> Check:
    """The server lets anybody in on a line that is not encrypted."""
    found = await walk.ways((walk.server.host,))
    repairs = walk.repairs([way for way in found if way.security is Security.TLS])
    return walk.check(
        "greeting", Status.FAIL, "greeting-preauth", at=walk.server.label, usual=usual(walk.wanted), repairs=repairs
    )


async def offers(walk: LineWalk, id: str) -> Check | None:
    """Judge what is offered before the login; None when one can go on."""
    server = walk.server
    names = {name for line in walk.offers for name in line.split()}
    if walk.half is Half.SENDING:
        if not walk.offers:
            return walk.check(id, Status.FAIL, "ehlo-refused", at=server.label)
        if server.user and not any(line.startswith(("AUTH ", "AUTH=")) for line in walk.offers):
            found = await walk.ways((server.host, *walk.likely()))
            words: dict[str, object] = {"at": server.label, "ways": ""}
            return walk.check(
                id, Status.FAIL, "no-auth", words, detail=" ".join(walk.offers), repairs=walk.repairs(found)
            )
        return None
    if "LOGINDISABLED" in names:
        found = await walk.ways((server.host,))
        repairs = walk.repairs([way for way in found if way.security is Security.TLS])
        return walk.check(id, Status.FAIL, "logindisabled", usual=usual(walk.wanted), repairs=repairs)
    return None


def pin(walk: LineWalk, seen: Certificate) -> Check:
    """The certificate is not the pinned one. The pin is kept, and no key changes it."""
    return walk.check("tls", Status.FAIL, "pin-changed", at=walk.server.label, fingerprint=seen.fingerprint)


async def certificate(
    walk: LineWalk, trouble: Trouble, seen: Certificate | None, reason: str, *, id: str = "tls"
) -> Check:
    """Say why a certificate is not believed. Only one that nobody vouches for can be pinned."""
    from tui.setup.line import today  # noqa: PLC0415 - it needs this module

    server, shown = walk.server, seen or Certificate()
    names = _several(shown.names)
    words: dict[str, object] = {
        "at": server.label,
        "host": server.host,
        "names": names,
        "trouble": trouble.value,
        "fingerprint": shown.fingerprint or "unknown",
        "last_day": shown.last_day or "a day that is over",
        "first_day": shown.first_day,
        "today": today(),
        "reason": reason.rstrip(".") or trouble.value,
    }
    detail = f"{reason} {names} {shown.fingerprint} {shown.issuer}"
    match trouble:
        case Trouble.SELF_SIGNED | Trouble.UNKNOWN_ISSUER:
            repairs: tuple[Repair, ...] = (_pin(walk, shown),) if shown.fingerprint else ()
            return walk.check(id, Status.FAIL, "cert-unvouched", words, detail=detail, repairs=repairs)
        case Trouble.WRONG_HOST:
            found = await _named(walk, shown)
            if not found:
                return walk.check(id, Status.FAIL, "cert-host-none", words, detail=detail)
            words["near"] = found[0].host
            repairs = tuple(way.repair(walk.half, old_host=server.host, trusts=True) for way in found[:2])
            return walk.check(id, Status.FAIL, "cert-host", words, detail=detail, repairs=repairs)
        case Trouble.EXPIRED:
            key = "cert-expired"
        case Trouble.NOT_YET:
            key = "cert-early"
        case Trouble.OUTDATED:
            key = "cert-old"
        case _:
            key = "cert-other"
    return walk.check(id, Status.FAIL, key, words, detail=detail)


def _pin(walk: LineWalk, seen: Certificate) -> Repair:
    words = f"pin this certificate, {seen.fingerprint}"
    return Repair(words, (Change(walk.half, "pin", seen.fingerprint),), trusts=True)


async def _named(walk: LineWalk, seen: Certificate) -> list[Way]:
    """Return the hosts of a certificate that answer under their own name with one that is believed."""
    hosts: list[str] = []
    for name in seen.names[:6]:
        if name.startswith("*."):
            hosts += [f"{prefix}{name[1:]}" for prefix in PREFIXES[walk.wanted][:2]]
        elif not _is_address(name):
            hosts.append(name)
    found = [way for way in await walk.ways(tuple(hosts)) if way.trouble is None]
    same = [way for way in found if (way.port, way.security) == (walk.server.port, walk.server.security)]
    return same or found


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _several(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown or "nobody"
