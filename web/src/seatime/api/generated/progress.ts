/** Generated from docs/openapi/progress.json by `make schemas`. */

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
    "/api/progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report watching
         * @description Claims of a player, under a watch grant, which is the right to report: no bearer token is needed. The body is JSON, also where it comes as text/plain. 202 means durable; the same beat may be sent again.
         */
        post: operations["reportProgress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/progress/lessons/{lessonId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the caller is in a lesson, and why it is not complete */
        get: operations["lessonProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/progress/courses/{courseId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the caller is in a course, and why it is not complete */
        get: operations["courseProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/progress/lessons/{lessonId}/quiz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Tell a learner's quiz result (LMS, course owner) */
        put: operations["gradeQuiz"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/seatime-evidence-keys.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public keys that evidence is checked with */
        get: operations["evidenceKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/progress/courses/{courseId}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Signed evidence of completions: the caller's own, or for owner and administrator a learner's or all
         * @description For `seatime-evidence verify`. All learners come in pages: `next` is the `after` of the next one.
         */
        get: operations["courseEvidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/progress/courses/{courseId}/rules/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Whom other rules would affect (owner, administrator); nothing is changed */
        post: operations["previewRules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/progress/courses/{courseId}/warnings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rules that cannot be met, in words (owner, administrator) */
        get: operations["courseWarnings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/progress/lessons/{lessonId}/learners/{learnerId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far a learner is in a lesson, why it is not complete and what was refused (owner, administrator)
         * @description What the learner is told. Zero of everything for one who never watched.
         */
        get: operations["learnerProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/progress/lessons/{lessonId}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The playback sessions of a lesson: the caller's, or for owner and administrator a learner's */
        get: operations["lessonSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/progress/courses/{courseId}/learners/{learnerId}/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A learner's attempts at a course, and what came of each (the learner, owner, administrator) */
        get: operations["attempts"];
        put?: never;
        /**
         * Have a learner go through the course again (owner, administrator)
         * @description Begins the next attempt. With its number in the body it may be sent again: 200, and the same answer.
         */
        post: operations["startAttempt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/progress/courses/{courseId}/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have many learners go through the course again, as for a yearly recertification (owner, administrator)
         * @description Up to 500 learners at once; all of a page or, if anything fails, none.
         */
        post: operations["startAttempts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/progress/courses/{courseId}/reviews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Learners whose watching looks unlike a person's, the worst first (owner, administrator)
         * @description A score with its reasons, for a person to judge. Nothing is done by itself: no credit is taken and no completion refused. Computed from the ledger when it is asked for.
         */
        get: operations["courseReviews"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/progress/courses/{courseId}/reviews/{learnerId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Dismiss or confirm a review (owner, administrator): it is kept who did, when and on what grounds */
        put: operations["decideReview"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/progress/learners/{learnerId}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything that this service keeps of a learner: the caller, or for an administrator anybody
         * @description One consistent moment of the database. Rows are as they are kept: times in epoch ms, media in ms.
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
    "/api/progress/learners/{learnerId}": {
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
         * Erase a learner, in all services (administrators)
         * @description Durable with the 202, done soon after; the receipt tells how far it is. Said again, it is the same erasure, unless the learner has come back since and something was kept: then it is a new one.
         */
        delete: operations["eraseLearner"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/progress/erasures/{erasureId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The signed receipt of an erasure, complete or not yet (administrators)
         * @description For `seatime-evidence verify`. It names nobody: the learner is a keyed hash.
         */
        get: operations["erasureReceipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/progress/health": {
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
    "/api/operations/progress/dead-letters": {
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
    "/api/operations/progress/dead-letters/redrive": {
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
    "/api/operations/progress/dead-letters/discard": {
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
    "/api/operations/progress/dead-letters/audit": {
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
        /** @description What was accepted: it is durable, and will be judged. */
        Accepted: {
            accepted: number;
            lastSeq: number;
        };
        /** @description `complete` stay complete; `kept` of these would not be by the new rules; `wouldComplete` are not yet. */
        AffectedOut: {
            complete: number;
            kept: number;
            wouldComplete: number;
            incomplete: number;
        };
        /** @description `attempt` is the number that is meant to begin: with it, the same request again changes nothing. */
        AttemptIn: {
            /** @description The next one if left out. */
            attempt?: number | null;
            reason?: string | null;
        };
        /** @description `superseded`: another attempt began before this one was completed. */
        AttemptOut: {
            attempt: number;
            /** @enum {string} */
            state: "running" | "completed" | "superseded";
            /** @description Null of the first, which begins by itself. */
            startedAt: string | null;
            reason: string | null;
            completedAt: string | null;
            lessonsCompleted: number;
        };
        AttemptStartedOut: {
            learnerId: string;
            attempt: number;
            startedAt: string | null;
            reason: string | null;
        };
        /** @description Who has to go through the course again. Without `learnerIds`, all who have something to show in it, in pages. */
        AttemptsIn: {
            learnerIds?: (string | number)[] | null;
            reason?: string | null;
            /** @description Whose attempt began then or later is left in it: with it, the same request again changes nothing. */
            notSince?: string | null;
            /** @description The `next` of the page before. */
            after?: string | number | null;
        };
        /** @description A learner's attempts at a course, the first one first; `attempt` is the present one. */
        AttemptsOut: {
            courseId: string;
            learnerId: string;
            attempt: number;
            attempts: components["schemas"]["AttemptOut"][];
        };
        /** @description `unchanged` are those whose attempt began since `notSince`; `next` is null on the last page. */
        AttemptsStartedOut: {
            started: components["schemas"]["AttemptStartedOut"][];
            unchanged: number;
            next: string | null;
        };
        AuditView: {
            /** @description The newest first. */
            entries: components["schemas"]["NotedView"][];
            /** @description Goes into `before` to read on; null at the end. */
            next: number | null;
        };
        /** @description What was played in the interval `since`…`at` of the client's clock (epoch ms). */
        BeatIn: {
            seq: number;
            since?: number | null;
            /** @description Milliseconds since 1970-01-01 UTC. */
            at: number;
            /** @description Seconds of the video. */
            position: number;
            /** @default 1 */
            rate?: number;
            /** @default [] */
            watched_segments?: [
                number,
                number
            ][];
            /** @default false */
            hidden?: boolean;
            /** @default [] */
            events?: components["schemas"]["PlayerEventIn"][];
            /**
             * @description Seconds of real time in which it waited for data while it should have played.
             * @default 0
             */
            stalled?: number;
            /** @description Which player it is, as in `mux-player` or `video`; others than known ones count as one. */
            player?: string | null;
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
        CourseLessonOut: {
            lessonId: string;
            title: string;
            required: boolean;
            coverage: number;
            complete: boolean;
            completedAt: string | null;
        };
        /** @description How far the caller is in a course. `verified` is real time spent watching, in seconds. */
        CourseProgressOut: {
            courseId: string;
            title: string | null;
            complete: boolean;
            completedAt: string | null;
            verified: number;
            minVerified: number;
            lessons: components["schemas"]["CourseLessonOut"][];
            reasons: components["schemas"]["ReasonOut"][];
            /** @description Which attempt at the course all of this is of. */
            attempt: number;
            /** @description When it began; null of the first. */
            attemptStartedAt: string | null;
            earlier: components["schemas"]["EarlierOut"][];
        };
        DecidedView: {
            /** @description Letters of which it was noted now. */
            noted: number;
            /** @description Letters of the range that were decided on already. */
            unchanged: number;
        };
        /** @description A completion in a former attempt: it stays, and counts for nothing in the present one. */
        EarlierOut: {
            attempt: number;
            /** Format: date-time */
            completedAt: string;
        };
        /** @description A signed document, described in docs/evidence.md. `signature` is over the canonical JSON of all the rest. */
        EvidenceOut: {
            format: string;
            issuedAt: string;
            courseId: string;
            courseTitle: string | null;
            learners: components["schemas"]["LearnerEvidenceOut"][];
            next: string | null;
            keyId: string;
            publicKey: string;
            signature: string;
        };
        /** @description What is kept of a learner, in rows as they are kept, and the evidence with all that its hashes were made from. */
        ExportOut: {
            learnerId: string;
            /** Format: date-time */
            exportedAt: string;
            lessons: {
                [key: string]: unknown;
            }[];
            courses: {
                [key: string]: unknown;
            }[];
            quizzes: {
                [key: string]: unknown;
            }[];
            attempts: {
                [key: string]: unknown;
            }[];
            reviews: {
                [key: string]: unknown;
            }[];
            sessions: {
                [key: string]: unknown;
            }[];
            clock: {
                [key: string]: unknown;
            } | null;
            evidence: {
                [key: string]: unknown;
            }[];
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
        /** @description A JSON Web Key Set. */
        KeySetOut: {
            keys: {
                [key: string]: string;
            }[];
        };
        /** @description A learner's whole chain: rows of this course with their contents, the others as links only. */
        LearnerEvidenceOut: {
            learnerId: string;
            rowsInChain: number;
            rows: {
                [key: string]: unknown;
            }[];
        };
        /** @description How far the caller is in a lesson. Positions, ranges, `watched` and `cuts` are seconds. */
        LessonProgressOut: {
            lessonId: string;
            courseId: string;
            duration: number | null;
            resumePosition: number;
            covered: [
                number,
                number
            ][];
            coverage: number;
            /** @description Up to where it was watched from the beginning, in seconds. */
            frontier: number;
            /** @description Whether the course forbids to seek beyond the frontier; not once complete. */
            seekLocked: boolean;
            /** @description Which of the lesson's contents all this is of. */
            videoRevision: number;
            threshold: number;
            /** @description What has to be watched whatever else is, in seconds, as far as the video goes. */
            requiredSegments: [
                number,
                number
            ][];
            complete: boolean;
            completedAt: string | null;
            watched: components["schemas"]["Watched"];
            reasons: components["schemas"]["ReasonOut"][];
            /** @description When the video took the place of one that the caller watched and that no longer counts. */
            replacedAt: string | null;
            cuts: {
                [key: string]: number;
            };
            /** @description Which attempt at the course all of this is of. */
            attempt: number;
            /** @description When it began; null of the first. */
            attemptStartedAt: string | null;
            earlier: components["schemas"]["EarlierOut"][];
        };
        /** @description What would be different in a lesson; what is left out stays as it is. Segments are seconds. */
        LessonRulesIn: {
            completionThreshold?: number | null;
            requiredSegments?: [
                number,
                number
            ][] | null;
            quizRequired?: boolean | null;
            required?: boolean | null;
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
        /** @description Something that happened in the player: seeks have `from` and `to`, `rate` or `value` is what became new. */
        PlayerEventIn: {
            /** @enum {string} */
            type: "play" | "pause" | "progress" | "complete" | "seek" | "ratechange" | "qualitychange" | "error";
            /** @description Milliseconds since 1970-01-01 UTC. */
            at: number;
            position?: number | null;
            from?: number | null;
            to?: number | null;
            rate?: number | null;
            value?: string | null;
        };
        /** @description Whom a change of rules would affect: learners in the course, and by lesson those who began it. */
        PreviewOut: {
            courseId: string;
            learners: components["schemas"]["AffectedOut"];
            lessons: {
                [key: string]: components["schemas"]["AffectedOut"];
            };
        };
        /** @description RFC 9457. Further members depend on the type. */
        Problem: {
            /** @description Stable, machine-readable: urn:seatime:problem:<slug>. */
            type: string;
            title: string;
            status: number;
            detail?: string;
        };
        /** @description A player's report. `lesson_id` and `duration` may be left out; if given they must be the grant's. */
        ProgressIn: {
            /** @description The watch grant that came with the playback. */
            grant: string;
            /** @description The client's clock when it sent this (epoch ms). */
            sentAt: number;
            beats: components["schemas"]["BeatIn"][];
            lesson_id?: string | number | null;
            duration?: number | null;
        };
        QuizAccepted: {
            accepted: boolean;
        };
        /** @description A learner's result in a lesson's quiz. */
        QuizIn: {
            /** @description Identifier given by the LMS. */
            learnerId: string | number;
            passed: boolean;
            score?: number | null;
            /** @description Which it counts for; if left out, each that has begun by now. */
            attempt?: number | null;
        };
        /** @description Letters of a topic from one offset to another, both included; without `last` it is the first alone. */
        RangeBody: {
            topic: string;
            first: number;
            last?: number | null;
            /** @description Why, for whoever reads the audit. */
            note?: string | null;
        };
        ReasonOut: {
            code: string;
            message: string;
        };
        /** @description A signed document, described in docs/erasure.md. `signature` is over the canonical JSON of all the rest. */
        ReceiptOut: {
            format: string;
            erasureId: string;
            learnerHash: string;
            requestedAt: string;
            services: {
                [key: string]: components["schemas"]["ServiceErasedOut"] | null;
            };
            evidenceRowsLeftWithoutName: number;
            complete: boolean;
            keyId: string;
            publicKey: string;
            signature: string;
        };
        /** @description Dismissed: nothing to it; the learner comes back only if the score rises clearly. Confirmed: it stays. */
        ReviewDecisionIn: {
            /** @enum {string} */
            decision: "dismissed" | "confirmed";
            /** @default  */
            note?: string;
        };
        /** @description What was decided last, and the score and reasons that it was decided by. */
        ReviewDecisionOut: {
            /** @enum {string} */
            decision: "dismissed" | "confirmed";
            note: string;
            decidedBy: string;
            /** Format: date-time */
            decidedAt: string;
            score: number;
            reasons: components["schemas"]["ReviewReasonOut"][];
        };
        /** @description A learner whose watching somebody may want to look at. `watched` is real time in seconds, between the moments. */
        ReviewOut: {
            learnerId: string;
            /** @enum {string} */
            state: "open" | "dismissed" | "confirmed";
            score: number;
            reasons: components["schemas"]["ReviewReasonOut"][];
            watched: number;
            watchedFrom: string | null;
            watchedUntil: string | null;
            decision: components["schemas"]["ReviewDecisionOut"] | null;
        };
        /** @description `value` is how much of it there is (0 to 1), `weight` what the score would be if that were all there is. */
        ReviewReasonOut: {
            code: string;
            message: string;
            value: number;
            weight: number;
            figures: {
                [key: string]: number;
            };
        };
        /** @description A page of a course's reviews, the worst first. `next` is the `after` of the next page. */
        ReviewsOut: {
            courseId: string;
            /** @description The score from which somebody is in the queue. */
            threshold: number;
            reviews: components["schemas"]["ReviewOut"][];
            next: string | null;
        };
        /** @description What would be different in a course; what is left out stays as it is. `minVerified` is seconds. */
        RulesIn: {
            completionThreshold?: number | null;
            minVerified?: number | null;
            finalAssessment?: string | number | null;
            /** @default {} */
            lessons?: {
                [key: string]: components["schemas"]["LessonRulesIn"];
            };
        };
        /** @description Everything older than that is gone from a service, so many rows by table. */
        ServiceErasedOut: {
            erasedAt: string;
            rows: {
                [key: string]: number;
            };
        };
        /** @description A playback session. `closedBecause`: its player fell silent (`silent`), or its grant ended (`expired`). */
        SessionOut: {
            sessionId: string;
            /** @description Which attempt at the course it counts for. */
            attempt: number;
            /** Format: date-time */
            beganAt: string;
            lastBeatAt: string | null;
            beats: number;
            closed: boolean;
            closedAt: string | null;
            closedBecause: string | null;
        };
        /** @description A learner's latest sessions in a lesson, newest first. A beat that comes after all opens a session again. */
        SessionsOut: {
            lessonId: string;
            learnerId: string;
            sessions: components["schemas"]["SessionOut"][];
        };
        WaitingView: {
            name: string;
            count: number;
            oldestSeconds: number;
        };
        /** @description `deadEnd`: nobody can complete the lesson or course as it is. */
        WarningOut: {
            code: string;
            message: string;
            lessonId: string | null;
            deadEnd: boolean;
        };
        WarningsOut: {
            courseId: string;
            warnings: components["schemas"]["WarningOut"][];
        };
        /** @description Credited seconds of media: reported within two minutes, or later; `hidden` where the course counts that apart. */
        Watched: {
            live: number;
            late: number;
            hidden: number;
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
    reportProgress: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProgressIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
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
    lessonProgress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier given by the LMS. */
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
                    "application/json": components["schemas"]["LessonProgressOut"];
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
    courseProgress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier given by the LMS. */
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
                    "application/json": components["schemas"]["CourseProgressOut"];
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
    gradeQuiz: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier given by the LMS. */
                lessonId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuizIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuizAccepted"];
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
    evidenceKeys: {
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
                    "application/json": components["schemas"]["KeySetOut"];
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
    courseEvidence: {
        parameters: {
            query?: {
                /** @description Whose; all if left out by the owner or an administrator. */
                learner?: string | null;
                /** @description The `next` of the page before. */
                after?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Identifier given by the LMS. */
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
                    "application/json": components["schemas"]["EvidenceOut"];
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
    previewRules: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier given by the LMS. */
                courseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RulesIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewOut"];
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
    courseWarnings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier given by the LMS. */
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
                    "application/json": components["schemas"]["WarningsOut"];
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
    learnerProgress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier given by the LMS. */
                lessonId: string;
                /** @description Identifier given by the LMS. */
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
                    "application/json": components["schemas"]["LessonProgressOut"];
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
    lessonSessions: {
        parameters: {
            query?: {
                /** @description Whose; the caller's if left out. */
                learner?: string | null;
            };
            header?: never;
            path: {
                /** @description Identifier given by the LMS. */
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
                    "application/json": components["schemas"]["SessionsOut"];
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
    attempts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier given by the LMS. */
                courseId: string;
                /** @description Identifier given by the LMS. */
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
                    "application/json": components["schemas"]["AttemptsOut"];
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
    startAttempt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier given by the LMS. */
                courseId: string;
                /** @description Identifier given by the LMS. */
                learnerId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AttemptIn"] | null;
            };
        };
        responses: {
            /** @description That attempt had begun before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttemptStartedOut"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttemptStartedOut"];
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
    startAttempts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier given by the LMS. */
                courseId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AttemptsIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttemptsStartedOut"];
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
    courseReviews: {
        parameters: {
            query?: {
                state?: "open" | "dismissed" | "confirmed";
                /** @description The `next` of the page before. */
                after?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Identifier given by the LMS. */
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
                    "application/json": components["schemas"]["ReviewsOut"];
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
    decideReview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier given by the LMS. */
                courseId: string;
                /** @description Identifier given by the LMS. */
                learnerId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReviewDecisionIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewOut"];
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
    exportLearner: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier given by the LMS. */
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
                    "application/json": components["schemas"]["ExportOut"];
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
    eraseLearner: {
        parameters: {
            query?: {
                /** @description A new erasure also where nothing is kept here: of one who has only been enrolled again. */
                again?: boolean;
            };
            header?: never;
            path: {
                /** @description Identifier given by the LMS. */
                learnerId: string;
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
                    "application/json": components["schemas"]["ReceiptOut"];
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
    erasureReceipt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                erasureId: string;
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
                    "application/json": components["schemas"]["ReceiptOut"];
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
