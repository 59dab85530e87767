/** What administrators of the platform ask the services for, and decide. */
import type { components as Analytics, paths as AnalyticsPaths } from './generated/analytics';
import type { components as Playback, paths as PlaybackPaths } from './generated/playback';
import type { components as Upload, paths as UploadPaths } from './generated/upload';
import type { Http } from './http';
import { addressOf, service } from './service';

export const SERVICES = ['upload', 'playback', 'progress', 'analytics'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Of every service: each answers the same under its own name. */
export type Health = Playback['schemas']['HealthView'];
export type Letter = Playback['schemas']['LetterView'];
export type Letters = Playback['schemas']['LettersView'];
export type Audit = Playback['schemas']['AuditView'];
export type AuditEntry = Playback['schemas']['NotedView'];
export type Decided = Playback['schemas']['DecidedView'];
export type LetterRange = Playback['schemas']['RangeBody'];

export type SigningKey = Playback['schemas']['KeyView'];
export type SigningKeys = Playback['schemas']['KeysView'];
export type Enrollment = Playback['schemas']['Enrollment'];
export type EnrollmentRow = Playback['schemas']['EnrollmentRows']['enrollments'][number];
export type RowReport = Playback['schemas']['RowReport'];
export type RowReports = Playback['schemas']['RowReports'];

export type Migration = Upload['schemas']['MigrationView'];
export type MigrationWish = Upload['schemas']['MigrationBody'];
export type MigrationPlan = Upload['schemas']['PlanView'];
export type PlanSummary = Upload['schemas']['PlanSummary'];
export type Transfer = Upload['schemas']['TransferView'];
export type TransferState = Transfer['state'];

export type Webhook = Analytics['schemas']['EndpointShown'];
export type NewWebhook = Analytics['schemas']['EndpointWanted'];
export type WebhookEvent = NewWebhook['eventTypes'][number];
export type Delivery = Analytics['schemas']['DeliveryShown'];

export type Drifts = Analytics['schemas']['Drifts'];
export type PlatformCost = Analytics['schemas']['PlatformCost'];

/** Asking a service that waits for its own dependencies, or for Mux. */
const PATIENT_MS = 40_000;
/** A dry run reads the heads of all the files that it is about. */
const PLANNING_MS = 60_000;

export const adminCalls = (http: Http) => {
  const upload = service<UploadPaths>(http);
  const playback = service<PlaybackPaths>(http);
  const analytics = service<AnalyticsPaths>(http);
  const operations = <T>(name: ServiceName, method: string, path: string, query = {}, body?: unknown) =>
    http.call<T>(method, addressOf(`/api/operations/${name}${path}`, {}, query), body, PATIENT_MS);
  return {
    health: (name: ServiceName) => operations<Health>(name, 'GET', '/health'),
    /** The newest of each topic, or the ones before an offset of one topic. */
    deadLetters: (name: ServiceName, older: { topic?: string; before?: number } = {}) =>
      operations<Letters>(name, 'GET', '/dead-letters', older),
    redrive: (name: ServiceName, range: LetterRange) => operations<Decided>(name, 'POST', '/dead-letters/redrive', {}, range),
    discard: (name: ServiceName, range: LetterRange) => operations<Decided>(name, 'POST', '/dead-letters/discard', {}, range),
    audit: (name: ServiceName) => operations<Audit>(name, 'GET', '/dead-letters/audit'),

    keys: () => playback.get('/api/playback/signing-keys', { timeoutMs: PATIENT_MS }),
    rotateKey: () => playback.post('/api/playback/signing-keys', { timeoutMs: PATIENT_MS }),
    revokeKey: (keyId: string) =>
      playback.delete('/api/playback/signing-keys/{keyId}', { path: { keyId }, timeoutMs: PATIENT_MS }),

    enrollments: (courseId: string, after = '') =>
      playback.get('/api/courses/{courseId}/enrollments', { path: { courseId }, query: { after } }),
    enroll: (courseId: string, { learnerId, ...state }: EnrollmentRow & { status?: 'active' | 'suspended' }) =>
      playback.put('/api/courses/{courseId}/enrollments/{userId}', { path: { courseId, userId: learnerId }, body: state }),
    unenroll: (courseId: string, learnerId: string) =>
      playback.delete('/api/courses/{courseId}/enrollments/{userId}', { path: { courseId, userId: learnerId } }),
    /** Each row is judged by itself. */
    enrollMany: (courseId: string, enrollments: EnrollmentRow[]) =>
      playback.put('/api/courses/{courseId}/enrollments', { path: { courseId }, body: { enrollments }, timeoutMs: PATIENT_MS }),

    migrations: () => upload.get('/api/migrations'),
    migration: (id: string) => upload.get('/api/migrations/{migration_id}', { path: { migration_id: id } }),
    transfers: (id: string, state: TransferState) =>
      upload.get('/api/migrations/{migration_id}/transfers', { path: { migration_id: id }, query: { state } }),
    planMigration: (wish: MigrationWish) =>
      http.call<MigrationPlan>('POST', '/api/migrations' satisfies keyof UploadPaths, { ...wish, dryRun: true }, PLANNING_MS),
    beginMigration: (wish: MigrationWish) =>
      http.call<Migration>('POST', '/api/migrations' satisfies keyof UploadPaths, { ...wish, dryRun: false }, PATIENT_MS),
    pauseMigration: (id: string) => upload.post('/api/migrations/{migration_id}/pause', { path: { migration_id: id } }),
    resumeMigration: (id: string) => upload.post('/api/migrations/{migration_id}/resume', { path: { migration_id: id } }),
    rollBack: (id: string) => upload.post('/api/migrations/{migration_id}/rollback', { path: { migration_id: id } }),
    cleanUp: (id: string) => upload.post('/api/migrations/{migration_id}/cleanup', { path: { migration_id: id } }),

    webhooks: () => analytics.get('/api/analytics/webhooks'),
    /** The answer has the secret, this once. */
    addWebhook: (webhook: NewWebhook) => analytics.post('/api/analytics/webhooks', { body: webhook }),
    switchWebhook: (id: string, enabled: boolean) =>
      http.call<Webhook>('PATCH', addressOf('/api/analytics/webhooks/{webhook_id}' satisfies keyof AnalyticsPaths, { webhook_id: id }), {
        enabled,
      }),
    deleteWebhook: (id: string) => analytics.delete('/api/analytics/webhooks/{webhook_id}', { path: { webhook_id: id } }),
    /** The answer has the new secret, this once. */
    rotateWebhook: (id: string) => analytics.post('/api/analytics/webhooks/{webhook_id}/secret', { path: { webhook_id: id } }),
    testWebhook: (id: string) => analytics.post('/api/analytics/webhooks/{webhook_id}/test', { path: { webhook_id: id } }),
    deliveries: (id: string) => analytics.get('/api/analytics/webhooks/{webhook_id}/deliveries', { path: { webhook_id: id } }),
    redeliver: (id: string, delivery: number) =>
      analytics.post('/api/analytics/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver', {
        path: { webhook_id: id, delivery_id: delivery },
      }),

    drifts: () => analytics.get('/api/analytics/drifts'),
    platformCost: () => analytics.get('/api/analytics/cost'),
    setPlatformBudget: (budget: { monthlyUsd: number; thresholds: number[] }) =>
      analytics.put('/api/analytics/budget', { body: budget }),
  };
};
