// Mux's own library signs playback: stdin {playbackId, keyId, privateKey, expiration}, stdout the tokens by use.
import Mux from "@mux/mux-node";
import { text } from "node:stream/consumers";

const { playbackId, keyId, privateKey, expiration } = JSON.parse(await text(process.stdin));
const mux = new Mux({ tokenId: "unused", tokenSecret: "unused", jwtSigningKey: keyId, jwtPrivateKey: privateKey });
const tokens = {};
for (const type of ["video", "thumbnail", "storyboard"]) {
  tokens[type] = await mux.jwt.signPlaybackId(playbackId, { type, expiration });
}
console.log(JSON.stringify(tokens));
