// Mux's own monitoring library watches a pretended player: stdin {domain, source, seconds, viewer, video}, its beacons go
// to `domain`. It counts by the clock, so a viewing of n seconds takes n seconds. The stubs stand for a browser's page.
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";

const nothing = () => {};
globalThis.window = globalThis;
globalThis.navigator ??= {};
globalThis.addEventListener ??= nothing;
globalThis.removeEventListener ??= nothing;
globalThis.document = {
  visibilityState: "visible",
  querySelector: () => null,
  addEventListener: nothing,
  removeEventListener: nothing,
};
const answers = [];
const post = fetch;
globalThis.fetch = (...request) => {
  answers.push(post(...request));
  return answers.at(-1);
};
const { default: mux } = await import("mux-embed");

const { domain, source, seconds, viewer, video } = JSON.parse(await text(process.stdin));
const name = "#player";
const began = Date.now();
const playhead = () => Date.now() - began;
mux.init(name, {
  beaconCollectionDomain: domain,
  disableCookies: true,
  data: { env_key: "envkey123", viewer_user_id: viewer, video_id: video, video_title: video },
  getPlayheadTime: playhead,
  getStateData: () => ({ video_source_url: source, video_source_duration: 1000 * seconds, player_is_paused: false }),
});
for (const event of ["playerready", "loadstart", "play", "playing"]) {
  mux.emit(name, event);
}
for (let tick = 0; tick < 4 * seconds; tick += 1) {
  await wait(250);
  mux.emit(name, "timeupdate", { player_playhead_time: playhead() });
}
mux.emit(name, "pause");
mux.emit(name, "ended");
mux.emit(name, "destroy");
for (let known = -1; known < answers.length; await wait(50)) {
  known = answers.length;
  await Promise.all(answers);
}
console.log(JSON.stringify({ posts: answers.length }));
process.exit(0);
