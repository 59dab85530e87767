// Mux's own library judges a webhook: stdin {body, signature, secret}, stdout {accepted, type | reason}.
import Mux from "@mux/mux-node";
import { text } from "node:stream/consumers";

const { body, signature, secret } = JSON.parse(await text(process.stdin));
const mux = new Mux({ tokenId: "unused", tokenSecret: "unused" });
try {
  const event = await mux.webhooks.unwrap(body, { "mux-signature": signature }, secret);
  console.log(JSON.stringify({ accepted: true, type: event.type }));
} catch (error) {
  console.log(JSON.stringify({ accepted: false, reason: String(error.message) }));
}
