"""A passkey in software: it signs what a browser would have it sign, and can be told to lie."""

import hashlib
import json
import struct
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "localhost"
_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


def written(value: bytes) -> str:
    """Base64url without padding, as WebAuthn writes bytes."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


@dataclass(slots=True, kw_only=True)
class Authenticator:
    """One authenticator with one passkey."""

    origin: str
    verifies: bool = True
    """Whether it finds out who holds it: a finger, a face, a PIN."""
    count: int = 0
    name: bytes = b"passkey-one-0123"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, challenge: str) -> str:
        """The answer to `navigator.credentials.create`, as the page sends it."""
        told = self._told("webauthn.create", challenge)
        held = struct.pack(">16xH", len(self.name)) + self.name + self.public_key()
        statement: dict[str, object] = {
            "fmt": "none",
            "attStmt": {},
            "authData": self._data(_ATTESTED) + held,
        }
        response = {"clientDataJSON": written(told), "attestationObject": written(cbor2.dumps(statement))}
        return self._given(response)

    def sign(self, challenge: str) -> str:
        """The answer to `navigator.credentials.get`."""
        self.count += 1
        told, data = self._told("webauthn.get", challenge), self._data()
        signature = self.key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._given(
            {
                "clientDataJSON": written(told),
                "authenticatorData": written(data),
                "signature": written(signature),
                "userHandle": None,
            }
        )

    def _given(self, response: Mapping[str, str | None]) -> str:
        name = written(self.name)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})

    def _told(self, what: str, challenge: str) -> bytes:
        told = {"type": what, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _data(self, more: int = 0) -> bytes:
        flags = _PRESENT | more | (_VERIFIED if self.verifies else 0)
        return hashlib.sha256(HOST.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)

    def public_key(self) -> bytes:
        """As COSE writes it."""
        point = self.key.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (point.x, point.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
