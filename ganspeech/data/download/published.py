"""What is known of a public corpus before it is downloaded."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Archive:
    """One published file: where it is, how it is verified, what it becomes."""

    url: str
    size: int
    """Bytes, as published; some publishers round them."""
    checksum: str
    """Published checksum, as ALGORITHM:HEX."""
    holds: str
    """Folder or file that it becomes below the target folder; exists once it is unpacked."""
    unpacked: int
    """Bytes of its content, estimated from hours and sample rate."""
    name: str = ""
    """File name; empty: the end of the address."""
    flat: bool = False
    """Whether its files lie at its top, so that they need the folder `holds`."""

    @property
    def file(self) -> str:
        """Name of the file on disk."""
        return self.name or self.url.rpartition("/")[2]


@dataclass(frozen=True)
class Part:
    """Part of a corpus that can be had alone."""

    archives: tuple[Archive, ...]
    hours: float
    commands: tuple[str, ...] = ()
    """Commands that use it: {root} is the folder of its first archive, {dir} the target folder."""

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(archive.size for archive in self.archives)


@dataclass(frozen=True)
class PublishedCorpus:
    """Corpus with its parts, the first of which is the default."""

    title: str
    license: str
    page: str
    """Address of its description, where files can also be had by hand."""
    parts: Mapping[str, Part]
    note: str = ""
    """What the commands do not say."""
    shared: str = ""
    """Folder above those of all parts, whose training parts can be read together."""


def wav_bytes(hours: float, sample_rate: int) -> int:
    """Bytes of 16-bit mono audio, and a tenth for texts and the ends of blocks."""
    return round(hours * 3600 * sample_rate * 2 * 1.1)
