"""Names of files, paths, options and operators of programs, as they are read aloud."""

import re

EXTENSIONS = (
    "py|ipynb|txt|csv|tsv|json|jsonl|yaml|yml|toml|md|rst|html?|xml|css|jsx?|tsx?|java|rs|cpp|hpp|"
    "cu|sh|bat|ps1|ini|cfg|conf|config|env|log|pdf|docx?|xlsx?|pptx?|png|jpe?g|gif|svg|webp|wav|mp[34]|"
    "flac|ogg|opus|m4a|mov|avi|mkv|zip|tar|gz|bz2|7z|exe|dll|dmg|deb|rpm|apk|iso|onnx|pth?|npy|npz|"
    "sql|db|lock|bak|tmp|safetensors|h5|ckpt"
)
_EXTENSION = re.compile(
    rf"(?:(?<=[\w)*-])(?<!\b[A-Za-z])|(?<![\w.]))\.({EXTENSIONS})(?!\w)(?::(\d+)\b(?::(\d+)\b)?)?",
    re.IGNORECASE,
)
_DOTTED = re.compile(
    r"(?<![\w./@])(?:[A-Za-z_]\w+(?:\.\w+)+(?=\()|[a-z]\.[a-z_]{3,}(?![\w.])|[a-z_]\w+(?:\.[A-Za-z_]\w+){2,}(?!\w|\.\w))"
)
_HOME = re.compile(r"(?<![\w~])~/")
_HERE = re.compile(r"(?<![\w./])(\.\.?)/(?=[\w.*])")
_HIDDEN = re.compile(r"(?<=/)\.(?=\w)|(?<!\S)\.(?=(?:git|env|bash|vim|zsh|ssh|docker)\w*)")
_LAST_SLASH = re.compile(r"(?<=[a-z\d]{2})/(?=[\s.,;:)\"']|$)")
_BACKSLASH = re.compile(r"(?<=[\w:])\\+(?=\w)")
_DRIVE = re.compile(r"\b([A-Z]):\\")
_LONG_OPTION = re.compile(r"(?<!\S)--(?=[a-z])")
_OPTION = re.compile(
    r"(?<!\S)-(?=[b-zA-HJ-Z](?![\w'.-])|(?!a[nst]|b[ey]|do|go|he|i[fnst]|m[ey]|no|o[fnr]|so|to"
    r"|u[ps]|we)[a-z]{2}(?![\w'.-]))"
)
"""Options of one or two letters; "-it" is no option after a space, but a dash."""
_PROMPT = re.compile(r"\A\s*\$ (?=[a-z./])")
_VARIABLE = re.compile(r"(?<![\w$])\$\{?(?=[A-Za-z_])")
_OPERATORS = (
    (re.compile(r" ?&& ?"), " and "),
    (re.compile(r" ?\|\| ?"), " or "),
    (re.compile(r"(?<=[\w)\]]) ?={2,3} ?(?=[\w(\"'-])"), " equals "),
    (re.compile(r"(?<=[\w)]) \*\* (?=[\w(])"), " to the power of "),
    (re.compile(r"(?<=[\w)\]]) ?(?:->|=>|→|⇒|⟶) ?(?=[\w(\"'])"), " to "),
    (re.compile(r"(?<![^\s(])!(?=[a-z(])"), "not "),
)


def computing_in_words(text: str) -> str:
    """Writes "run.py -o out/" as "run dot py dash o out", `a && b` as "a and b"."""
    for pattern, words in _OPERATORS:
        text = pattern.sub(words, text)
    text = _PROMPT.sub("", text)
    text = _VARIABLE.sub(" dollar ", text)
    text = _OPTION.sub("dash ", _LONG_OPTION.sub("dash dash ", text))
    text = _HOME.sub("tilde slash ", text)
    text = _HERE.sub(lambda f: "dot " * len(f[1]) + "slash ", text)
    text = _LAST_SLASH.sub("", _HIDDEN.sub(" dot ", text))
    text = _BACKSLASH.sub(" backslash ", _DRIVE.sub(r"\1 colon backslash ", text))
    text = _EXTENSION.sub(_extension, text)
    return _DOTTED.sub(lambda f: f[0].replace(".", " dot "), text)


def _extension(found: re.Match) -> str:
    """An ending without a vowel is spelled: "dot C.S.V", but "dot json"."""
    letters = found[1].rstrip("0123456789")
    said = letters
    if len(letters) > 1 and not re.search(r"[aeiouy\d]", letters, re.IGNORECASE):
        said = ".".join(letters.upper())
    place = f" line {found[2]}" if found[2] else ""
    place += f" column {found[3]}" if found[3] else ""
    return f" dot {said}{found[1][len(letters) :]}{place}"
