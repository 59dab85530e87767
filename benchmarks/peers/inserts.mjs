// Express and pg: a row for each beat.
import express from "express";
import pg from "pg";

const { DATABASE_URL, HTTP_PORT } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
const INSERT = {
  name: "insert",
  text: `INSERT INTO beats (learner, lesson, session, seq, since_ms, at_ms, position, rate, segments)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
};

const app = express().disable("x-powered-by").disable("etag").use(express.json());
app.post("/progress", async ({ body: { learner, lesson, session, beats } }, response) => {
  for (const { seq, since, at, position, rate, watchedSegments } of beats) {
    const values = [learner, lesson, session, seq, since, at, position, rate, JSON.stringify(watchedSegments)];
    await pool.query({ ...INSERT, values });
  }
  response.status(202).json({ accepted: beats.length });
});
app.get("/health/live", (_, response) => response.json({ live: true }));
app.listen(Number(HTTP_PORT), "127.0.0.1");
