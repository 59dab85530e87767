// What Mux's own types say about the objects that our simulator makes; turned into JSON Schema for the tests.
import type { Asset, Track } from "@mux/mux-node/resources/video/assets";
import type { Upload } from "@mux/mux-node/resources/video/uploads";
import type {
  VideoAssetCreatedWebhookEvent,
  VideoAssetDeletedWebhookEvent,
  VideoAssetErroredWebhookEvent,
  VideoAssetReadyWebhookEvent,
  VideoAssetTrackCreatedWebhookEvent,
  VideoAssetTrackDeletedWebhookEvent,
  VideoAssetTrackErroredWebhookEvent,
  VideoAssetTrackReadyWebhookEvent,
  VideoAssetUpdatedWebhookEvent,
  VideoUploadAssetCreatedWebhookEvent,
  VideoUploadCancelledWebhookEvent,
  VideoUploadCreatedWebhookEvent,
  VideoUploadErroredWebhookEvent,
} from "@mux/mux-node/resources/webhooks/webhooks";

export interface Judged {
  asset: Asset;
  track: Track;
  upload: Upload;
  "video.asset.created": VideoAssetCreatedWebhookEvent;
  "video.asset.deleted": VideoAssetDeletedWebhookEvent;
  "video.asset.errored": VideoAssetErroredWebhookEvent;
  "video.asset.ready": VideoAssetReadyWebhookEvent;
  "video.asset.track.created": VideoAssetTrackCreatedWebhookEvent;
  "video.asset.track.deleted": VideoAssetTrackDeletedWebhookEvent;
  "video.asset.track.errored": VideoAssetTrackErroredWebhookEvent;
  "video.asset.track.ready": VideoAssetTrackReadyWebhookEvent;
  "video.asset.updated": VideoAssetUpdatedWebhookEvent;
  "video.upload.asset_created": VideoUploadAssetCreatedWebhookEvent;
  "video.upload.cancelled": VideoUploadCancelledWebhookEvent;
  "video.upload.created": VideoUploadCreatedWebhookEvent;
  "video.upload.errored": VideoUploadErroredWebhookEvent;
}
