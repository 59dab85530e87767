// Fastify with its schema checks, and kafkajs: a message for each beat, answered when the brokers have them.
import Fastify from "fastify";
import { Kafka, logLevel, Partitioners } from "kafkajs";

const { HTTP_PORT, KAFKA_BOOTSTRAP_SERVERS, TOPIC } = process.env;
const kafka = new Kafka({ brokers: [KAFKA_BOOTSTRAP_SERVERS], logLevel: logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false });
await producer.connect();

const time = { type: "integer", minimum: 0 };
const seconds = { type: "number", minimum: 0 };
const beat = {
  type: "object",
  required: ["seq", "since", "at", "position", "rate", "watchedSegments"],
  properties: {
    seq: { type: "integer" },
    since: time,
    at: time,
    position: seconds,
    rate: { type: "number" },
    watchedSegments: { type: "array", items: { type: "array", items: seconds } },
  },
};
const body = {
  type: "object",
  required: ["learner", "lesson", "session", "sentAt", "beats"],
  properties: {
    learner: { type: "string" },
    lesson: { type: "string" },
    session: { type: "string" },
    sentAt: time,
    beats: { type: "array", items: beat, minItems: 1 },
  },
};

const app = Fastify();
app.post("/progress", { schema: { body } }, async ({ body: { learner, lesson, session, beats } }, reply) => {
  const messages = beats.map((beat) => ({ key: learner, value: JSON.stringify({ learner, lesson, session, ...beat }) }));
  await producer.send({ topic: TOPIC, messages });
  return reply.code(202).send({ accepted: beats.length });
});
app.get("/health/live", () => ({ live: true }));
await app.listen({ port: Number(HTTP_PORT), host: "127.0.0.1" });
