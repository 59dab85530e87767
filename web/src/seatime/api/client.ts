/** The services' HTTP surface as typed calls. Every call ends, one way or the other, within its timeout. */
import type { Beat } from '../watch/beats';
import { parseRetryAfter, type Reply } from '../watch/policy';
import { ApiProblem, asProblem, problemOf } from './problem';
import type {
  Course,
  CourseAnalytics,
  CourseList,
  CourseProgress,
  LessonAnalytics,
  LessonProgress,
  LessonStatus,
  PlaybackGrant,
  UploadStatus,
  UploadTarget,
} from './types';

const TIMEOUT_MS = 15_000;

export interface SeatimeApiOptions {
  /** Where the gateway is; '' for the page's own origin. */
  baseUrl?: string;
  /** The bearer token of the signed-in user, asked for on every call so that it can be renewed. */
  token: () => string | null;
}

const segment = encodeURIComponent;

export class SeatimeApi {
  private readonly baseUrl: string;

  constructor(private readonly options: SeatimeApiOptions) {
    this.baseUrl = options.baseUrl ?? '';
  }

  playback(lessonId: string, refresh?: string): Promise<PlaybackGrant> {
    const query = refresh === undefined ? '' : `?refresh=${segment(refresh)}`;
    return this.call('GET', `/api/videos/${segment(lessonId)}/playback${query}`);
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

  createMuxUpload(lessonId: string): Promise<UploadTarget> {
    return this.call('POST', '/api/videos/mux/upload-url', { lessonId });
  }

  upload(uploadId: string): Promise<UploadStatus> {
    return this.call('GET', `/api/uploads/${segment(uploadId)}`);
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

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const token = this.options.token();
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (token !== null) headers['Authorization'] = `Bearer ${token}`;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    try {
      const response = await fetch(this.baseUrl + path, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
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

const isJson = (response: Response): boolean => (response.headers.get('Content-Type') ?? '').includes('json');

const report = (grant: string, beats: readonly Beat[]): string =>
  JSON.stringify({ grant, sentAt: Date.now(), beats });
