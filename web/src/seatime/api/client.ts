/** The services' HTTP surface as typed calls. Every call ends, one way or the other, within its timeout. */
import type { Beat } from '../watch/beats';
import { parseRetryAfter, type Reply } from '../watch/policy';
import { readEvents } from './events';
import { ownerCalls, type OwnerCalls } from './owners';
import { ApiProblem, asProblem, problemOf } from './problem';
import type {
  Caption,
  CaptionText,
  Course,
  CourseAnalytics,
  CourseList,
  CourseProgress,
  LessonAnalytics,
  LessonProgress,
  LessonStatus,
  NewCaption,
  PartAddresses,
  PartsView,
  PlaybackGrant,
  UploadStatus,
  UploadTarget,
} from './types';

const TIMEOUT_MS = 15_000;
const COMPLETE_TIMEOUT_MS = 120_000;

export interface SeatimeApiOptions {
  /** Where the gateway is; '' for the page's own origin. */
  baseUrl?: string;
  /** The bearer token of the signed-in user, asked for on every call so that it can be renewed. */
  token: () => string | null;
}

const segment = encodeURIComponent;

export class SeatimeApi {
  /** What a course's owner asks for. */
  readonly owners: OwnerCalls;
  private readonly baseUrl: string;

  constructor(private readonly options: SeatimeApiOptions) {
    this.baseUrl = options.baseUrl ?? '';
    this.owners = ownerCalls({
      call: (method, path, body) => this.call(method, path, body),
      open: (path, headers, signal) => this.open(path, headers, signal),
    });
  }

  /** `takeOver` ends the learner's playing on another device, where the course allows no more. */
  playback(lessonId: string, refresh?: string, takeOver = false): Promise<PlaybackGrant> {
    const said = [...(refresh === undefined ? [] : [`refresh=${segment(refresh)}`]), ...(takeOver ? ['takeOver=true'] : [])];
    const query = said.length === 0 ? '' : `?${said.join('&')}`;
    return this.call('GET', `/api/videos/${segment(lessonId)}/playback${query}`);
  }

  /** The player goes away: its place among the learner's devices is free. Needs no answer and no bearer. */
  releasePlayback(lessonId: string, watchGrant: string): boolean {
    const body = new Blob([JSON.stringify({ watchGrant })], { type: 'text/plain' });
    return navigator.sendBeacon(`${this.baseUrl}/api/videos/${segment(lessonId)}/playback/release`, body);
  }

  lessonProgress(lessonId: string): Promise<LessonProgress> {
    return this.call('GET', `/api/progress/lessons/${segment(lessonId)}`);
  }

  courseProgress(courseId: string): Promise<CourseProgress> {
    return this.call('GET', `/api/progress/courses/${segment(courseId)}`);
  }

  courses(after = ''): Promise<CourseList> {
    return this.call('GET', `/api/courses?after=${segment(after)}`);
  }

  course(courseId: string): Promise<Course> {
    return this.call('GET', `/api/courses/${segment(courseId)}`);
  }

  lesson(lessonId: string): Promise<LessonStatus> {
    return this.call('GET', `/api/lessons/${segment(lessonId)}`);
  }

  putLesson(courseId: string, lessonId: string, lesson: { title: string; position?: number }): Promise<unknown> {
    return this.call('PUT', `/api/courses/${segment(courseId)}/lessons/${segment(lessonId)}`, lesson);
  }

  /** Where a lesson's video is to be sent: to Mux, or to S3 while Mux is away. */
  placeVideo(lessonId: string, file: File): Promise<UploadTarget> {
    const { name: filename, type, size } = file;
    const contentType = type === '' ? {} : { contentType: type };
    return this.call('POST', '/api/uploads', { lessonId, filename, size, ...contentType });
  }

  uploadParts(uploadId: string): Promise<PartsView> {
    return this.call('GET', `/api/uploads/${segment(uploadId)}/parts`);
  }

  signParts(uploadId: string, numbers: readonly number[]): Promise<PartAddresses> {
    return this.call('POST', `/api/uploads/${segment(uploadId)}/parts`, { numbers });
  }

