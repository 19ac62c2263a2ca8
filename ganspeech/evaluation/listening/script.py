"""The course of a listening test in the page: order, answers that survive a reload, the file."""

SCRIPT = """
(() => {
  const test = JSON.parse(document.getElementById('test').textContent);
  const $ = id => document.getElementById(id);
  const PLACE = 'ganspeech-listening-' + test.test;
  const KEYS = '123456789abc';
  const LABELS = ['Bad', 'Poor', 'Fair', 'Good', 'Excellent'];
  const CHOICES = ['A is better', 'No preference', 'B is better'];
  const mushra = test.method === 'mushra';
  const trials = new Map(test.trials.map(trial => [trial.trial, trial]));
  let state = null, since = 0, saved = false, volatile = false;

  const keep = () => {
    try { localStorage.setItem(PLACE, JSON.stringify(state)); }
    catch { volatile = true; $('volatile').hidden = false; }
  };
  const kept = () => {
    try { return JSON.parse(localStorage.getItem(PLACE)); } catch { return null; }
  };
  const drop = () => { try { localStorage.removeItem(PLACE); } catch { /* nothing is kept */ } };
  const shuffled = (values, draw) => {
    const mixed = [...values];
    for (let i = mixed.length - 1; i > 0; i--) {
      const j = Math.floor(draw() * (i + 1));
      [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
    }
    return mixed;
  };
  const generator = seed => {  // xorshift (Marsaglia 2003)
    let x = seed >>> 0 || 1;
    return () => {
      x ^= x << 13; x >>>= 0; x ^= x >>> 17; x ^= x << 5; x >>>= 0;
      return x / 4294967296;
    };
  };
  const begin = listener => {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0], draw = generator(seed);
    for (let n = 0; n < 16; n++) draw();
    state = {
      listener, seed, place: 0, started: new Date().toISOString(), finished: null,
      trials: shuffled(test.trials, draw).map(trial => ({
        trial: trial.trial, order: shuffled(trial.sounds, draw), plays: {}, seconds: 0,
        ...(mushra ? {ratings: {}} : {choice: undefined}),
      })),
    };
    keep();
  };
  const show = id => {
    for (const name of ['start', 'trial', 'end']) $(name).hidden = name !== id;
    document.querySelector('header').hidden = id === 'end';
  };
  const now = () => state.trials[state.place];
  const element = (name, content = {}, ...inside) => {
    const made = Object.assign(document.createElement(name), content);
    made.append(...inside);
    return made;
  };
  const key = text => element('kbd', {textContent: text});

  const play = id => {
    const own = now();
    own.plays[id] = (own.plays[id] || 0) + 1;
    keep();
    player.play(id);
    status();
  };
  const missing = () => {
    const own = now(), silent = own.order.filter(id => !own.plays[id]).length;
    const open = mushra ? own.order.filter(id => !(id in own.ratings)).length
      : own.choice === undefined ? 1 : 0;
    return [silent, open];
  };
  const status = () => {
    const [silent, open] = missing();
    const parts = [silent && `${silent} not heard`, open && (mushra ? `${open} not rated`
      : 'no answer')];
    $('left').textContent = silent || open ? parts.filter(Boolean).join(', ') + ' yet.' : '';
    $('next').disabled = Boolean(silent || open);
  };
  const button = (label, letter, id) => {
    const made = element('button', {type: 'button', onclick: () => play(id)}, label + ' ',
      key(letter));
    made.dataset.sound = id;
    return made;
  };
  const rated = (id, slider, shown) => {
    now().ratings[id] = Number(slider.value);
    shown.textContent = slider.value;
    slider.className = '';
    keep();
    status();
  };
  const sliders = () => {
    const scale = element('div', {}, ...LABELS.map(text => element('span', {textContent: text})));
    const rows = now().order.map((id, place) => {
      const given = now().ratings[id], shown = element('output', {textContent: given ?? '–'});
      const slider = element('input', {
        type: 'range', min: 0, max: 100, step: 1, value: given ?? 50,
        className: given === undefined ? 'open' : '',
        oninput: () => rated(id, slider, shown),
        onclick: () => rated(id, slider, shown),
      });
      slider.setAttribute('aria-label', `Rating of version ${place + 1}: 0 bad, 100 excellent`);
      return element('li', {}, button('Play', KEYS[place].toUpperCase(), id), slider, shown);
    });
    return [element('div', {className: 'scale', ariaHidden: true}, scale),
      element('ol', {className: 'versions'}, ...rows)];
  };
  const choose = place => {
    const own = now();
    own.choice = [own.order[0], null, own.order[1]][place];
    [...document.querySelectorAll('#judged button')].forEach((one, n) =>
      one.setAttribute('aria-pressed', n === place));
    keep();
    status();
  };
  const choices = () => {
    const own = now(), given = [own.order[0], null, own.order[1]].indexOf(own.choice);
    return [element('div', {className: 'controls'}, ...CHOICES.map((text, place) => {
      const made = element('button', {type: 'button', onclick: () => choose(place)}, text + ' ',
        key(String(place + 1)));
      made.setAttribute('aria-pressed', own.choice !== undefined && given === place);
      return made;
    }))];
  };
  const present = () => {
    player.forget();
    if (state.place >= state.trials.length) return finish();
    const own = now(), trial = trials.get(own.trial);
    since = performance.now();
    $('place').textContent = `Trial ${state.place + 1} of ${state.trials.length}`;
    $('text').textContent = trial.text;
    $('text').hidden = !trial.text;
    $('players').replaceChildren(...(mushra ? [button('Reference', '0', trial.reference)]
      : [button('Play', 'A', own.order[0]), ' ', button('Play', 'B', own.order[1])]));
    $('judged').replaceChildren(...(mushra ? sliders() : choices()));
    show('trial');
    status();
    $('place').focus();
    scrollTo(0, 0);
  };
  const next = () => {
    if ($('next').disabled) return;
    const own = now();
    own.seconds = Math.round(own.seconds + (performance.now() - since) / 1000);
    state.place += 1;
    if (state.place === state.trials.length) state.finished = new Date().toISOString();
    keep();
    present();
  };
  const finish = () => { show('end'); $('thanks').focus(); };
  const answers = () => ({
    ganspeech_listening: test.format, method: test.method, test: test.test, key: test.key,
    listener: state.listener, seed: state.seed, started: state.started, finished: state.finished,
    trials: state.trials,
  });
  const save = () => {
    const text = JSON.stringify(answers(), null, 2) + '\\n';
    const link = element('a', {
      href: URL.createObjectURL(new Blob([text], {type: 'application/json'})),
      download: `${test.test}-${state.listener.replace(/[^\\p{L}\\p{N}]+/gu, '-')}.json`,
    });
    link.click();
    saved = true;
  };

  player.onchange(id => {
    for (const one of document.querySelectorAll('[data-sound]'))
      one.classList.toggle('on', one.dataset.sound === id);
    const draw = () => {
      document.querySelector('progress').value = player.progress();
      if (player.playing()) requestAnimationFrame(draw);
    };
    draw();
  });
  let last = null;
  const pause = () => {
    if (player.playing()) { last = player.playing(); player.stop(); }
    else if (last && now().order.concat(trials.get(now().trial).reference).includes(last))
      player.play(last);
  };
  $('pause').onclick = pause;
  $('next').onclick = next;
  $('save').onclick = save;
  $('check').onclick = () => player.play(mushra ? test.trials[0].reference
    : test.trials[0].sounds[0]);
  $('begin').onclick = () => {
    const listener = $('listener').value.trim();
    $('nameless').hidden = Boolean(listener);
    if (!listener) return $('listener').focus();
    begin(listener);
    present();
  };
  $('listener').addEventListener('keydown', event => {
    if (event.key === 'Enter') $('begin').click();
  });
  $('anew').onclick = () => {
    if (!saved && !confirm('The answers are not saved yet. Throw them away?')) return;
    drop();
    state = null;
    saved = false;
    $('listener').value = '';
    show('start');
  };
  document.addEventListener('keydown', event => {
    if ($('trial').hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    const pressed = event.key.toLowerCase(), onButton = event.target.tagName === 'BUTTON';
    if (pressed === 'enter' && !onButton) { event.preventDefault(); next(); }
    else if (pressed === ' ' && !onButton) { event.preventDefault(); pause(); }
    else if (mushra && pressed === '0') document.querySelector('#players button').click();
    else if (mushra && KEYS.includes(pressed) && pressed.length === 1) {
      const row = document.querySelectorAll('.versions li')[KEYS.indexOf(pressed)];
      if (!row) return;
      row.querySelector('input').focus();
      row.querySelector('button').click();
    } else if (!mushra && 'ab'.includes(pressed) && pressed.length === 1)
      document.querySelectorAll('#players button')['ab'.indexOf(pressed)].click();
    else if (!mushra && ['1', '2', '3'].includes(pressed)) choose(Number(pressed) - 1);
  });
  addEventListener('beforeunload', event => {
    if (volatile && state && !saved) event.preventDefault();
  });

  const before = kept();
  if (before && before.trials.every(one => trials.has(one.trial))) {
    state = before;
    present();
  } else {
    show('start');
    try { localStorage.setItem(PLACE + '-try', ''); localStorage.removeItem(PLACE + '-try'); }
    catch { volatile = true; $('volatile').hidden = false; }
  }
})();
"""
