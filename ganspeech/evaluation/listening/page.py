"""The page of a listening test: one HTML file with all sounds, which no request ever leaves."""

import json
from html import escape
from typing import Any

from ganspeech.evaluation.listening.design import ListeningTest, Method, design, name_of
from ganspeech.evaluation.listening.player import PLAYER
from ganspeech.evaluation.listening.script import SCRIPT
from ganspeech.evaluation.pages.media import audio_uri
from ganspeech.evaluation.pages.style import STYLE
from ganspeech.evaluation.request import Stimuli

FORMAT = 1
"""Version of the answers."""
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'"
)
"""What the page may load: nothing."""
TASKS: dict[Method, tuple[str, ...]] = {
    "mushra": (
        "You will hear each sentence as a reference and in several versions, one of which is the "
        "reference again. Rate the quality of every version beside the reference, from 0 to 100. "
        "Give the version that you take for the reference 100.",
        "Switch between versions as often as you like; they go on at the same moment. "
        "Keys: 0 the reference, 1 2 3 … a version, arrows its rating, space stops and goes on, "
        "Enter the next sentence.",
    ),
    "ab": (
        "You will hear two versions, A and B. Say which one sounds better to you, or that you have "
        "no preference.",
        "Switch between them as often as you like. Keys: A and B play, 1 A is better, 2 no "
        "preference, 3 B is better, space stops and goes on, Enter the next pair.",
    ),
}
OWN_STYLE = """
main{max-width:52rem}
header{max-width:52rem}
button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);
border-radius:10px;padding:.5rem .9rem;cursor:pointer;min-height:2.6rem}
button:hover:enabled,button:focus-visible{border-color:var(--accent)}
button:focus-visible,input:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
button:disabled{opacity:.45;cursor:default}
button.on,button[aria-pressed=true]{border-color:var(--accent);color:var(--accent);
font-weight:600}
button.main{background:var(--accent);border-color:var(--accent);color:var(--paper);
font-weight:600}
input[type=text]{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);
border-radius:10px;padding:.5rem .8rem;width:min(18rem,100%);display:block;margin-top:.3rem}
.controls{display:flex;flex-wrap:wrap;gap:.7rem;align-items:center;margin:1rem 0}
.controls progress{flex:1 1 8rem;height:.5rem;accent-color:var(--accent)}
.versions{list-style:none;margin:1rem 0;padding:0;display:grid;gap:.6rem}
.versions li,.scale{display:grid;grid-template-columns:6.5rem 1fr 3rem;gap:.9rem;
align-items:center}
.versions input{width:100%;accent-color:var(--accent);margin:0;height:1.6rem}
.versions .open{opacity:.4}
h2:focus{outline:0}
.versions output{text-align:right;font-weight:600}
.scale div{display:grid;grid-template-columns:repeat(5,1fr);grid-column:2;font-size:.85rem;
color:var(--soft);text-align:center}
.scale span{border-left:1px solid var(--line)}
.scale span:first-child{border-left:0}
.said{font:italic 1.2rem/1.4 ui-serif,Georgia,serif}
.fault{color:var(--bad)}
[hidden]{display:none!important}
@media(max-width:34rem){.versions li{grid-template-columns:1fr 3rem;padding:.6rem 0;
border-top:1px solid var(--line)}.versions input{grid-column:1/-1;grid-row:2}
.scale{grid-template-columns:1fr;position:sticky;top:0;background:var(--paper);padding:.3rem 0}
.scale div{grid-column:1;font-size:.75rem}}
"""
BODY = """
<section id="start" hidden>
<label>Your name or a code <input type="text" id="listener" autocomplete="off" maxlength="60">
</label>
<p class="hint">It stands in the file of your answers, which stays on this machine until you send
it. Answers survive a reload of this page. Use headphones in a quiet room, and set a comfortable
level first; then leave it.</p>
<p id="volatile" class="fault" hidden>This browser keeps nothing over a reload: finish in one
go.</p>
<div class="controls"><button id="check">Play to set the level</button>
<button id="begin" class="main">Begin</button></div>
<p id="nameless" class="fault" role="alert" hidden>Write a name or a code first.</p>
</section>
<section id="trial" aria-labelledby="place" hidden>
<h2 id="place" tabindex="-1"></h2>
<p id="text" class="said"></p>
<div class="controls"><span id="players"></span>
<button id="pause">Stop <kbd>space</kbd></button>
<progress max="1" value="0" aria-label="Position"></progress></div>
<div id="judged"></div>
<p id="left" class="hint" role="status"></p>
<div class="controls"><button id="next" class="main" disabled>Next <kbd>Enter</kbd></button></div>
</section>
<section id="end" hidden>
<h2 id="thanks" tabindex="-1">Thank you</h2>
<p>All is answered. Save the file, and send it to whoever asked you.</p>
<div class="controls"><button id="save" class="main">Save the answers</button>
<button id="anew">Another listener</button></div>
</section>
<noscript><p class="fault">This page needs JavaScript.</p></noscript>
"""


def listening_test(stimuli: Stimuli, method: Method) -> str:
    """The page as text."""
    return render(design(stimuli, method))


def render(test: ListeningTest) -> str:
    """The page of a test; names of systems are in it as the key alone."""
    key = test.key
    about = {
        "format": FORMAT,
        "method": test.method,
        "test": name_of(key),
        "key": key,
        "trials": [
            {
                "trial": one.id,
                "text": one.text,
                "reference": one.reference,
                "sounds": list(one.systems),
            }
            for one in test.trials
        ],
    }
    sounds = {
        id: audio_uri(audio, test.rate).partition(",")[2]
        for one in test.trials
        for id, audio in one.sounds.items()
    }
    told = "".join(f"<p>{escape(text)}</p>" for text in TASKS[test.method])
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>Listening test</title><style>{STYLE}{OWN_STYLE}</style></head><body>"
        f"<header><p class='brand'>ganspeech</p><h1>Listening test</h1>{told}</header>"
        f"<main>{BODY}</main>"
        f"{_data('test', about)}{_data('sounds', sounds)}"
        f"<script>{PLAYER}{SCRIPT}</script></body></html>\n"
    )


def _data(id: str, content: Any) -> str:
    # "<" would end the element early where it begins "</script>".
    text = json.dumps(content).replace("<", "\\u003c")
    return f'<script type="application/json" id="{id}">{text}</script>'