  /** S3 puts the parts together and the first bytes are looked at, which may take a while. */
  completeUpload(uploadId: string): Promise<UploadStatus> {
    return this.call('POST', `/api/uploads/${segment(uploadId)}/complete`, undefined, COMPLETE_TIMEOUT_MS);
  }

  cancelUpload(uploadId: string): Promise<void> {
    return this.call('DELETE', `/api/uploads/${segment(uploadId)}`);
  }

  /** The lesson now and after each change, until the server ends the stream or `signal` does. Throws on an outage. */
  async lessonEvents(lessonId: string, onLesson: () => void, signal: AbortSignal): Promise<void> {
    const body = await this.open(`/api/lessons/${segment(lessonId)}/events`, { Accept: 'text/event-stream' }, signal);
    await readEvents(body, (event) => {
      if (event.type === 'lesson') onLesson();
    });
  }

  upload(uploadId: string): Promise<UploadStatus> {
    return this.call('GET', `/api/uploads/${segment(uploadId)}`);
  }

  captions(lessonId: string): Promise<{ captions: Caption[] }> {
    return this.call('GET', captionsPath(lessonId));
  }

  caption(lessonId: string, id: string): Promise<CaptionText> {
    return this.call('GET', captionsPath(lessonId, id));
  }

  addCaption(lessonId: string, caption: NewCaption): Promise<CaptionText> {
    return this.call('POST', captionsPath(lessonId), caption);
  }

  /** Refused with 409 if `revision` is not the newest any more. */
  editCaption(lessonId: string, id: string, edit: { vtt: string; revision?: number }): Promise<CaptionText> {
    return this.call('PUT', captionsPath(lessonId, id), edit);
  }

  deleteCaption(lessonId: string, id: string): Promise<void> {
    return this.call('DELETE', captionsPath(lessonId, id));
  }

  lessonAnalytics(lessonId: string): Promise<LessonAnalytics> {
    return this.call('GET', `/api/analytics/lessons/${segment(lessonId)}`);
  }

  courseAnalytics(courseId: string): Promise<CourseAnalytics> {
    return this.call('GET', `/api/analytics/courses/${segment(courseId)}`);
  }

  /** Never throws: an outage is a reply too. The grant is the credential, so no bearer is needed. */
  async sendBeats(grant: string, beats: readonly Beat[]): Promise<Reply> {
    try {
      const response = await fetch(this.progressUrl, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: report(grant, beats),
        keepalive: true,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return {
        status: response.status,
        retryAfterMs: parseRetryAfter(response.headers.get('Retry-After'), Date.now()),
      };
    } catch {
      return { status: 0 };
    }
  }

  beaconBeats(grant: string, beats: readonly Beat[]): boolean {
    return navigator.sendBeacon(this.progressUrl, new Blob([report(grant, beats)], { type: 'application/json' }));
  }

  private get progressUrl(): string {
    return `${this.baseUrl}/api/progress`;
  }

  private credentials(): Record<string, string> {
    const token = this.options.token();
    return token === null ? {} : { Authorization: `Bearer ${token}` };
  }

  /** The body of what has no end, or one that nobody wants in memory; it lasts as long as `signal` lets it. */
  private async open(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const response = await fetch(this.baseUrl + path, { headers: { ...headers, ...this.credentials() }, signal });
    if (!response.ok || response.body === null) throw await problemOf(response);
    return response.body;
  }

  private async call<T>(method: string, path: string, body?: unknown, timeoutMs = TIMEOUT_MS): Promise<T> {
    const headers: Record<string, string> = { Accept: 'application/json', ...this.credentials() };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    try {
      const response = await fetch(this.baseUrl + path, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) throw await problemOf(response);
      if (response.status === 204) return undefined as T;
      if (!isJson(response)) throw new ApiProblem(response.status, 'not-json', 'The server answered with a page, not with data.');
      return (await response.json()) as T;
    } catch (error) {
      throw asProblem(error);
    }
  }
}

const captionsPath = (lessonId: string, id?: string): string =>
  `/api/lessons/${segment(lessonId)}/captions${id === undefined ? '' : `/${segment(id)}`}`;

const isJson = (response: Response): boolean => (response.headers.get('Content-Type') ?? '').includes('json');

const report = (grant: string, beats: readonly Beat[]): string =>
  JSON.stringify({ grant, sentAt: Date.now(), beats });
