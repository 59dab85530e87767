// Mux's own library signs a webhook: stdin {body, secret, timestamp}, stdout {signature}, the header's value.
import Mux from "@mux/mux-node";
import { text } from "node:stream/consumers";

const { body, secret, timestamp } = JSON.parse(await text(process.stdin));
const mux = new Mux({ tokenId: "unused", tokenSecret: "unused" });
const digest = await mux.webhooks.computeSignature(`${timestamp}.${body}`, secret);
console.log(JSON.stringify({ signature: `t=${timestamp},v1=${digest}` }));
