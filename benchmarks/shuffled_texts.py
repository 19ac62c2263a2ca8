"""Wrong texts found by `ganspeech corpus`: a tenth of a corpus' texts shuffled, and looked for.

Example: python benchmarks/shuffled_texts.py --ljspeech recordings
"""

import random
from pathlib import Path

import tyro
from tqdm import tqdm

from ganspeech.audio import read_audio
from ganspeech.corpora.sound.activity import RATE
from ganspeech.corpora.texts.judges import SphinxJudge
from ganspeech.corpora.texts.mismatch import limit, others_like
from ganspeech.corpora.texts.sphinx import Sphinx
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.data.readers.ljspeech import LJSpeech


def main(
    ljspeech: Path | None = None, librispeech: Path | None = None, most: int = 0, seed: int = 0
) -> None:
    """Prints how many of the shuffled texts are found, and how many right ones are lost.

    Args:
        ljspeech: A corpus in LJSpeech's layout.
        librispeech: A corpus in LibriSpeech's layout.
        most: Utterances at most, the first ones; 0: all.
        seed: Seed of the shuffling.
    """
    corpus = LJSpeech(str(ljspeech)) if ljspeech else LibriSpeech(str(librispeech))
    lines = list(corpus.utterances())[: most or None]
    drawn = random.Random(seed).sample(range(len(lines)), len(lines) // 10)
    texts = [line.text for line in lines]
    for here, there in zip(drawn, drawn[1:] + drawn[:1]):
        texts[here] = lines[there].text
    wrong = {n for n in drawn if texts[n] != lines[n].text}
    judge = SphinxJudge(Sphinx())
    misfits, others = list[float](), list[float]()
    for line, text in zip(tqdm(lines, unit="clip"), texts):
        audio, _ = read_audio(line.audio, RATE)
        misfits.append(judge.fit(audio, "", text).misfit)
        others += [judge.fit(audio, "", other).misfit for other in others_like(text, texts)]
    most_misfit = limit(misfits, others)
    if most_misfit is None:
        raise SystemExit("too few texts")
    found = {n for n, misfit in enumerate(misfits) if misfit > most_misfit}
    right = len(lines) - len(wrong)
    print(f"{len(found & wrong)} of {len(wrong)} found, {len(found - wrong)} of {right} lost")


if __name__ == "__main__":
    tyro.cli(main)
