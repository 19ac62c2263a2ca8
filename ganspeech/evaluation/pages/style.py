"""The style and the script of the page, kept apart from what it says.

A table wider than the window has shadows where it goes on; of four players two stand in a row.
"""

STYLE = """
:root{color-scheme:light dark;
--paper:light-dark(#faf8f4,#14161b);--card:light-dark(#fff,#1c1f26);
--ink:light-dark(#1d1c1a,#e9e6df);--soft:light-dark(#6b665e,#9a968d);
--line:light-dark(#e5e0d6,#2d313a);--shade:light-dark(#1d1c1a40,#000c);
--accent:light-dark(#8c2f5d,#f2a0c4);
--good:light-dark(#1b7a4b,#6fd3a0);--bad:light-dark(#b2402f,#f0907e);
--recording:light-dark(#3d3a35,#d8d4ca);--baseline:light-dark(#8a8378,#8d897f);
--system-0:light-dark(#b0306f,#ff8fc0);--system-1:light-dark(#0b6fa4,#6cc3f2);
--system-2:light-dark(#b36200,#f7b34d);--system-3:light-dark(#12805c,#58d3a6);
--system-4:light-dark(#6a48c4,#b7a0ff);--system-5:light-dark(#8a7000,#e3d04f)}
*{box-sizing:border-box}
html{scroll-behavior:smooth}
body{margin:0;background:var(--paper);color:var(--ink);line-height:1.5;
font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
font-variant-numeric:tabular-nums}
header,main{max-width:76rem;margin:auto;padding:0 clamp(1rem,4vw,2.5rem)}
header{padding-top:clamp(1.5rem,5vw,3.5rem)}
.brand{margin:0;color:var(--accent);font-weight:600;letter-spacing:.04em}
h1{margin:.2em 0;font:600 clamp(1.7rem,4.5vw,2.8rem)/1.15 ui-serif,Georgia,serif;
text-wrap:balance;overflow-wrap:anywhere}
header p:not(.brand),.hint{color:var(--soft);max-width:68ch;margin:.3em 0 .9em}
nav{display:flex;flex-wrap:wrap;gap:.5rem;margin:1.2rem 0}
nav a{color:inherit;text-decoration:none;border:1px solid var(--line);border-radius:99px;
padding:.25rem .9rem;background:var(--card)}
nav a:hover,nav a:focus-visible{border-color:var(--accent);color:var(--accent)}
section{padding:1.5rem 0;scroll-margin-top:1rem}
h2{font:600 1.6rem/1.2 ui-serif,Georgia,serif;margin:.5em 0}
h3{font-size:1rem;font-weight:600;margin:0 0 .8rem;display:flex;flex-wrap:wrap;
gap:.2rem .8rem;align-items:baseline}
h3 q{font:italic 1.15rem/1.4 ui-serif,Georgia,serif}
small{color:var(--soft);font-weight:400;font-size:.82em}
kbd{font:inherit;font-size:.78em;border:1px solid var(--line);border-radius:.35em;
padding:0 .4em;color:var(--soft);background:var(--paper)}
.sentence,.chart{background:var(--card);border:1px solid var(--line);border-radius:14px;
padding:1rem;margin:1rem 0}
.tiles{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(19rem,100%),1fr))}
.tiles:has(>:nth-child(4):last-child){
grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr))}
figure{margin:0;min-width:0}
.tile figcaption{display:flex;gap:.5rem;align-items:center;margin-bottom:.35rem;min-width:0}
.tile b{color:var(--color);overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.chips{margin-left:auto;display:flex;gap:.6rem;font-size:.8rem;color:var(--soft);
white-space:nowrap}
.picture{position:relative;border-radius:9px;overflow:hidden;cursor:pointer;background:#000004;
outline:2px solid transparent;outline-offset:2px;transition:outline-color .15s}
.playing .picture,.picture:focus-visible{outline-color:var(--color)}
.picture img{display:block;width:100%;height:9.5rem;object-fit:fill}
.head{position:absolute;inset:0 auto 0 0;width:2px;background:#fff;opacity:0;
box-shadow:0 0 8px #fff;pointer-events:none}
.playing .head,.paused .head{opacity:.9}
.strip{display:flex;gap:.6rem;overflow-x:auto;padding:2px}
.strip .step,.strip .tile{flex:0 1 9rem;min-width:4.5rem}
.strip .tile{min-width:7rem}
.strip img{display:block;width:100%;height:auto;border-radius:6px;image-rendering:pixelated}
.step figcaption{font-size:.8rem;color:var(--soft);text-align:center}
.pairs-of .strip>*{flex:1}
.pairs-of{display:grid;gap:0 1rem;
grid-template-columns:repeat(auto-fill,minmax(min(21rem,100%),1fr))}
audio{display:block;width:100%;height:2.2rem;margin-top:.45rem}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:14px;background:
linear-gradient(to right,var(--card) 40%,transparent) left/2.5rem 100% no-repeat local,
linear-gradient(to left,var(--card) 40%,transparent) right/2.5rem 100% no-repeat local,
linear-gradient(to right,var(--shade),transparent) left/1rem 100% no-repeat scroll,
linear-gradient(to left,var(--shade),transparent) right/1rem 100% no-repeat scroll,var(--card)}
table{border-collapse:collapse;width:100%}
th,td{padding:.5rem .9rem;text-align:right;white-space:nowrap;border-top:1px solid var(--line)}
thead th,thead td{border-top:0}
th{font-weight:600}
th[scope=row],.pairs td:nth-child(-n+2),.pairs th:nth-child(-n+2){text-align:left}
th[scope=row]{white-space:normal;min-width:9rem}
td small{display:block}
td em{color:var(--bad);font-style:normal}
th i,td i,.keys i{display:inline-block;width:.65em;height:.65em;border-radius:50%;
margin-right:.45em;background:var(--color)}
.keys{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;margin:0 0 1rem;padding:0;list-style:none}
.best{font-weight:700}
.pairs .better td:last-child{color:var(--good);font-weight:600}
.pairs .worse td:last-child{color:var(--bad);font-weight:600}
.pairs .not td:last-child{color:var(--soft)}
.figures{display:grid;gap:1rem;margin-top:1rem;
grid-template-columns:repeat(auto-fill,minmax(min(21rem,100%),1fr))}
.chart{margin:0}
.chart figcaption{font-weight:600;margin-bottom:.5rem}
svg{display:block;width:100%;height:auto}
svg text{font-size:13px;fill:var(--soft)}
svg .name,svg .value{paint-order:stroke;stroke:var(--card);stroke-width:5px;
stroke-linejoin:round}
svg .name,svg .value{fill:currentColor;font-weight:600}
svg .grid{stroke:var(--line)}
svg .bar{fill:currentColor;opacity:.16}
svg .solid{fill:currentColor}
svg .dot{fill:currentColor;opacity:.38}
svg .mean{fill:currentColor}
svg .whisker{stroke:currentColor;stroke-width:2;fill:none}
svg .curve{stroke:currentColor;stroke-width:1.8;fill:none;stroke-linejoin:round}
details{border-top:1px solid var(--line);padding:.6rem 0}
.drawn{display:block;width:100%;height:auto;margin-top:.6rem;border-radius:9px}
summary{cursor:pointer;font-weight:600}
li{overflow-wrap:anywhere}
@media print{audio,nav{display:none}.sentence,.chart{break-inside:avoid}}
"""

