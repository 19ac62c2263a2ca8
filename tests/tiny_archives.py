"""Archives of a few files, good and evil."""

import io
import tarfile
import zipfile
from collections.abc import Mapping

import numpy as np
import soundfile


def sound(rate: int, suffix: str = "wav", seconds: float = 0.5) -> bytes:
    """A tone as an audio file."""
    file = io.BytesIO()
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(int(rate * seconds)) / rate)
    soundfile.write(file, tone, rate, format=suffix.upper())
    return file.getvalue()


def packed(name: str, files: Mapping[str, bytes]) -> bytes:
    """Bytes of an archive with these files, of the kind that its name says."""
    if name.endswith(".zip"):
        return zip_of(files)
    if ".tar" in name:
        members = [(member_of(path, size=len(content)), content) for path, content in files.items()]
        return tar_of(members, "bz2" if name.endswith("bz2") else "gz")
    (content,) = files.values()
    return content


def member_of(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 0):
    """A member of a tar archive."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.size = kind, link, size
    return member


def tar_of(members, compression: str = "gz") -> bytes:
    """Bytes of a tar archive of members and their contents."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=f"w:{compression}") as tar:
        for member, content in members:
            tar.addfile(member, io.BytesIO(content))
    return file.getvalue()


def zip_of(files: Mapping[str, bytes], mode: int = 0) -> bytes:
    """Bytes of a zip archive; `mode` is the Unix mode of its files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name)
            member.external_attr = mode << 16
            archive.writestr(member, content)
    return file.getvalue()
