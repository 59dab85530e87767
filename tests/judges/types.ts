// What Mux's own types say about the objects that our simulator makes; turned into JSON Schema for the tests.
import type { BreakdownValue, OverallValuesResponse } from "@mux/mux-node/resources/data/metrics";
import type { AbridgedVideoView, VideoViewResponse } from "@mux/mux-node/resources/data/video-views";
import type { Asset, Track } from "@mux/mux-node/resources/video/assets";
import type { DeliveryReport } from "@mux/mux-node/resources/video/delivery-usage";
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

// Of a view's many fields, those that beacons can fill.
type ViewOfBeacons = Pick<
  VideoViewResponse.Data,
  | "asset_id"
  | "events"
  | "playback_id"
  | "video_duration"
  | "video_id"
  | "view_end"
  | "view_id"
  | "view_max_playhead_position"
  | "view_playing_time"
  | "view_start"
  | "view_total_content_playback_time"
  | "viewer_user_id"
  | "watch_time"
>;

export interface Judged {
  asset: Asset;
  breakdown: BreakdownValue;
  delivery: DeliveryReport;
  overall: OverallValuesResponse;
  track: Track;
  upload: Upload;
  view: ViewOfBeacons;
  viewInList: AbridgedVideoView;
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