SCRIPT = """
(() => {
  const tiles = [...document.querySelectorAll('.tile')];
  let current = null;
  const audioOf = tile => tile.querySelector('audio');
  const follow = tile => {
    const audio = audioOf(tile);
    if (audio.duration)
      tile.querySelector('.head').style.left = 100 * audio.currentTime / audio.duration + '%';
    if (!audio.paused) requestAnimationFrame(() => follow(tile));
  };
  const play = (tile, seconds) => {
    const audio = audioOf(tile);
    audio.currentTime = seconds;
    audio.play().catch(() => {});  // stopped before it began
  };
  for (const tile of tiles) {
    const audio = audioOf(tile), picture = tile.querySelector('.picture');
    picture.tabIndex = 0;
    picture.setAttribute('role', 'button');
    picture.setAttribute('aria-label', 'Play ' + tile.querySelector('b').textContent);
    picture.addEventListener('click', event => {
      const box = picture.getBoundingClientRect();
      play(tile, (audio.duration || 0) * (event.clientX - box.left) / box.width);
    });
    picture.addEventListener('keydown', event => {
      if (event.key === 'Enter') play(tile, 0);
    });
    audio.addEventListener('play', () => {
      for (const other of tiles) if (other !== tile) audioOf(other).pause();
      current = tile;
      tile.classList.remove('paused');
      tile.classList.add('playing');
      follow(tile);
    });
    audio.addEventListener('pause', () => {
      tile.classList.remove('playing');
      tile.classList.toggle('paused', tile === current && !audio.ended);
    });
    audio.addEventListener('seeked', () => follow(tile));
  }
  document.addEventListener('keydown', event => {
    if (!current || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|AUDIO|SUMMARY|A)$/.test(event.target.tagName)) return;
    const audio = audioOf(current);
    if (event.key === ' ') {
      event.preventDefault();
      audio.paused ? audio.play() : audio.pause();
    } else if (/^[1-9]$/.test(event.key)) {
      const next = current.parentElement.children[event.key - 1];
      if (!next?.classList.contains('tile')) return;
      current.classList.remove('paused');
      play(next, audio.ended ? 0 : audio.currentTime);
    }
  });
})();
"""
