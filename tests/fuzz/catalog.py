"""All readers of the program that are fuzzed, by name, and broken ones."""

from fuzz.reader import Reader
from fuzz.readers import audio, broken, commands, corpora, makers, runs, texts, weights

READERS: dict[str, Reader] = {
    **audio.READERS,
    **weights.READERS,
    **texts.READERS,
    **corpora.READERS,
    **makers.READERS,
    **runs.READERS,
    **commands.READERS,
}
EVERY = {**READERS, **broken.BROKEN, **broken.SLOWLY_BROKEN}
