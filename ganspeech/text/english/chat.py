"""Short messages: words of chats, emoticons, hashtags and rows of emoji."""

import re

WORDS = {
    "afaik": "as far as I know", "b4": "before", "brb": "be right back", "btw": "by the way",
    "gn": "good night", "gr8": "great", "idc": "I don't care", "idk": "I don't know",
    "iirc": "if I recall correctly",
    "imho": "in my humble opinion", "imo": "in my opinion", "irl": "in real life",
    "l8r": "later", "lmk": "let me know", "m8": "mate", "mtg": "meeting",
    "msg": "message", "ngl": "not gonna lie", "nvm": "never mind",
    "omw": "on my way", "pls": "please", "plz": "please", "ppl": "people", "pw": "password",
    "smh": "shaking my head", "tmrw": "tomorrow", "tbh": "to be honest", "thx": "thanks",
    "ttyl": "talk to you later",
    "ty": "thank you", "tysm": "thank you so much", "w8": "wait",
}  # fmt: skip
"""Words that letters do not pronounce, in lower case or as initialisms in capitals."""
MIXED = frozenset(("ty", "pw"))
"""Those that are names or other initialisms in capitals."""

_WORD = re.compile(rf"(?<![\w./@#-])(?:{'|'.join(WORDS)})(?![\w/@-]|\.\w)", re.IGNORECASE)
_EMOTICON = re.compile(
    r"(?<!\S)(?:[:;][-'^o]?[)(\]\[DPpOo/\\|*]+|=[)(]+|x+D+|XD+|\^_*\^|-_+-)(?=[\s.,!?]|$)"
    r"|(?<=[A-Za-z!?.]):-?[)(]+(?=\s|$)"
)
_HEART = re.compile(r"(?<!\S)<3+(?=\s*(?:[!?.,]|<3|[\u2600-\U0010ffff]|(?:u|you|this|it)\b|$))")
_HASHTAG = re.compile(r"(?<![\w&#/])#(?=[A-Za-z])(\w+)")
_COMMENT = re.compile(r"(?<!\S)#+ (?=[A-Za-z])")
_HASH = re.compile(r"(?<!\w)#(?![\w ])")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")
_ROW = re.compile("([\u2600-\u27bf\u2b50-\u2b55\U0001f300-\U0001faff]\ufe0f?)(?: ?\\1)+")


def chat_in_words(text: str) -> str:
    """Writes "thx" as "thanks", `#NewYear` as "hashtag New Year".

    Emoticons are not read, and of a row of the same emoji one is.
    """
    text = _HEART.sub("heart", text)
    text = _EMOTICON.sub("", text)
    text = _WORD.sub(_word, text)
    text = _HASH.sub("hash ", _COMMENT.sub("", text))
    text = _HASHTAG.sub(lambda found: "hashtag " + _HUMP.sub(" ", found[1]), text)
    return _ROW.sub(r"\1", _SKIN.sub("", text))


def _word(found: re.Match) -> str:
    short = found[0].lower()
    if short in MIXED and found[0] != short:
        return found[0]
    words = WORDS[short]
    return words[0].upper() + words[1:] if found[0][0].isupper() else words
