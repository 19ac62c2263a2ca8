"""The player of a listening test: sounds of a trial change at the same moment, without a click."""

PLAYER = """
'use strict';
const sounds = JSON.parse(document.getElementById('sounds').textContent);
const player = (() => {
  const FADE = 0.01;
  let context = null, current = null, offset = 0, decoded = new Map();
  const listeners = [];
  const tell = () => { for (const listener of listeners) listener(current && current.id); };
  const decode = async id => {
    if (!decoded.has(id)) {
      const bytes = Uint8Array.from(atob(sounds[id]), c => c.charCodeAt(0));
      decoded.set(id, context.decodeAudioData(bytes.buffer));
    }
    return decoded.get(id);
  };
  const position = () =>
    current ? Math.min(current.offset + context.currentTime - current.at, current.length) : offset;
  const halt = () => {
    if (!current) return;
    offset = position();
    const {source, gain} = current;
    current = null;
    source.onended = null;
    gain.gain.setTargetAtTime(0, context.currentTime, FADE / 3);
    source.stop(context.currentTime + FADE);
  };
  let wanted = 0;
  return {
    onchange: listener => listeners.push(listener),
    forget: () => { halt(); decoded = new Map(); offset = 0; wanted++; tell(); },
    stop: () => { wanted++; halt(); tell(); },
    playing: () => current && current.id,
    progress: () => current && current.length ? position() / current.length : 0,
    async play(id) {
      const mine = ++wanted;
      context = context || new AudioContext();
      await context.resume();
      const buffer = await decode(id);
      if (mine !== wanted) return;
      const again = current && current.id === id;
      halt();
      if (again || offset >= buffer.duration - 0.05) offset = 0;
      const source = context.createBufferSource(), gain = context.createGain();
      source.buffer = buffer;
      source.connect(gain).connect(context.destination);
      gain.gain.setValueAtTime(0, context.currentTime);
      gain.gain.linearRampToValueAtTime(1, context.currentTime + FADE);
      source.start(0, offset);
      current = {id, source, gain, offset, at: context.currentTime, length: buffer.duration};
      source.onended = () => { current = null; offset = 0; tell(); };
      tell();
    },
  };
})();
"""
