"""The style, the legend and the script of aligned errors: color, letter and line say the same."""

STYLE = """
:root{--substituted:light-dark(#b2402f,#f0907e);--deleted:light-dark(#6a48c4,#b7a0ff);
--inserted:light-dark(#0b6fa4,#6cc3f2)}
.legend,.filters{display:flex;flex-wrap:wrap;gap:.5rem 1.4rem;align-items:center;margin:.8rem 0}
.legend{list-style:none;padding:0;color:var(--soft);font-size:.9em}
.legend li{display:flex;gap:.6rem;align-items:center}
select{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);
border-radius:8px;padding:.2rem .5rem}
output{color:var(--soft)}
.all{display:grid;gap:1rem;align-items:start;
grid-template-columns:repeat(auto-fill,minmax(min(22rem,100%),1fr))}
.all .sentence{margin:0}
.all .tile{margin-bottom:.8rem}
.heard .picture img{height:6rem}
.heard h3{margin-bottom:.5rem}
.heard h3 .outcome{margin-left:auto}
.aligned{display:flex;flex-wrap:wrap;gap:.5rem .45rem;margin:0;font-size:1.05rem;line-height:1.35;
align-items:flex-start}
.pair{display:inline-grid;justify-items:center;padding:.1rem .3rem;border-radius:6px;
border:1px solid transparent;white-space:pre}
.pair b{font-weight:400}
.pair i{font-style:normal;font-weight:600}
.pair kbd{border:0;background:none;color:inherit;font-weight:700;font-size:.68em}
.S{color:var(--substituted);border:1px solid currentColor}
.D{color:var(--deleted);border:1px dashed currentColor}
.I{color:var(--inserted);border:1px dotted currentColor}
.D b,.S b{text-decoration:line-through;text-decoration-thickness:1px}
.confusions{display:grid;gap:0 1rem;
grid-template-columns:repeat(auto-fill,minmax(min(15rem,100%),1fr))}
.confusions ul{margin:0;padding-left:1.1rem}
.wide+.wide{margin-top:1rem}
.wide thead th:first-child{text-align:left}
.seen .step img{display:block;width:100%;height:8rem;border-radius:6px;image-rendering:pixelated}
[hidden]{display:none!important}
@media print{.filters{display:none}}
"""

LEGEND = """
<ul class="legend"><li>Said above, heard below:</li>
<li><span class="pair S"><b>said</b><i>heard</i><kbd>S</kbd></span>substituted</li>
<li><span class="pair D"><b>said</b><i>·</i><kbd>D</kbd></span>deleted, so not heard</li>
<li><span class="pair I"><b>·</b><i>heard</i><kbd>I</kbd></span>inserted, so not said</li></ul>
"""

SCRIPT = """
(() => {
  const row = document.getElementById('row'), kind = document.getElementById('kind');
  const articles = [...document.querySelectorAll('.heard')];
  const filter = () => {
    let count = 0;
    for (const article of articles) {
      const {row: its, kinds} = article.dataset;
      article.hidden = row.value && its !== row.value || !kinds.includes(kind.value);
      count += !article.hidden;
    }
    document.querySelector('.filters output').textContent = count + ' shown';
  };
  row.addEventListener('change', filter);
  kind.addEventListener('change', filter);
  filter();
})();
"""
