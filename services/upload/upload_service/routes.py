"""Videos over HTTP: a place to upload to, Mux's webhooks, and how an upload or a lesson stands."""

import time
from uuid import UUID

from fastapi import APIRouter, Request, Response
from prometheus_client import Counter

from servicekit.auth import CurrentPrincipal
from servicekit.database import transaction
from servicekit.http import COMMON_PROBLEMS
from upload_service import access, placing, signature, store_uploads
from upload_service.courses import pool_of
from upload_service.errors import ForgedWebhook, UploadNotFound
from upload_service.receiving import Receiver
from upload_service.schemas import LessonId, LessonView, Received, UploadUrl, UploadView
from upload_service.settings import Settings
from upload_service.upload_schemas import Placed, VideoUrlBody

router = APIRouter(prefix="/api", tags=["videos"], responses=COMMON_PROBLEMS)

WEBHOOK_PATH = "/api/videos/mux/webhook"
WEBHOOKS = Counter("seatime_mux_webhooks_total", "Webhooks of Mux by what became of them", ["outcome"])
_RECEIVED = Received(received=True).model_dump_json().encode()


@router.post(
    "/videos/mux/upload-url",
    response_model_exclude_none=True,
    summary="Where the browser uploads a lesson's video: Mux, or S3 while Mux is away",
)
async def create_upload_url(request: Request, principal: CurrentPrincipal, body: VideoUrlBody) -> UploadUrl | Placed:
    """Who leaves out filename or size, as Mux's own uploader does, gets a 503 while Mux is away."""
    declared = None
    if body.filename is not None and body.size is not None:
        declared = placing.declared(body.filename, body.content_type, body.size)
    return await placing.video(request, principal, body.lesson_id, declared, body.progress)


@router.post(
    "/videos/mux/webhook",
    response_model=Received,
    summary="Where Mux tells what became of a video",
    description="Needs no bearer token: the `Mux-Signature` over the raw body is the proof.",
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}, "required": True}},
)
async def receive_webhook(request: Request) -> Response:
    """Refuses before it parses, answers 200 only after the commit, and says the same to a repetition."""
    settings: Settings = request.app.state.settings
    signed = signature.parse(request.headers.get("mux-signature"), now=time.time())
    if signed is None or not signature.matches(signed, body := await request.body(), settings.webhook_secrets):
        WEBHOOKS.labels("forged").inc()
        raise ForgedWebhook()
    receiver: Receiver = request.app.state.receiver
    outcome = await receiver.take_in(body)
    WEBHOOKS.labels(outcome).inc()
    return Response(_RECEIVED, media_type="application/json")


@router.get("/lessons/{lesson_id}", tags=["lessons"], summary="A lesson and the state of its video, for its author")
async def get_lesson(request: Request, principal: CurrentPrincipal, lesson_id: LessonId) -> LessonView:
    async with transaction(pool_of(request), readonly=True) as conn:
        lesson, _ = await access.own_lesson(conn, principal, lesson_id)
    return LessonView.of(lesson)


@router.get("/uploads/{upload_id}", summary="How an upload stands, and why it failed if it did")
async def get_upload(request: Request, principal: CurrentPrincipal, upload_id: UUID) -> UploadView:
    async with transaction(pool_of(request), readonly=True) as conn:
        record = await store_uploads.record(conn, upload_id)
    if record is None:
        raise UploadNotFound()
    access.require_change(principal, record.owner_id)
    return UploadView.of(record)
