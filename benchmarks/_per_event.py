"""FastAPI and aiokafka as their documentation shows them: what else would take beats, a record for each."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI
from pydantic import BaseModel, Field


class Beat(BaseModel):
    seq: int = Field(ge=0)
    since: int = Field(ge=0)
    at: int = Field(ge=0)
    position: float = Field(ge=0)
    rate: float = Field(gt=0)
    watched_segments: list[tuple[float, float]] = Field(alias="watchedSegments")


class Report(BaseModel):
    learner: str
    lesson: str
    session: str
    sent_at: int = Field(alias="sentAt")
    beats: list[Beat] = Field(min_length=1)


def application() -> FastAPI:
    """Each record is awaited before the next one is sent."""

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        async with AIOKafkaProducer(bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"], acks="all") as producer:
            api.state.producer = producer
            yield

    api = FastAPI(lifespan=lifespan)

    @api.post("/progress", status_code=202)
    async def progress(report: Report) -> dict[str, int]:
        who = report.model_dump(include={"learner", "lesson", "session"})
        for beat in report.beats:
            value = orjson.dumps(who | beat.model_dump())
            await api.state.producer.send_and_wait(os.environ["TOPIC"], value, key=report.learner.encode())
        return {"accepted": len(report.beats)}

    @api.get("/health/live")
    async def live() -> dict[str, bool]:
        return {"live": True}

    return api
