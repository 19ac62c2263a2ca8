"""Visemes of phonemes: the 15 mouth shapes of the Oculus (OVR) lip-sync reference."""

VISEMES = (
    "sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou",
)  # fmt: skip
"""Names in the order of the set; `sil` is the closed mouth at rest."""

SHAPES = {
    "PP": "pbmɓʙɸβʘ",
    "FF": "fvʋⱱɱ",
    "TH": "θð",
    "DD": "tdʈɖɗɾɽǀǂ",
    "kk": "ckqɟɡgʄɠɢʛŋxɣχħʕʡhɦʜʢʔçʝ",
    "CH": "ʃʒɕʑɧʂʐǃ",
    "SS": "szɬɮǁ",
    "nn": "nlɳɲɴɫɭʎʟɺ",
    "RR": "rɹɻʀʁ",
    "aa": "aɑɐæʌɞɶ",
    "E": "eɛəɚɜɘøœε",
    "ih": "iɪɨyʏjᵻ",
    "oh": "oɔɒɤɵ",
    "ou": "uʊʉwɯʍɥɰ",
}
"""Sounds of IPA that make each shape; others, such as ʰ, keep the shape before them."""

_OF = {sound: shape for shape, sounds in SHAPES.items() for sound in sounds}


def viseme(sound: str) -> str | None:
    """Viseme of one symbol of IPA; None for stress, length and other signs without a shape."""
    return _OF.get(sound)
