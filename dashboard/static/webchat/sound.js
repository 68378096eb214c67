// A short, soft double tone, made here: nothing to load. Browsers allow it after a first click in the frame.

let context = null;

export const ring = () => {
  context ||= new AudioContext();
  for (const [delay, pitch] of [[0, 660], [0.12, 880]]) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const at = context.currentTime + delay;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.08, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.25);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.3);
  }
};
