"""Symbols of spoken texts: phonemes of all languages, stress, punctuation."""

PAD, FIRST, LAST = "_", "^", "$"
"""Blank between symbols, and marks before the first and after the last."""

PUNCTUATION = tuple("!'(),-.:;?")
"""Punctuation that is kept, besides the space."""

IPA = (
    PAD, FIRST, LAST, " ", *PUNCTUATION,
    *"abcdefhijklmnopqrstuvwxyz",
    *"æçðøħŋœǀǁǂǃɐɑɒɓɔɕɖɗɘəɚɛɜɞɟɠɡɢɣɤɥɦɧɨɪɫɬɭɮɯɰɱɲɳɴɵɶɸɹɺɻɽɾʀʁʂʃʄʈʉʊʋʌʍʎʏʐʑʒʔʕʘʙʛʜʝʟʡʢʲ",
    *"ˈˌːˑ˞βθχᵻⱱ0123456789",
    *"\N{COMBINING CEDILLA}\N{COMBINING TILDE}\N{COMBINING BRIDGE BELOW}",
    *"\N{COMBINING INVERTED BREVE BELOW}\N{COMBINING VERTICAL LINE BELOW}",
    *"ʰˤε↓#\"",
)  # fmt: skip
"""One code point each (International Phonetic Association 1999), with the ids of Piper's voices,
so that embeddings of one fit the other. Digits are tones."""

PINYIN = (PAD, FIRST, LAST, " ", *PUNCTUATION, *"abcdefghijklmnopqrstuvwxyzü", *"12345")
"""Mandarin syllables and their tones."""

LETTERS = (PAD, FIRST, LAST, " ", *PUNCTUATION, *"abcdefghijklmnopqrstuvwxyz")
"""English letters, in lower case."""
