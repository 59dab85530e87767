/** Generated from docs/openapi/upload.json by `make schemas`. */

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
    "/api/videos/mux/upload-url": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Where the browser uploads a lesson's video: Mux, or S3 while Mux is away
         * @description Who leaves out filename or size, as Mux's own uploader does, gets a 503 while Mux is away.
         */
        post: operations["createUploadUrl"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/videos/mux/webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Where Mux tells what became of a video
         * @description Needs no bearer token: the `Mux-Signature` over the raw body is the proof.
         */
        post: operations["receiveWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lessons/{lesson_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A lesson and the state of its video, for its author */
        get: operations["getLesson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/uploads/{upload_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How an upload stands, and why it failed if it did */
        get: operations["getUpload"];
        put?: never;
        post?: never;
        /** Give up an upload that is on its way to S3 */
        delete: operations["cancelUpload"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/courses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Courses: one's own for instructors, all for admins, published ones for learners */
        get: operations["listCourses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/courses/{course_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A course with its lessons */
        get: operations["getCourse"];
        /** Make a course, or replace what is known of it */
        put: operations["putCourse"];
        post?: never;
        /** Delete a course with its lessons and their videos */
        delete: operations["deleteCourse"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/courses/{course_id}/lessons/{lesson_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Make a lesson, or replace its description */
        put: operations["putLesson"];
        post?: never;
        /** Delete a lesson and its video */
        delete: operations["removeLesson"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A signed address to which the browser uploads a file */
        post: operations["createFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/{file_id}/parts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which parts of a large file have arrived, so that only the others are sent */
        get: operations["listFileParts"];
        put?: never;
        /** Addresses to which parts of a large file are sent */
        post: operations["signFileParts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/{file_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The file is uploaded: is it what it was said to be?
         * @description Answers the state that follows, `refused` with the reason included; may be repeated.
         */
        post: operations["completeFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/{file_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file, with a signed address that downloads it for a short time */
        get: operations["getFile"];
        put?: never;
        post?: never;
        /** Delete a file */
        delete: operations["deleteFile"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Where a file is to be uploaded: videos to Mux, anything else to S3 */
        post: operations["placeUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/uploads/{upload_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that a video that went to S3 because Mux was away has arrived
         * @description Its first bytes are looked at: `ready`, or `failed` with the reason. Asking again answers the same.
         */
        post: operations["completeUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/courses/lessons/{lesson_id}/upload-video": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A lesson's video straight into S3, as a form with a file
         * @description Streamed: the file is never whole in memory or on disk. The lesson plays it as soon as this has answered.
         */
        post: operations["uploadVideo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/uploads/{upload_id}/parts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which parts of a video have arrived, so that only the others are sent */
        get: operations["listParts"];
        put?: never;
        /** Addresses to which parts of a video are sent */
        post: operations["signParts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lessons/{lesson_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A lesson's status as it changes, for its author (server-sent events)
         * @description Events `lesson` with the lesson as data and its version as id: the state now, then each change. A comment every 15 s shows that the line stands. `Last-Event-ID` leaves out what the caller has seen. Ends with `gone` when the lesson is deleted or the right to see it is lost, else after a while: come back.
         */
        get: operations["streamLesson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lessons/{lesson_id}/captions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The captions of a lesson's video, and how each stands
         * @description Those that we keep, which have a `revision`, and those that came with the video.
         */
        get: operations["listCaptions"];
        put?: never;
        /**
         * Upload captions as WebVTT, or have them generated
         * @description Kept at once, whatever Mux does; `status` says when learners have them. 422 names the line that is no WebVTT.
         */
        post: operations["createCaption"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lessons/{lesson_id}/captions/{caption_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Captions with their text */
        get: operations["getCaption"];
        /**
         * Edit captions
         * @description Learners see the text before until the new one is ready. Generated ones are the author's from then on.
         */
        put: operations["editCaption"];
        post?: never;
        /** Delete captions, at Mux too */
        delete: operations["deleteCaption"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/migrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Migrations, the newest first */
        get: operations["listMigrations"];
        put?: never;
        /**
         * Move videos from S3, or from addresses, to Mux; or, as a dry run, tell what would move and cost
         * @description The worker plans and runs it: ask for it by its `id`. Addresses are checked before this answers.
         */
        post: operations["createMigration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/migrations/{migration_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a migration stands: its plan in figures, and how many are in each state */
        get: operations["getMigration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/migrations/{migration_id}/transfers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A migration's videos, one by one */
        get: operations["listTransfers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/migrations/{migration_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin nothing more until it is resumed
         * @description What is at Mux already stays there, and is looked at after the resume.
         */
        post: operations["pauseMigration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/migrations/{migration_id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go on with a paused migration */
        post: operations["resumeMigration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/migrations/{migration_id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Back to S3, within the grace: one lesson at once, all by the worker
         * @description Lessons whose grace is over stay at Mux. What is not migrated yet is given up.
         */
        post: operations["rollBack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/migrations/{migration_id}/cleanup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Delete the originals whose grace is over, each after another look at its copy */
        post: operations["cleanUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/upload/health": {
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
    "/api/operations/upload/dead-letters": {
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
    "/api/operations/upload/dead-letters/redrive": {
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
    "/api/operations/upload/dead-letters/discard": {
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
    "/api/operations/upload/dead-letters/audit": {
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
        /** @description The new text; what else is left out stays. With `revision`, the edit is refused if somebody else was quicker. */
        CaptionEdit: {
            /** @description The text of a WebVTT file. */
            vtt: string;
            languageCode?: string | null;
            name?: string | null;
            closedCaptions?: boolean | null;
            revision?: number | null;
        };
        CaptionList: {
            captions: components["schemas"]["CaptionView"][];
        };
        CaptionText: {
            id: string;
            languageCode: string | null;
            name: string | null;
            source: string | null;
            /** @default false */
            closedCaptions: boolean;
            status: ("waiting" | "preparing" | "ready" | "errored" | "outdated") | ("preparing" | "errored" | "ready" | "deleted");
            error: string | null;
            /** @description Counts the edits; null where we keep no text. */
            revision: number | null;
            /** @description Null as long as generated captions are not ready. */
            vtt: string | null;
        };
        /**
         * @description `source` is uploaded, generated, or what Mux says of captions that we do not keep. `error`: why not ready.
         *
         *     `waiting`: not at Mux or S3 yet; `outdated`: made for a video of another length, not shown until it is edited.
         */
        CaptionView: {
            id: string;
            languageCode: string | null;
            name: string | null;
            source: string | null;
            /** @default false */
            closedCaptions: boolean;
            status: ("waiting" | "preparing" | "ready" | "errored" | "outdated") | ("preparing" | "errored" | "ready" | "deleted");
            error: string | null;
            /** @description Counts the edits; null where we keep no text. */
            revision: number | null;
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
        /** @description US dollars, by the prices and the assumptions beside it. */
        CostView: {
            /** @default USD */
            currency: string;
            encodingOnce: number;
            storageMonthly: number;
            deliveryMonthly: number;
            monthly: number;
        };
        /** @description The whole course: what is left out goes back to its default. */
        CourseBody: {
            title: string;
            /** @description Admins only; else the caller owns what the caller makes. */
            ownerId?: string | null;
            /** @default true */
            published?: boolean;
            /**
             * @description New videos can be played without a signed URL.
             * @default false
             */
            public?: boolean;
            /** @default {} */
            rules?: components["schemas"]["CourseRulesBody-Input"];
        };
        /** @description One page; `next` is the `after` of the following one, null on the last. */
        CourseList: {
            courses: components["schemas"]["CourseSummary"][];
            next: string | null;
        };
        /** @description What the course demands for completion; what is absent is the platform's default. */
        "CourseRulesBody-Input": {
            completionThreshold?: number | null;
            maxRate?: number | null;
            offlineGraceS?: number | null;
            minVerifiedS?: number | null;
            finalAssessment?: string | null;
            hiddenPages?: ("count" | "pause" | "apart") | null;
            seekAhead?: ("free" | "locked") | null;
        };
        /** @description What the course demands for completion; what is absent is the platform's default. */
        "CourseRulesBody-Output": {
            completionThreshold: number | null;
            maxRate: number | null;
            offlineGraceS: number | null;
            minVerifiedS: number | null;
            finalAssessment: string | null;
            hiddenPages: ("count" | "pause" | "apart") | null;
            seekAhead: ("free" | "locked") | null;
        };
        CourseSummary: {
            id: string;
            title: string;
            ownerId: string;
            published: boolean;
            public: boolean;
        };
        CourseView: {
            id: string;
            title: string;
            ownerId: string;
            published: boolean;
            public: boolean;
            rules: components["schemas"]["CourseRulesBody-Output"];
            version: number;
            lessons: components["schemas"]["LessonSummary"][];
        };
        DecidedView: {
            /** @description Letters of which it was noted now. */
            noted: number;
            /** @description Letters of the range that were decided on already. */
            unchanged: number;
        };
        /** @description What is to be uploaded, as the browser sees it. `size` in bytes. */
        FileBody: {
            filename: string;
            contentType: string;
            size: number;
            lessonId?: string | number | null;
        };
        /** @description The same of a file that is no lesson's video. */
        FilePartsView: {
            /** Format: uuid */
            fileId: string;
            /** @enum {string} */
            state: "pending" | "ready" | "refused";
            /** @description Bytes of the whole file. */
            size: number;
            partSize: number;
            count: number;
            assembled: boolean;
            parts: components["schemas"]["PartArrived"][];
        };
        /** @description Send the file to `uploadUrl` by `method` with exactly these `headers` before `expiresAt`, then complete it. */
        FileUpload: {
            /** Format: uuid */
            fileId: string;
            /** @enum {string} */
            provider: "mux" | "s3";
            uploadUrl: string;
            method: string;
            headers: {
                [key: string]: string;
            };
            /** Format: date-time */
            expiresAt: string;
        };
        /** @description `url` downloads the file until `expiresAt`; it is there once the file is ready. */
        FileView: {
            /** Format: uuid */
            fileId: string;
            /** @enum {string} */
            state: "pending" | "ready" | "refused";
            /** @description Why it was refused. */
            reason: string | null;
            /** @enum {string} */
            kind: "image" | "audio" | "video" | "document";
            filename: string;
            contentType: string;
            size: number;
            lessonId: string | null;
            /** Format: date-time */
            createdAt: string;
            url: string | null;
            expiresAt: string | null;
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
        LatestUpload: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            status: "waiting" | "timed_out" | "cancelled" | "failed" | "processing" | "errored" | "ready" | "deleted";
            error: string | null;
        };
        LeftView: {
            source: string;
            lessonId: string | null;
            reason: string;
        };
        /** @description The whole description of a lesson; its video comes by an upload. */
        LessonBody: {
            title: string;
            /** @default 0 */
            position?: number;
            /**
             * @description Whether the course can be completed without it.
             * @default true
             */
            required?: boolean;
            /**
             * @default {
             *       "requiredSegments": [],
             *       "quizRequired": false
             *     }
             */
            rules?: components["schemas"]["LessonRulesBody-Input"];
        };
        /** @description What the lesson demands for completion; segments are [from, to] in seconds. */
        "LessonRulesBody-Input": {
            completionThreshold?: number | null;
            /** @default [] */
            requiredSegments?: [
                number,
                number
            ][];
            /** @default false */
            quizRequired?: boolean;
        };
        /** @description What the lesson demands for completion; segments are [from, to] in seconds. */
        "LessonRulesBody-Output": {
            completionThreshold: number | null;
            /** @default [] */
            requiredSegments: [
                number,
                number
            ][];
            /** @default false */
            quizRequired: boolean;
        };
        LessonSummary: {
            id: string;
            title: string;
            position: number;
            required: boolean;
            /** @enum {string} */
            processingStatus: "pending" | "processing" | "ready" | "error";
            /** @description Seconds. */
            duration: number | null;
            /** @enum {string} */
            videoProvider: "mux" | "s3";
        };
        /** @description A lesson as its author sees it. `error` says why there is no video, `upload` how the latest attempt went. */
        LessonView: {
            id: string;
            title: string;
            position: number;
            required: boolean;
            /** @enum {string} */
            processingStatus: "pending" | "processing" | "ready" | "error";
            /** @description Seconds. */
            duration: number | null;
            /** @enum {string} */
            videoProvider: "mux" | "s3";
            courseId: string;
            rules: components["schemas"]["LessonRulesBody-Output"];
            error: string | null;
            playbackPolicy: ("signed" | "public") | null;
            muxUploadId: string | null;
            muxAssetId: string | null;
            muxPlaybackId: string | null;
            /** @description Where the video is in S3; opens nothing without a signature. */
            videoUrl: string | null;
            upload: components["schemas"]["LatestUpload"] | null;
            /** @description Languages of the captions that learners can choose. */
            captions: string[];
            /** @description Grows by one whenever a replaced video voids learners' progress. */
            videoRevision: number;
            revisedAt: string | null;
            version: number;
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
        /** @description What to move. Nothing chosen means every lesson that plays from S3. */
        MigrationBody: {
            /** @default [] */
            courses?: string[];
            /** @default [] */
            lessons?: (string | number)[];
            /** @description Objects of the bucket whose keys begin so. */
            prefix?: string | null;
            /** @description Gets a lesson for each object that is nobody's. */
            course?: string | null;
            /** @default [] */
            videos?: components["schemas"]["VideoFrom"][];
            /** @description Videos that are on their way at once. */
            batch?: number | null;
            /** @description Videos that are worked on at once. */
            concurrency?: number | null;
            /** @description For a rollback. */
            graceSeconds?: number | null;
            /** @default false */
            dryRun?: boolean;
            /**
             * @description In a dry run: read types and durations of objects, not only sizes.
             * @default true
             */
            inspect?: boolean;
            /**
             * @description Of each video, whole.
             * @default 1
             */
            viewsPerMonth?: number;
        };
        /** @description One page, the newest first; `next` is the `before` of the following one, null on the last. */
        MigrationList: {
            migrations: components["schemas"]["MigrationView"][];
            next: string | null;
        };
        /** @description `state` is what was asked for; `finished` says that nothing is planned, asked or processing any more. */
        MigrationView: {
            /** Format: uuid */
            id: string;
            createdBy: string;
            /** @enum {string} */
            runner: "worker" | "command";
            /** @enum {string} */
            state: "running" | "paused" | "rolling_back";
            planned: boolean;
            finished: boolean;
            batch: number;
            concurrency: number;
            graceSeconds: number;
            /** @description The selection in words. */
            what: string;
            counts: {
                [key: string]: number;
            };
            /** @description Null until it is planned. */
            summary: components["schemas"]["PlanSummary"] | null;
            /** @description Why it could not be planned. */
            error: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        MinutesView: {
            known: number;
            estimated: number;
            total: number;
        };
        /** @description Either `vtt`, the text itself (a browser reads a file with `await file.text()`), or `generate`. */
        NewCaption: {
            /** @description BCP 47, as in en-US. */
            languageCode: string;
            /** @description The language's code if left out. */
            name?: string | null;
            /**
             * @description For the deaf: sounds are described too.
             * @default false
             */
            closedCaptions?: boolean;
            /**
             * @description Mux listens and writes; in the languages that it understands.
             * @default false
             */
            generate?: boolean;
            vtt?: string | null;
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
        /** @description Takes exactly `size` bytes, as often as one likes until the upload is complete; the last ones count. */
        PartAddress: {
            number: number;
            size: number;
            method: string;
            url: string;
            headers: {
                [key: string]: string;
            };
        };
        PartAddresses: {
            parts: components["schemas"]["PartAddress"][];
            /** Format: date-time */
            expiresAt: string;
        };
        PartArrived: {
            number: number;
            size: number;
            etag: string;
        };
        /** @description The parts that are about to be sent. */
        PartsBody: {
            numbers: number[];
        };
        /** @description What is there of a video that goes to S3 in parts. `assembled`: nothing is missing, and S3 has made it one. */
        PartsView: {
            /** Format: uuid */
            uploadId: string;
            lessonId: string;
            /** @enum {string} */
            status: "waiting" | "timed_out" | "cancelled" | "failed" | "processing" | "errored" | "ready" | "deleted";
            /** @description Bytes of the whole video. */
            size: number;
            partSize: number;
            count: number;
            assembled: boolean;
            parts: components["schemas"]["PartArrived"][];
        };
        /**
         * @description Where to send it: a video in chunks to Mux (ask by `uploadId`), anything else to S3 (complete by `fileId`).
         *
         *     While Mux is away a video goes to S3 too: complete it by `uploadId`. What goes to S3 is sent in one piece if it is
         *     small: send it as `method` and `headers` say. Larger, it goes in `parts` parts of `partSize` bytes, of which the
         *     last may be shorter: ask for their addresses.
         */
        Placed: {
            /** @enum {string} */
            provider: "mux" | "s3";
            /** @description Null where it goes in parts. */
            uploadUrl: string | null;
            method: string;
            headers: {
                [key: string]: string;
            };
            uploadId?: string | null;
            fileId?: string | null;
            /** @description Bytes. */
            partSize?: number | null;
            parts?: number | null;
            expiresAt?: string | null;
        };
        /** @description What a migration moves, in figures. */
        PlanSummary: {
            count: number;
            bytes: number;
            minutes: components["schemas"]["MinutesView"];
            cost: components["schemas"]["CostView"];
            assumptions: string[];
            leftCount: number;
            leftReasons: {
                [key: string]: number;
            };
        };
        /** @description A dry run's answer. The lists are cut after the first thousand. */
        PlanView: {
            count: number;
            bytes: number;
            minutes: components["schemas"]["MinutesView"];
            cost: components["schemas"]["CostView"];
            assumptions: string[];
            leftCount: number;
            leftReasons: {
                [key: string]: number;
            };
            videos: components["schemas"]["PlannedView"][];
            left: components["schemas"]["LeftView"][];
        };
        PlannedView: {
            lessonId: string;
            courseId: string;
            title: string;
            /** @description The object's key, or the address without its query. */
            source: string;
            bytes: number | null;
            seconds: number | null;
            makesLesson: boolean;
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
        Received: {
            received: boolean;
        };
        RollbackBody: {
            /** @description Only this lesson, at once. */
            lessonId?: string | number | null;
        };
        /** @description One page, in the order of their ids; `next` is the `after` of the following one. */
        TransferList: {
            transfers: components["schemas"]["TransferView"][];
            next: string | null;
        };
        TransferView: {
            /** Format: uuid */
            id: string;
            lessonId: string;
            /** @enum {string} */
            state: "planned" | "asked" | "processing" | "migrated" | "failed" | "superseded" | "rolled_back" | "cleaned";
            reason: string | null;
            sourceId: string | null;
            sourceUrl: string | null;
            /** Format: uuid */
            copyId: string;
            bytes: number | null;
            seconds: number | null;
            attempts: number;
            migratedAt: string | null;
            keepUntil: string | null;
            verified: {
                [key: string]: unknown;
            } | null;
            /** Format: date-time */
            updatedAt: string;
        };
        /** @description What is to be uploaded. A video needs the lesson that it is for; without a type the name decides. */
        UploadBody: {
            filename: string;
            contentType?: string | null;
            /** @description Bytes. */
            size: number;
            lessonId?: string | number | null;
            /**
             * @description Of learners' progress where this replaces a video; auto: carry if they differ by at most 1 s.
             * @default auto
             * @enum {string}
             */
            progress?: "auto" | "carry" | "void";
        };
        /** @description Where the browser sends the file (PUT, resumable), and by what id to ask for it here. */
        UploadUrl: {
            uploadUrl: string;
            /** Format: uuid */
            uploadId: string;
            /** @enum {string} */
            provider: "mux" | "s3";
        };
        UploadView: {
            /** Format: uuid */
            id: string;
            lessonId: string;
            /** @enum {string} */
            provider: "mux" | "s3";
            /** @enum {string} */
            status: "waiting" | "timed_out" | "cancelled" | "failed" | "processing" | "errored" | "ready" | "deleted";
            error: string | null;
            muxUploadId: string | null;
            muxAssetId: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        /** @description A video that is fetched from an address. It has to lead to public addresses only, through each redirect. */
        VideoFrom: {
            lessonId: string | number;
            url: string;
        };
        VideoStored: {
            success: boolean;
            videoUrl: string;
        };
        /** @description The lesson that the video is for. Who says what the video is can be sent to S3 while Mux is away. */
        VideoUrlBody: {
            lessonId: string | number;
            /**
             * @description Of learners' progress where this replaces a video; auto: carry if they differ by at most 1 s.
             * @default auto
             * @enum {string}
             */
            progress?: "auto" | "carry" | "void";
            filename?: string | null;
            contentType?: string | null;
            size?: number | null;
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
        /** @description Unsupported Media Type */
        Problem415: {
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
        /** @description Bad Gateway */
        Problem502: {
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
    createUploadUrl: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VideoUrlBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadUrl"] | components["schemas"]["Placed"];
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
    receiveWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Received"];
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
    getLesson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lesson_id: string;
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
                    "application/json": components["schemas"]["LessonView"];
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
    getUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
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
                    "application/json": components["schemas"]["UploadView"];
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
    cancelUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
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
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listCourses: {
        parameters: {
            query?: {
                after?: string;
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
                    "application/json": components["schemas"]["CourseList"];
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
    getCourse: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                course_id: string;
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
                    "application/json": components["schemas"]["CourseView"];
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
    putCourse: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                course_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CourseBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CourseView"];
                };
            };
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CourseView"];
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
    deleteCourse: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                course_id: string;
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
    putLesson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                course_id: string;
                lesson_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LessonBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LessonView"];
                };
            };
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LessonView"];
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
    removeLesson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                course_id: string;
                lesson_id: string;
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
    createFile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FileBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileUpload"];
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
    listFileParts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
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
                    "application/json": components["schemas"]["FilePartsView"];
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
    signFileParts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PartsBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PartAddresses"];
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
    completeFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
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
                    "application/json": components["schemas"]["FileView"];
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
    getFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
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
                    "application/json": components["schemas"]["FileView"];
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
    deleteFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
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
    placeUpload: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UploadBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Placed"];
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
    completeUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
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
                    "application/json": components["schemas"]["UploadView"];
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
    uploadVideo: {
        parameters: {
            query?: {
                /** @description Of learners' progress where this replaces a video; auto: carry if they differ by at most 1 s. */
                progress?: "auto" | "carry" | "void";
            };
            header?: never;
            path: {
                lesson_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    video: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VideoStored"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listParts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
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
                    "application/json": components["schemas"]["PartsView"];
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
    signParts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PartsBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PartAddresses"];
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
    streamLesson: {
        parameters: {
            query?: never;
            header?: {
                "last-event-id"?: string | null;
            };
            path: {
                lesson_id: string;
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
                    "text/event-stream": string;
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
    listCaptions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lesson_id: string;
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
                    "application/json": components["schemas"]["CaptionList"];
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
    createCaption: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lesson_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCaption"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaptionText"];
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
    getCaption: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lesson_id: string;
                caption_id: string;
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
                    "application/json": components["schemas"]["CaptionText"];
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
    editCaption: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lesson_id: string;
                caption_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CaptionEdit"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaptionText"];
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
    deleteCaption: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lesson_id: string;
                caption_id: string;
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
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
        };
    };
    listMigrations: {
        parameters: {
            query?: {
                before?: string | null;
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
                    "application/json": components["schemas"]["MigrationList"];
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
    createMigration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MigrationBody"];
            };
        };
        responses: {
            /** @description A dry run's plan; nothing was changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanView"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MigrationView"] | components["schemas"]["PlanView"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            405: components["responses"]["Problem405"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            502: components["responses"]["Problem502"];
            503: components["responses"]["Problem503"];
        };
    };
    getMigration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                migration_id: string;
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
                    "application/json": components["schemas"]["MigrationView"];
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
    listTransfers: {
        parameters: {
            query?: {
                /** @description Only those in this state. */
                state?: ("planned" | "asked" | "processing" | "migrated" | "failed" | "superseded" | "rolled_back" | "cleaned") | null;
                after?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                migration_id: string;
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
                    "application/json": components["schemas"]["TransferList"];
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
    pauseMigration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                migration_id: string;
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
                    "application/json": components["schemas"]["MigrationView"];
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
    resumeMigration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                migration_id: string;
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
                    "application/json": components["schemas"]["MigrationView"];
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
    rollBack: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                migration_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RollbackBody"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MigrationView"];
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
    cleanUp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                migration_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MigrationView"];
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
