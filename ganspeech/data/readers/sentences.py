"""Synthetic English sentences with varied sounds, for the embedded corpus."""

import random

PEOPLE = (
    "judge", "chef", "young sailor", "engineer", "old shepherd", "teacher", "boy from Hawaii",
    "dentist", "quiet physician", "violin player", "watchmaker", "neighbor", "general", "girl",
    "gardener", "uncle", "author", "beekeeper", "cousin", "bus driver", "goalkeeper", "nurse",
    "zoo keeper", "architect", "fisherman", "miner", "choir master", "thief", "vet", "yoga teacher",
)  # fmt: skip
ADJECTIVES = (
    "huge", "rusty", "yellow", "broken", "shallow", "noisy", "wooden", "leather", "foggy", "purple",
    "enormous", "thin", "fragile", "golden", "beige", "sharp", "heavy", "dusty", "gray", "silver",
    "smooth", "cheap", "awkward", "royal", "spare", "genuine", "round", "usual", "good", "warm",
)  # fmt: skip
THINGS = (
    "bridge", "treasure map", "cushion", "orchard gate", "violin", "bicycle", "jar of ginger",
    "telescope", "cloud machine", "pair of gloves", "oyster shell", "bathtub", "key ring", "sofa",
    "power tool", "television", "fire engine", "tooth brush", "coin", "paper boat", "chess board",
    "feather", "box of oranges", "cup of tea", "wheelchair", "sausage", "lighthouse", "zipper",
    "pudding", "towel", "rocking horse", "music book", "young tree", "garage door", "thermometer",
)  # fmt: skip
VERBS = (  # past, plain
    ("measured", "measure"), ("found", "find"), ("pushed", "push"), ("caught", "catch"),
    ("borrowed", "borrow"), ("destroyed", "destroy"), ("washed", "wash"), ("sold", "sell"),
    ("forgot", "forget"), ("moved", "move"), ("noticed", "notice"), ("enjoyed", "enjoy"),
    ("weighed", "weigh"), ("drew", "draw"), ("chose", "choose"), ("hid", "hide"),
    ("examined", "examine"), ("threw away", "throw away"), ("shared", "share"), ("took", "take"),
    ("admired", "admire"), ("carried", "carry"), ("fixed", "fix"), ("shook", "shake"),
)  # fmt: skip
PLACES = (
    "behind the church", "beside the harbor wall", "under the kitchen table", "near the airport",
    "across the frozen river", "in the south of Asia", "at the weather station", "on the roof",
    "between two houses", "above the clouds", "in a small village shop", "outside the library",
    "along the beach", "inside the cave", "through the thick woods", "at the edge of the field",
    "on the fourth floor", "in the hospital yard", "beyond the railway", "by the public fountain",
)  # fmt: skip
TIMES = (
    "yesterday", "last Thursday", "after breakfast", "before the thunder", "at twelve o'clock",
    "every other month", "for nearly an hour", "in the early morning", "during the long voyage",
    "without a pause", "with great pleasure", "as usual", "for the third time", "once again",
    "on a cold evening", "in the middle of June", "just in time", "while it was raining",
)  # fmt: skip
ENDINGS = (
    "nobody would believe it", "the dog kept barking", "there was no choice", "we all laughed",
    "the food was delicious", "they should have asked", "it cost very little", "you were right",
    "the wind blew harder", "his voice was calm", "her vision was poor", "their plan had changed",
    "the path was too narrow", "five of us were late", "that is another question", "I am not sure",
)  # fmt: skip
LINKS = ("but", "and", "because", "so", "although", "yet")
OWNERS = ("the", "his", "her", "their", "our", "one", "that", "this", "my", "your")
NUMBERS = ("two", "three", "five", "seven", "nine", "eleven", "thirteen", "twenty", "sixty")


def make_sentences(count: int, seed: int) -> list[str]:
    """`count` different sentences of 8 to 20 words, the same for the same seed."""
    rng = random.Random(seed)
    shapes = (_statement, _statement, _linked, _question, _counted, _opened)
    made: dict[str, None] = {}
    while len(made) < count:
        text = rng.choice(shapes)(rng)
        made[text[0].upper() + text[1:]] = None
    return list(made)


def _object(rng: random.Random) -> str:
    return f"{rng.choice(OWNERS)} {rng.choice(ADJECTIVES)} {rng.choice(THINGS)}"


def _clause(rng: random.Random) -> str:
    return f"the {rng.choice(PEOPLE)} {rng.choice(VERBS)[0]} {_object(rng)}"


def _statement(rng: random.Random) -> str:
    return f"{_clause(rng)} {rng.choice(PLACES)} {rng.choice(TIMES)}."


def _linked(rng: random.Random) -> str:
    return f"{_clause(rng)} {rng.choice(PLACES)}, {rng.choice(LINKS)} {rng.choice(ENDINGS)}."


def _opened(rng: random.Random) -> str:
    return f"{rng.choice(TIMES)}, {_clause(rng)}, {rng.choice(LINKS)} {rng.choice(ENDINGS)}."


def _question(rng: random.Random) -> str:
    opening = rng.choice(("why did", "when did", "how could", "where should", "did"))
    verb = rng.choice(VERBS)[1]
    return f"{opening} the {rng.choice(PEOPLE)} {verb} {_object(rng)} {rng.choice(PLACES)}?"


def _counted(rng: random.Random) -> str:
    verb = rng.choice(VERBS)[0]
    who = rng.choice(("children", "women", "soldiers", "passengers", "strangers", "mice", "actors"))
    return f"{rng.choice(NUMBERS)} {who} {verb} {_object(rng)} {rng.choice(PLACES)}."
