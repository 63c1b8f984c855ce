"""Who made a model: an Ed25519 signature (RFC 8032) over its manifest, which holds the hash of every other file.

Keys are PEM files: the private one (PKCS 8) signs and stays where models are made, the public one goes to everybody
who loads them. `cryptography` is loaded only where a model is signed or a signature is demanded.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data.errors import BundleRefused, UnreadableFile

_PURPOSE = b"cleanclaim model manifest\n"
"""Before what is signed: a signature made for another purpose with the same key is none for a model."""
_HEX_KEY, _HEX_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.ASCII), re.compile(r"[0-9a-f]{128}", re.ASCII)
_MOST_BYTES = 10_000
_WANTED_PRIVATE = "an Ed25519 private key as PEM, as `cleanclaim keys model` writes it"
_WANTED_PUBLIC = "an Ed25519 public key as PEM, as `cleanclaim keys model` writes it"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature and the public key that it can be checked with, both in hexadecimal."""

    key: str
    value: str

    def as_json(self) -> dict[str, object]:
        """As it stands in a manifest."""
        return {"key": self.key, "value": self.value}

    @classmethod
    def read(cls, written: object, *, thing: str) -> "Signature":
        """What `as_json` wrote; anything else is refused, whether or not a signature is demanded."""
        if not isinstance(written, dict) or set(written) != {"key", "value"}:
            raise BundleRefused(thing, field="signature", found="something else", wanted="a key and a value")
        key, value = str(written["key"]), str(written["value"])
        if not _HEX_KEY.fullmatch(key) or not _HEX_SIGNATURE.fullmatch(value):
            raise BundleRefused(thing, field="signature", found="no signature", wanted="32 and 64 bytes")
        return cls(key, value)


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key."""

    seed: bytes = field(repr=False)

    @classmethod
    def load(cls, file: Path) -> "Signer":
        """The private key in a file; raises `UnreadableFile` for anything else."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(_content(file, _WANTED_PRIVATE), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise UnreadableFile(file.name, found="no such key", wanted=_WANTED_PRIVATE) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise UnreadableFile(file.name, found="another kind of key", wanted=_WANTED_PRIVATE)
        return cls(key.private_bytes_raw())

    def sign(self, text: str) -> Signature:
        """Sign a manifest's text."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        value = key.sign(_PURPOSE + text.encode())
        return Signature(key.public_key().public_bytes_raw().hex(), value.hex())


@dataclass(frozen=True, slots=True)
class Demand:
    """A public key by which models must be signed."""

    key: bytes

    @classmethod
    def load(cls, file: Path) -> "Demand":
        """The public key in a file; raises `UnreadableFile` for anything else."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key

        try:
            key = load_pem_public_key(_content(file, _WANTED_PUBLIC))
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise UnreadableFile(file.name, found="no such key", wanted=_WANTED_PUBLIC) from None
        if not isinstance(key, Ed25519PublicKey):
            raise UnreadableFile(file.name, found="another kind of key", wanted=_WANTED_PUBLIC)
        return cls(key.public_bytes_raw())

    def check(self, text: str, signature: Signature | None, *, thing: str) -> None:
        """Raise `BundleRefused` unless this key signed the text."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        wanted = f"a signature by the key {self.key.hex()[:16]}"
        if signature is None:
            raise BundleRefused(thing, field="signature", found="none", wanted=wanted)
        if signature.key != self.key.hex():
            raise BundleRefused(thing, field="signature", found=f"one by {signature.key[:16]}", wanted=wanted)
        try:
            public = Ed25519PublicKey.from_public_bytes(self.key)
            public.verify(bytes.fromhex(signature.value), _PURPOSE + text.encode())
        except InvalidSignature:
            raise BundleRefused(thing, field="signature", found="a wrong one", wanted=wanted) from None


def make_keys(private: Path, public: Path) -> str:
    """Write a new pair of keys, the private one readable by its owner alone, and give back the public key's name.

    Raises `UnreadableFile` where either file is there already or can't be written: keys are never overwritten.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    key = Ed25519PrivateKey.generate()
    if public.exists():
        raise UnreadableFile(public.name, found="a file there", wanted="a new file")
    _write(private, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), mode=0o600)
    _write(public, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), mode=0o644)
    return key.public_key().public_bytes_raw().hex()[:16]


def signature_of(values: Mapping[str, object], *, thing: str) -> Signature | None:
    """The signature in a manifest's values; None where there is none."""
    return Signature.read(values["signature"], thing=thing) if "signature" in values else None


def _content(file: Path, wanted: str) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UnreadableFile(file.name, found=error.strerror or "no file", wanted=wanted) from None
    if len(content) > _MOST_BYTES:
        raise UnreadableFile(file.name, found=f"over {_MOST_BYTES} bytes", wanted=wanted)
    return content


def _write(file: Path, content: bytes, *, mode: int) -> None:
    """Make a file with these rights from its first moment on; a file or link that is there is left alone."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise UnreadableFile(file.name, found=error.strerror or "no way in", wanted="a new file") from None
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
