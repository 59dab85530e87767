/** Generated from docs/openapi/playback.json by `make schemas`. */

export interface paths {
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process runs */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether it can do its work, and what stands in the way */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prometheus metrics */
        get: operations["exposeMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/videos/{lessonId}/playback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Signed playback of a lesson, for those who may watch it
         * @description 401 for strangers. Whoever has no right gets the same 403 for a lesson that exists and one that does not; 404 is
         *     for admins, the course's owner and its learners. Then 409 with `processingStatus`, then 403 where the course
         *     restricts from where its videos are played (`playback-restricted`) or on how many devices (`lease-held`;
         *     `lease-taken` to the player whose place another has taken), then 429 with `Retry-After`.
         */
        get: operations["playback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/videos/{lessonId}/playback/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The player has gone: its place among the learner's devices is free
         * @description The watch grant is the right to do this, so no bearer token is needed. JSON, also where it comes as text/plain.
         *
         *     204 whether or not there was such a lease; 403 for what is no grant of this lesson. A refresh afterwards asks for a
         *     place anew.
         */
        post: operations["releaseLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/courses/{courseId}/enrollments/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Enroll a learner, or change an enrollment
         * @description Idempotent: the same state again changes nothing and announces nothing.
         */
        put: operations["putEnrollment"];
        post?: never;
        /**
         * Take a learner out of the course
         * @description What the learner was given ends by itself, and is not renewed. 404 if there never was such an enrollment.
         */
        delete: operations["deleteEnrollment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/courses/{courseId}/enrollments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The course's enrollments, by learner
         * @description Removed ones are not listed.
         */
        get: operations["listEnrollments"];
        /**
         * Give many learners their states, each judged by itself
         * @description A row that makes no sense is refused with the reason, and keeps no other from being applied.
         *
         *     All that make sense are one transaction with their events. Who is not in the list stays as they are.
         */
        put: operations["putEnrollments"];
        /**
         * Enroll many learners at once
         * @description All of them or, if anything fails, none.
         */
        post: operations["enrollMany"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/playback/enrollments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The caller's own enrollments, by course
         * @description Those that have ended are listed as well. A course that is not listed reads `none` by itself.
         */
        get: operations["listOwnEnrollments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/playback/enrollments/{courseId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the caller stands in a course
         * @description Never a 404: of a course that is not known here it says `none`, as of one in which the caller is not enrolled.
         */
        get: operations["ownEnrollment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/courses/{courseId}/playback-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the course's videos are handed out
         * @description The defaults for a course of which nothing was said.
         */
        get: operations["getPolicy"];
        /**
         * Say how the course's videos are handed out
         * @description Idempotent; the whole policy is replaced. Tokens that are out already stay good until they expire.
         *
         *     A restriction is made at Mux first: 503 `mux-unavailable` if Mux does not, and nothing has changed.
         */
        put: operations["putPolicy"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/playback/signing-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Our keys and Mux's, and what each is good for */
        get: operations["listKeys"];
        put?: never;
        /**
         * Make a key at Mux, and sign with it from now on
         * @description In every replica at once. Tokens of the former keys stay good until they expire.
         */
        post: operations["rotateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/playback/signing-keys/{keyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Sign nothing more with a key, and have Mux refuse its tokens
         * @description 409 `key-not-revocable` for the last key, and for one that is not ours. Again does no harm.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/playback/learners/{learnerId}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything that this service keeps of a learner: the caller, or for an administrator anybody
         * @description Rights, grants, leases and limits, table by table and row by row as they are kept, of one moment.
         */
        get: operations["exportLearner"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/playback/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the service's queues and dependencies stand */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/playback/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Records that the service's consumers could not use, the newest first
         * @description What other services buried in the same topics is not listed: there may be fewer than `limit`.
         */
        get: operations["listLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/playback/dead-letters/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have records written to their topics again
         * @description The worker writes each with its key, headers and time, once for all consumers, which know it by its id.
         */
        post: operations["redrive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/playback/dead-letters/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Note that nothing is to be done about these letters
         * @description They stay in the log until its retention ends, and may be redriven after all.
         */
        post: operations["discard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/playback/dead-letters/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who decided what about dead letters, and what came of it */
        get: operations["audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AuditView: {
            /** @description The newest first. */
            entries: components["schemas"]["NotedView"][];
            /** @description Goes into `before` to read on; null at the end. */
            next: number | null;
        };
        BulkEnrollment: {
            /**
             * @default active
             * @enum {string}
             */
            status?: "active" | "suspended";
            expiresAt?: string | null;
            /** @description The class or group of the course that the learner belongs to; absent, it stays as it is. */
            cohort?: string | null;
            learnerIds: string[];
        };
        BulkResult: {
            changed: components["schemas"]["Enrollment"][];
            /** @description Learners who were in that state already. */
            unchanged: number;
        };
        ConsumerView: {
            topic: string;
            /** @description Records that are not committed. */
            lag: number;
            /** @description Processes that consume it now. */
            members: number;
            /** @description Of these nobody has decided anything. */
            deadLetters: number;
        };
        DecidedView: {
            /** @description Letters of which it was noted now. */
            noted: number;
            /** @description Letters of the range that were decided on already. */
            unchanged: number;
        };
        Enrollment: {
            learnerId: string;
            courseId: string;
            /** @enum {string} */
            status: "active" | "suspended" | "removed";
            expiresAt: string | null;
            cohort: string | null;
            version: number;
            /** Format: date-time */
            changedAt: string;
        };
        /** @description The state that an enrollment is to have. An absent `expiresAt` means that it does not expire. */
        EnrollmentChange: {
            /**
             * @default active
             * @enum {string}
             */
            status?: "active" | "suspended";
            expiresAt?: string | null;
            /** @description The class or group of the course that the learner belongs to; absent, it stays as it is. */
            cohort?: string | null;
        };
        /** @description Rows as `EnrollmentRow`; each is judged by itself. */
        EnrollmentRows: {
            enrollments: {
                learnerId: string;
                /**
                 * @default active
                 * @enum {string}
                 */
                status?: "active" | "suspended" | "removed";
                expiresAt?: string | null;
                /** @description The class or group of the course that the learner belongs to; absent, it stays as it is. */
                cohort?: string | null;
            }[];
        };
        /** @description A page. `next` goes into `after` to read on; null at the end. */
        Enrollments: {
            enrollments: components["schemas"]["Enrollment"][];
            next: string | null;
        };
        /** @description What is kept of a learner: rows as they are kept, by table. */
        Export: {
            learnerId: string;
            /** Format: date-time */
            exportedAt: string;
            tables: {
                [key: string]: {
                    [key: string]: unknown;
                }[];
            };
        };
        /** @description What is null could not be asked; `checks` say why. */
        HealthView: {
            service: string;
            ready: boolean;
            /** @description Dependencies: `ok`, `degraded: …`, or what stands in the way. */
            checks: {
                [key: string]: string;
            };
            /** @description When the process that answers first found each of these not `ok`. */
            since: {
                [key: string]: string;
            };
            outbox: components["schemas"]["OutboxView"] | null;
            /** @description What else waits in the service's tables. */
            waiting: components["schemas"]["WaitingView"][] | null;
            consumers: components["schemas"]["ConsumerView"][] | null;
        };
        /** @description `signs`: new tokens. `verifies`: good, signs nothing new. `lost`: Mux does not know it. `foreign`: not ours. */
        KeyView: {
            keyId: string;
            /** @enum {string} */
            state: "signs" | "verifies" | "revoked" | "lost" | "foreign";
            createdAt: string | null;
            /** @description Null for keys of the environment and of the command. */
            createdBy: string | null;
            revokedAt: string | null;
            revokedBy: string | null;
        };
        KeysView: {
            keys: components["schemas"]["KeyView"][];
            /** @description After this long (s) no token of a key that signs no more is needed. */
            tokenLifeS: number;
        };
        /** @description A record that could not be used. `offset` is the letter's own, `origin…` say where the record came from. */
        LetterView: {
            /** @description Where the record died; the letter is in `<topic>.dlq`. */
            topic: string;
            partition: number;
            offset: number;
            /** Format: date-time */
            buriedAt: string;
            /** @description `unparsable`, or `failed`: it could be read and not applied. */
            reason: string;
            /** @description What was raised, cut and without secrets. */
            error: string;
            originPartition: number | null;
            originOffset: number | null;
            /** @description CloudEvents id. */
            eventId: string | null;
            key: string | null;
            /** @description Bytes of the value, as far as it was kept. */
            size: number;
            /** @description How the value begins, without secrets. */
            preview: string;
            /** @description Too large to be kept whole: a redrive takes it from where it came from. */
            cut: boolean;
            /** @description It is a redriven record that died again. */
            redrivenBefore: boolean;
            /** @enum {string} */
            state: "open" | "asked" | "redriven" | "failed" | "discarded";
            noted: components["schemas"]["NotedView"][];
        };
        LettersView: {
            /** @description The newest first. */
            letters: components["schemas"]["LetterView"][];
            /** @description Topics with older letters than these: ask with `topic` and `before`. */
            more: string[];
        };
        /** @description A row of the audit. `redriven` and `failed` are what the worker did about a `redrive`. */
        NotedView: {
            id: number;
            topic: string;
            offset: number;
            /** @enum {string} */
            action: "redrive" | "discard" | "redriven" | "failed";
            by: string;
            note: string | null;
            /** Format: date-time */
            at: string;
        };
        OutboxView: {
            waiting: number;
            /** @description Rows that the broker can never accept. */
            parked: number;
            oldestSeconds: number;
        };
        /** @description How the caller stands in a course. */
        OwnEnrollment: {
            courseId: string;
            /**
             * @description `none`: not enrolled, and never was; `removed`: not enrolled any more.
             * @enum {string}
             */
            standing: "active" | "suspended" | "expired" | "removed" | "none";
            /** @description When the enrollment ends, or ended, by itself. */
            expiresAt: string | null;
            /** @description By what the caller may watch the course's videos now; null: not at all. A public course may be watched without being enrolled, and an unpublished one may not in spite of it. */
            access: ("enrolled" | "public" | "owner" | "admin") | null;
        };
        /** @description A page. `next` goes into `after` to read on; null at the end. */
        OwnEnrollments: {
            enrollments: components["schemas"]["OwnEnrollment"][];
            next: string | null;
        };
        /** @description Everything a player needs. Members that do not apply are null. */
        Playback: {
            /** @enum {string} */
            provider: "mux" | "s3";
            /** @description Mux's playback id. */
            playbackId: string | null;
            /** @description Where the video is, if it is public or in S3. */
            videoUrl: string | null;
            /** @description Where the video is until `expiresAt`, if it is not public. */
            signedUrl: string | null;
            tokens: components["schemas"]["PlaybackTokens"] | null;
            poster: string | null;
            storyboard: string | null;
            /**
             * @description Of a video in S3. At Mux they are in the video's stream.
             * @default []
             */
            captions: components["schemas"]["PlaybackCaptions"][];
            /** @description Seconds. */
            duration: number | null;
            /** Format: date-time */
            expiresAt: string;
            /** @description Seconds from now until the player should ask anew with ?refresh=. */
            refreshAfter: number;
            /** @description Goes with every progress report. Null for previews: no credit. */
            watchGrant: string | null;
            /** Format: uuid */
            sessionId: string;
            /** @description What to write over the picture, if the course wants it. */
            watermark: string | null;
            /** @description The place among the learner's devices is kept so long; refreshes prolong it. */
            leaseUntil: string | null;
            /** @description Present where the course lets learners not seek ahead; the player obeys. */
            seekLock: components["schemas"]["SeekLock"] | null;
        };
        PlaybackCaptions: {
            /** @description BCP 47. */
            languageCode: string;
            name: string;
            /** @description WebVTT, until `expiresAt`. */
            url: string;
        };
        /** @description How the course's videos are handed out. */
        "PlaybackPolicy-Input": {
            /**
             * @description `per_viewer`: each learner's video token is their own and names them in Mux's logs (`custom`).
             * @default shared
             * @enum {string}
             */
            tokens?: "shared" | "per_viewer";
            /** @description How many playbacks a learner may have at once; null for any number. */
            devices?: number | null;
            /**
             * @description What the player writes over the picture: the `name` in the viewer's bearer token, or the id.
             * @default none
             * @enum {string}
             */
            watermark?: "none" | "name" | "id";
            /** @description Mux's DRM configuration of the course's videos: answers have a token for licenses. DRM needs an agreement with Mux, and videos made with that configuration. */
            drmConfigurationId?: string | null;
            restriction?: components["schemas"]["PlaybackRestriction-Input"] | null;
        };
        /** @description How the course's videos are handed out. */
        "PlaybackPolicy-Output": {
            /**
             * @description `per_viewer`: each learner's video token is their own and names them in Mux's logs (`custom`).
             * @default shared
             * @enum {string}
             */
            tokens: "shared" | "per_viewer";
            /** @description How many playbacks a learner may have at once; null for any number. */
            devices: number | null;
            /**
             * @description What the player writes over the picture: the `name` in the viewer's bearer token, or the id.
             * @default none
             * @enum {string}
             */
            watermark: "none" | "name" | "id";
            /** @description Mux's DRM configuration of the course's videos: answers have a token for licenses. DRM needs an agreement with Mux, and videos made with that configuration. */
            drmConfigurationId: string | null;
            restriction: components["schemas"]["PlaybackRestriction-Output"] | null;
        };
        /**
         * @description From which pages and by which programs videos may be played: Mux's playback restrictions.
         *
         *     At Mux, signed videos are restricted at every request for the stream; videos in S3, and public ones, when playback
         *     is asked for. Mux alone knows which user agents are of high risk.
         */
        "PlaybackRestriction-Input": {
            /**
             * @description `*.example.com` is one level below; none at all allows no page.
             * @default [
             *       "*"
             *     ]
             */
            allowedDomains?: string[];
            /** @default false */
            allowNoReferrer?: boolean;
            /** @default false */
            allowNoUserAgent?: boolean;
            /** @default false */
            allowHighRiskUserAgent?: boolean;
        };
        /**
         * @description From which pages and by which programs videos may be played: Mux's playback restrictions.
         *
         *     At Mux, signed videos are restricted at every request for the stream; videos in S3, and public ones, when playback
         *     is asked for. Mux alone knows which user agents are of high risk.
         */
        "PlaybackRestriction-Output": {
            /**
             * @description `*.example.com` is one level below; none at all allows no page.
             * @default [
             *       "*"
             *     ]
             */
            allowedDomains: string[];
            /** @default false */
            allowNoReferrer: boolean;
            /** @default false */
            allowNoUserAgent: boolean;
            /** @default false */
            allowHighRiskUserAgent: boolean;
        };
        /** @description Mux tokens by use, as the player takes them. */
        PlaybackTokens: {
            playback: string;
            thumbnail: string;
            storyboard: string;
            gif: string;
            /** @description For DRM licenses (audience d); absent unless the course's policy names DRM. */
            drm?: string | null;
        };
        /** @description RFC 9457. Further members depend on the type. */
        Problem: {
            /** @description Stable, machine-readable: urn:seatime:problem:<slug>. */
            type: string;
            title: string;
            status: number;
            detail?: string;
        };
        /** @description Letters of a topic from one offset to another, both included; without `last` it is the first alone. */
        RangeBody: {
            topic: string;
            first: number;
            last?: number | null;
            /** @description Why, for whoever reads the audit. */
            note?: string | null;
        };
        Release: {
            /** @description Of the session that ends. */
            watchGrant: string;
        };
        Revoked: {
            keyId: string;
            /** @description What became of it there. */
            atMux: string;
        };
        Rotated: {
            /** @description Of the key that signs from now on. */
            keyId: string;
        };
        /** @description What became of one row; `row` counts from 0. */
        RowReport: {
            row: number;
            /** @description Null where the row was refused. */
            learnerId: string | null;
            /** @enum {string} */
            outcome: "changed" | "unchanged" | "refused";
            /** @description Of the enrollment, where it has changed. */
            version: number | null;
            /** @description Why the row was refused. */
            problem: string | null;
        };
        RowReports: {
            changed: number;
            unchanged: number;
            refused: number;
            rows: components["schemas"]["RowReport"][];
        };
        /** @description How far learners may seek: as far as they have watched from the beginning, and on from there as they watch. */
        SeekLock: {
            /** @description Seconds, as far as is known here: a player that knows of more may go there. */
            frontier: number;
            /** @description Of another content of the lesson the frontier says nothing, */
            videoRevision: number;
            /** @description nor of another attempt at the course. */
            attempt: number;
        };
        WaitingView: {
            name: string;
            count: number;
            oldestSeconds: number;
        };
    };
    responses: {
        /** @description Bad Request */
        Problem400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthorized */
        Problem401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden */
        Problem403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not Found */
        Problem404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Method Not Allowed */
        Problem405: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict */
        Problem409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Request Entity Too Large */
        Problem413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unprocessable Entity */
        Problem422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too Many Requests */
        Problem429: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Service Unavailable */
        Problem503: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: boolean;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    exposeMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    playback: {
        parameters: {
            query?: {
                /** @description The watch grant of the session that goes on. */
                refresh?: string | null;
                /** @description Where the course allows so many playbacks at once: end the oldest one instead of refusing. */
                takeOver?: boolean;
            };
            header?: never;
            path: {
                lessonId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Playback"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    releaseLease: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lessonId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Release"];
                "text/plain": components["schemas"]["Release"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    putEnrollment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                courseId: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["EnrollmentChange"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Enrollment"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteEnrollment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                courseId: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listEnrollments: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                limit?: number;
            };
            header?: never;
            path: {
                courseId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Enrollments"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    putEnrollments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                courseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnrollmentRows"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RowReports"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    enrollMany: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                courseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkEnrollment"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkResult"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listOwnEnrollments: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnEnrollments"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    ownEnrollment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                courseId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnEnrollment"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    getPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                courseId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlaybackPolicy-Output"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    putPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                courseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlaybackPolicy-Input"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlaybackPolicy-Output"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeysView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    rotateKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rotated"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    revokeKey: {
        parameters: {
            query?: {
                /** @description Though nothing can be signed afterwards. */
                evenTheLast?: boolean;
            };
            header?: never;
            path: {
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Revoked"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    exportLearner: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                learnerId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listLetters: {
        parameters: {
            query?: {
                /** @description Only of this topic. */
                topic?: string | null;
                /** @description Only letters before this offset of the topic. */
                before?: number | null;
                /** @description How many of each topic are looked at. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LettersView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    redrive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RangeBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecidedView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    discard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RangeBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecidedView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    audit: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                before?: number | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
}
