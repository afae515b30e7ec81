"""Whom a few letters mean: the likeliest first, however the mails came in."""

import random
from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.store.sample import INBOX, WORK, envelope
from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.ids import ModSeq, UidValidity
from tui.mail.mailbox import Mailbox, Role
from tui.store.database import Store
from tui.store.people import HALF_LIFE, Person, together, weigh

NOW = 1_795_000_000
ADA = Address("Ada Lovelace", "ada@analytical.example")
GRACE = Address("Grace Hopper", "grace@navy.example")
HANNA = Address("Hanna Ädelgård", "hanna.a@sjo.example")
ME = Address("Me", "me@work.example")
SENT = Mailbox(WORK, b"Sent", "Sent", "/", Role.SENT)
JUNK = Mailbox(WORK, b"Junk", "Junk", "/", Role.JUNK)


async def receive(store: Store, mailbox: Mailbox, mails: list[Envelope]) -> None:
    await store.mailboxes.replace(WORK, [INBOX, SENT, JUNK])
    state = next(each for each in await store.mailboxes.all() if each.mailbox.wire == mailbox.wire)
    await store.mailboxes.selected(state.id, UidValidity(1), None, 0, ModSeq(0))
    await store.envelopes.add(state.id, mails)
    while await store.search.index():
        pass


def mail(uid: int, *, of: Address = ADA, to: Iterable[Address] = (ME,), days: float = 0) -> Envelope:
    when = int(NOW - days * 86_400)
    return replace(envelope(uid, received=when), from_=(of,), sender=(of,), to=tuple(to), cc=(), sent=when)


async def names(store: Store, typed: str) -> list[str]:
    return [each.address.name for each in await store.people.complete(typed, without=(ME.spec,))]


async def test_whoever_is_written_to_comes_before_whoever_writes(store: Store) -> None:
    await receive(store, INBOX, [mail(1), mail(2), mail(3, of=GRACE)])
    assert await names(store, "example") == ["Ada Lovelace", "Grace Hopper"]
    await receive(store, SENT, [mail(1, of=ME, to=[GRACE])])
    assert await names(store, "example") == ["Grace Hopper", "Ada Lovelace"]
    assert await store.people.complete("grace") == [Person(GRACE, 1, 1)]


async def test_words_begin_in_any_order_without_accents(store: Store) -> None:
    await receive(store, SENT, [mail(1, of=ME, to=[ADA, GRACE, HANNA])])
    for typed in ("adelg", "ha äd", "ÄD sjo", "hanna.a@s", "sjo han", "ä"):
        assert "Hanna Ädelgård" in await names(store, typed), typed
    assert await names(store, "ada grace") == []
    assert await names(store, "*") == await names(store, '"') == await names(store, " ") == []


async def test_what_is_old_counts_less(store: Store) -> None:
    old = [mail(uid, of=ME, to=[ADA], days=900 + uid) for uid in range(1, 6)]
    await receive(store, SENT, [*old, mail(9, of=ME, to=[GRACE], days=1)])
    assert await names(store, "example") == ["Grace Hopper", "Ada Lovelace"]


async def test_junk_and_machines_are_nobody(store: Store) -> None:
    await receive(store, JUNK, [mail(1, of=GRACE)])
    await receive(store, INBOX, [mail(1, of=Address("Shop", "no-reply@shop.example"))])
    assert await names(store, "gr") == await names(store, "shop") == []


async def test_what_was_just_sent_is_known_at_once(store: Store) -> None:
    await store.people.wrote([GRACE], NOW)
    assert await names(store, "g") == ["Grace Hopper"]
    assert await store.people.strange(["navy.example", "nawy.example", "else.example"]) == {
        "nawy.example": "navy.example",
        "else.example": "",
    }


async def test_nothing_is_strange_to_somebody_new(store: Store) -> None:
    assert await store.people.strange(["x.example"]) == {}


async def test_contacts_give_names_and_go_with_their_source(store: Store) -> None:
    await receive(store, INBOX, [mail(1, of=Address("", "ada@analytical.example"))])
    await store.people.keep_cards("a.vcf", "1", [Address("Countess", "Ada@analytical.example"), HANNA])
    assert await names(store, "countess") == ["Countess"]
    assert await names(store, "hanna") == ["Hanna Ädelgård"]
    assert await store.people.stamp("a.vcf") == "1"
    await store.people.keep_sources([])
    assert await names(store, "hanna") == []
    assert await names(store, "countess") == ["Countess"]
    assert await store.people.stamp("a.vcf") == ""


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_mails_does_not_matter(seed: int) -> None:
    whens = [NOW - days * 86_400 for days in (1, 50, 90, 400, 4000)]
    random.Random(seed).shuffle(whens)
    score = 0.0
    for when in whens:
        score = together(score, weigh(when, 1))
    exact = sum(2 ** ((when - NOW) / HALF_LIFE) for when in whens)
    assert 2 ** (score - NOW / HALF_LIFE) == pytest.approx(exact, rel=1e-6)
