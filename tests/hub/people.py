"""Fictional people, their visits and their questions, sealed as a kiosk does."""

import hashlib

import msgspec
from nacl.public import PrivateKey, PublicKey, SealedBox

from wire.asking import PROGRESS, Asker, Cases
from wire.codec import decode, encode
from wire.orders import Ask, Reply
from wire.person import Person, Words, mask
from wire.records import Batch, Record, SealedPerson, SealedWords, Visit

ANNA = Person("测试甲", "999999190002300021", "resident", phone="000-测试", verified=True)
BERT = Person("测试乙", "999999190002300030", "resident", verified=True)
EPOCH = "a" * 16


class Kiosk:
    """Seals to one hub, asks, and opens what it is answered."""

    def __init__(self, hub: PublicKey) -> None:
        self._box = SealedBox(hub)
        self.key = hashlib.sha256(bytes(hub)).hexdigest()[:16]
        self._own = PrivateKey.generate()

    def person(self, person: Person) -> SealedPerson:
        return SealedPerson(self.key, self._box.encrypt(encode(person)), self._box.encrypt(encode(mask(person))))

    def words(self, text: str, **fields: str) -> SealedWords:
        return SealedWords(self.key, self._box.encrypt(encode(Words(text, fields))))

    def visit(self, number: str, person: Person | None, **more: object) -> Visit:
        who = "anonymous" if person is None else "card"
        told = {"service": "mediation", "who": who, "language": "zh"} | more
        return Visit(number, person=None if person is None else self.person(person), **told)  # type: ignore[arg-type]

    def ask(self, person: Person, expires_ms: int, ask_id: str = "ask-1", **differently: object) -> Ask:
        box = self._box.encrypt(encode(Asker(person.name, person.id_number, bytes(self._own.public_key))))
        ask = Ask(ask_id, PROGRESS, self.key, box, bytes(self._own.public_key), expires_ms)
        return msgspec.structs.replace(ask, **differently)

    def cases(self, reply: Reply) -> Cases:
        assert reply.box is not None
        return decode(SealedBox(self._own).decrypt(reply.box), Cases)


def batch(*visits: Visit, first: int = 1, at_ms: int | None = None, epoch: str = EPOCH) -> Batch:
    """Return visits as one batch, one ms after the other."""
    records = [
        Record(seq, visit, at_ms=None if at_ms is None else at_ms + seq) for seq, visit in enumerate(visits, first)
    ]
    return Batch(epoch, 0, [msgspec.Raw(msgspec.json.encode(record)) for record in records])
