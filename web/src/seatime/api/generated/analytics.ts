/** Generated from docs/openapi/analytics.json by `make schemas`. */

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
    "/api/analytics/lessons/{lesson_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A lesson's views, watch time, completions, retention curve and drop-off points, for the course's owner
         * @description About everybody, or about the viewers that a cohort and the days of their first view (UTC) choose. Groups of fewer than `smallestGroup` are suppressed; days are widened until groups are whole (docs/metrics.md).
         */
        get: operations["getLesson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/courses/{course_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The numbers of a course and its lessons, for its owner */
        get: operations["getCourse"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/lessons/{lesson_id}/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the caller watched of a lesson */
        get: operations["getOwn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/lessons/{lesson_id}/days": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A lesson's views, viewers and watch time by day (UTC) */
        get: operations["getLessonDays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/courses/{course_id}/days": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A course's views, viewers and watch time by day (UTC) */
        get: operations["getCourseDays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/lessons/{lesson_id}/interactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A lesson's plays, seek matrix, quality changes, errors, rebuffering and speeds
         * @description Speeds are the ledger's, all else is what players tell: by player, browser and country, seeks aside.
         */
        get: operations["getInteractions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/lessons/{lesson_id}/cohorts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The groups of a lesson's viewers that its numbers can be asked for */
        get: operations["getCohorts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/lessons/{lesson_id}/learners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Each learner's watched map of a lesson, by learner id */
        get: operations["getLearners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/lessons/{lesson_id}/learners/{learner_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One learner's watched map of a lesson */
        get: operations["getLearner"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/courses/{course_id}/live/now": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who watches a course right now, for its owner */
        get: operations["getLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/courses/{course_id}/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who watches a course, as it changes, for its owner (server-sent events)
         * @description Events `live` with the whole state as data: the one now, then each change, at most two a second; a reader that is slower gets fewer. A comment every 15 s shows that the line stands. `Last-Event-ID` leaves out the state that the caller has seen. Ends with `gone` when the course is deleted or the right to see it is lost, else after a while: come back.
         */
        get: operations["streamLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/courses/{course_id}/export/learners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What each learner has watched of each lesson of a course, as a file, for its owner
         * @description By lesson and learner id. Each row is of one moment, and rows that come later may be of a later one.
         */
        get: operations["exportLearners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/lessons/{lesson_id}/export/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A lesson's retention second by second, as a file, for the course's owner */
        get: operations["exportRetention"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/courses/{course_id}/export/learners/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A ticket for the file of a course's learners, for its owner's browser */
        post: operations["ticketForLearners"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/lessons/{lesson_id}/export/retention/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A ticket for the file of a lesson's retention, for the browser of the course's owner */
        post: operations["ticketForRetention"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The file that a ticket is for, as an attachment
         * @description Without a bearer token: the ticket says whose right it is, and that is looked at once more.
         */
        post: operations["takeExport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/lessons/{lesson_id}/platforms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A lesson's numbers beside those of Mux Data, how far they differ and why, for the course's owner */
        get: operations["getPlatforms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/drifts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lessons whose numbers differ from those of Mux Data, the worst first, for admins */
        get: operations["getDrifts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/courses/{course_id}/cost": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a course's videos cost this month, by lesson, with a forecast, for its owner */
        get: operations["getCourseCost"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/cost": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What all videos cost this month, by course, with a forecast, for admins */
        get: operations["getPlatformCost"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/courses/{course_id}/budget": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set what a course's videos may cost a month, for its owner */
        put: operations["putCourseBudget"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/budget": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set what all videos may cost a month, for admins */
        put: operations["putPlatformBudget"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/learners/{learner_id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything that this service keeps of a learner: the caller, or for an administrator anybody
         * @description Of one moment, read as the learner: no other row can slip in.
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
    "/api/analytics/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All receivers, how they do and whether they are enabled */
        get: operations["listAll"];
        put?: never;
        /** Register a receiver of events; the answer shows its secret, this once */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One receiver */
        get: operations["show"];
        put?: never;
        post?: never;
        /** Delete a receiver with its secrets and its log */
        delete: operations["delete"];
        options?: never;
        head?: never;
        /** Change a receiver's address or events, enable or disable it */
        patch: operations["change"];
        trace?: never;
    };
    "/api/analytics/webhooks/{webhook_id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a new secret; the answer shows it, this once, and for a while the former one signs as well */
        post: operations["rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/webhooks/{webhook_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send an event of the type webhook.test to a receiver */
        post: operations["sendTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/webhooks/{webhook_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was sent, or is to be, to a receiver: the newest first */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/webhooks/{webhook_id}/deliveries/{delivery_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A delivery with its attempts */
        get: operations["showDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a delivery again, under the same webhook-id */
        post: operations["redeliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/webhooks/{webhook_id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send everything again that failed or was held since then */
        post: operations["redeliverLost"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operations/analytics/health": {
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
    "/api/operations/analytics/dead-letters": {
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
    "/api/operations/analytics/dead-letters/redrive": {
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
    "/api/operations/analytics/dead-letters/discard": {
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
    "/api/operations/analytics/dead-letters/audit": {
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
export interface webhooks {
    "lesson.completed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A learner completed a lesson
         * @description Any 2xx is taken for an acknowledgement; docs/webhooks.md tells how to verify and what is retried.
         */
        post: operations["lessonCompleted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "course.completed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A learner completed a course
         * @description As `lesson.completed`.
         */
        post: operations["courseCompleted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "budget.exceeded": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A month's cost has reached a share of its budget
         * @description As `lesson.completed`.
         */
        post: operations["budgetExceeded"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "webhook.test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An administrator tests the receiver
         * @description As `lesson.completed`.
         */
        post: operations["webhookTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        Accepted: {
            deliveryId: number;
        };
        AttemptShown: {
            number: number;
            /** Format: date-time */
            beganAt: string;
            durationMs: number;
            /** @description HTTP status of the answer; null if there was none. */
            status: number | null;
            /** @description What was wrong, in words; null where nothing was. */
            error: string | null;
            /** @description The first bytes of the answer. */
            answer: string;
        };
        AuditView: {
            /** @description The newest first. */
            entries: components["schemas"]["NotedView"][];
            /** @description Goes into `before` to read on; null at the end. */
            next: number | null;
        };
        Body_takeExport: {
            ticket: string;
        };
        /** @description A month's cost has reached a share of its budget; once per budget, month and threshold. */
        BudgetExceededData: {
            /** @description Null for the whole platform's budget. */
            courseId: string | null;
            budgetVersion: number;
            /** @description As 2026-03, in UTC. */
            month: string;
            /** @description Share of the budget that was reached; 1 is all of it. */
            threshold: number;
            budgetUsd: number;
            spentUsd: number;
            /** @description What the month is expected to cost in the end. */
            forecastUsd: number;
            /** Format: date-time */
            exceededAt: string;
        };
        BudgetShown: {
            monthlyUsd: number;
            thresholds: number[];
            version: number;
            /** @description Of the budget, what the month has cost so far. */
            spentShare: number;
            /** @description Thresholds that `budget.exceeded` has told of this month. */
            told: number[];
        };
        /** @description A budget as it is set. */
        BudgetWanted: {
            monthlyUsd: number;
            /**
             * @default [
             *       0.8,
             *       1
             *     ]
             */
            thresholds?: number[];
        };
        /**
         * @description Why two honest counts differ. The codes are stable.
         * @enum {string}
         */
        Cause: "beacons_blocked" | "s3_plays" | "sync_lag" | "views_still_running" | "view_definition" | "reports_missing" | "ledger_cuts";
        /** @description A group of viewers that can be asked for; null: all others together, who cannot be told apart. */
        CohortNumbers: {
            cohort: string | null;
            viewers: number;
            /** @description Days of first views (UTC) that are kept whole, both included. */
            periods: [
                string,
                string
            ][];
        };
        Cohorts: {
            lessonId: string;
            courseId: string;
            /** @description Whether these are fewer than `smallestGroup` viewers altogether, or none. */
            suppressed: boolean;
            smallestGroup: number;
            cohorts: components["schemas"]["CohortNumbers"][];
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
        /**
         * @description A course's numbers, and those of its lessons. Lessons that are suppressed are in no sum.
         *
         *     Views, times and completions are sums over the lessons, a viewer is one in however many; there is no rate.
         */
        CourseAnalytics: {
            /** @description Whether these are fewer than `smallestGroup` viewers; then all is null. */
            suppressed: boolean;
            smallestGroup: number;
            views: number | null;
            uniqueViewers: number | null;
            /** @description Seconds of media per view. */
            averageWatchTime: number | null;
            /** @description Seconds of media, newly covered and replayed. */
            totalWatchTime: number | null;
            /** @description Seconds of real time per view. */
            averageVerifiedTime: number | null;
            /** @description Seconds of real time that this used up. */
            totalVerifiedTime: number | null;
            completions: number | null;
            /** @description Of the viewers, the share that completed. */
            completionRate: number | null;
            courseId: string;
            title: string;
            lessons: components["schemas"]["LessonNumbers"][];
        };
        /** @description A learner completed a course; once per learner, course and attempt. */
        CourseCompletedData: {
            learnerId: string;
            courseId: string;
            /** @description Which assignment of the course it is: 1, and one more with each renewal. */
            attempt: number;
            /** @description Real time spent watching. */
            verifiedSeconds: number;
            /** @description Of the rule that was met. */
            ruleVersion: number;
            /** Format: date-time */
            completedAt: string;
        };
        CourseCost: {
            monthToDate: components["schemas"]["Money"];
            /** @description The month's total at its end. */
            forecast: number;
            /** @description Null where nothing was verified. */
            perThousandVerifiedMinutes: number | null;
            minutes: components["schemas"]["Minutes"];
            month: string;
            /** Format: date-time */
            asOf: string;
            /** @description When Mux was last asked what it delivered. */
            deliveredUntil: string | null;
            assumptions: string[];
            budget: components["schemas"]["BudgetShown"] | null;
            courseId: string;
            title: string;
            lessons: components["schemas"]["LessonCost"][];
        };
        CourseInPlatform: {
            monthToDate: components["schemas"]["Money"];
            /** @description The month's total at its end. */
            forecast: number;
            /** @description Null where nothing was verified. */
            perThousandVerifiedMinutes: number | null;
            minutes: components["schemas"]["Minutes"];
            courseId: string;
            title: string | null;
        };
        /**
         * @description A course right now, as docs/metrics.md defines it. null: fewer than `smallestGroup`, nobody at all
         *     included. Where that is 1 every number is told, and nobody is 0.
         */
        CourseLive: {
            courseId: string;
            smallestGroup: number;
            viewersNow: number | null;
            beatsPerSecond: number | null;
            /** @description Of lessons, within the last completionsSeconds. */
            completions: number | null;
            /** @default 900 */
            completionsSeconds: number;
            lastSeenAt: string | null;
            /** @description Only those that are large enough to be shown, by id. */
            lessons: components["schemas"]["LessonLive"][];
        };
        /** @description The numbers of some days in a row (UTC), put together until the group was large enough; both included. */
        DayNumbers: {
            /** Format: date */
            firstDay: string;
            /** Format: date */
            lastDay: string;
            /** @description That began on these days. */
            views: number;
            /** @description Summed over the days: who came on two of them is in here twice. */
            viewers: number;
            /** @description Whose first view of a lesson began on these days. */
            newViewers: number;
            completions: number;
            /** @description Seconds of media. */
            watchTime: number;
            /** @description Seconds of real time. */
            verifiedTime: number;
        };
        /** @description Days on which nothing happened are left out; so is a lesson with too few viewers to show any. */
        DaySeries: {
            courseId: string;
            lessonId: string | null;
            /** @default UTC */
            timeZone: string;
            smallestGroup: number;
            days: components["schemas"]["DayNumbers"][];
        };
        DecidedView: {
            /** @description Letters of which it was noted now. */
            noted: number;
            /** @description Letters of the range that were decided on already. */
            unchanged: number;
        };
        Deliveries: {
            /** @description The newest first. */
            deliveries: components["schemas"]["DeliveryShown"][];
            /** @description Ask with this for the next page; null where there is none. */
            before: number | null;
        };
        DeliveryDetail: {
            id: number;
            /** @description The header webhook-id, the same in every attempt. */
            eventId: string;
            eventType: string;
            /** @enum {string} */
            state: "pending" | "delivered" | "failed" | "held";
            /** Format: date-time */
            createdAt: string;
            /** @description While it is pending. */
            nextAttemptAt: string | null;
            finishedAt: string | null;
            attempts: number;
            lastStatus: number | null;
            lastError: string | null;
            /** @description All attempts in their order. */
            log: components["schemas"]["AttemptShown"][];
        };
        /** @description What was sent is not shown: it names learners, and the receiver has it. */
        DeliveryShown: {
            id: number;
            /** @description The header webhook-id, the same in every attempt. */
            eventId: string;
            eventType: string;
            /** @enum {string} */
            state: "pending" | "delivered" | "failed" | "held";
            /** Format: date-time */
            createdAt: string;
            /** @description While it is pending. */
            nextAttemptAt: string | null;
            finishedAt: string | null;
            attempts: number;
            lastStatus: number | null;
            lastError: string | null;
        };
        /** @description Ours less Mux's, as a share of the larger of both: -1 if only Mux counted any, 1 if only we did. */
        DriftShown: {
            views: number;
            /** @description Of real time: verified here, played there. */
            watchTime: number;
            /** @description Past the threshold, with enough views to mean something. */
            alarming: boolean;
            /** @description Since when it is past the threshold. */
            since: string | null;
            likelyCauses: components["schemas"]["LikelyCause"][];
        };
        /** @description Lessons whose figures differ, the worst first. */
        Drifts: {
            threshold: number;
            /** Format: date */
            firstDay: string;
            /** Format: date */
            lastDay: string;
            lastSyncedAt: string | null;
            syncFailingSince: string | null;
            syncError: string | null;
            lessons: components["schemas"]["VideoAnalytics"][];
        };
        /** @description A second of media at which many stop watching, smoothed as docs/metrics.md says. */
        DropOffPoint: {
            /** @description Seconds of media. */
            position: number;
            /** @description How many learners fewer watch after it than before it. */
            lost: number;
            /** @description Of the viewers. */
            share: number;
        };
        /** @description What is absent, or null, stays as it is. */
        EndpointChange: {
            url?: string | null;
            eventTypes?: ("lesson.completed" | "course.completed" | "budget.exceeded")[] | null;
            description?: string | null;
            /** @description False holds what is pending; true delivers again, and forgives former failures. */
            enabled?: boolean | null;
        };
        EndpointCreated: {
            /** Format: uuid */
            id: string;
            url: string;
            description: string;
            eventTypes: ("lesson.completed" | "course.completed" | "budget.exceeded")[];
            enabled: boolean;
            disabledAt: string | null;
            disabledReason: string | null;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            /** @description The last success, to the minute. */
            deliveredAt: string | null;
            /** @description The first failure after the last success. */
            failingSince: string | null;
            lastError: string | null;
            /** @description The receiver asked for it by Retry-After. */
            restingUntil: string | null;
            /** @description Deliveries that wait for their first or another attempt. */
            pending: number;
            /** @description Those that sign, the newest first. */
            secrets: components["schemas"]["SecretShown"][];
            /** @description What verifies signatures: `whsec_…`. Shown this once. */
            secret: string;
        };
        EndpointShown: {
            /** Format: uuid */
            id: string;
            url: string;
            description: string;
            eventTypes: ("lesson.completed" | "course.completed" | "budget.exceeded")[];
            enabled: boolean;
            disabledAt: string | null;
            disabledReason: string | null;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            /** @description The last success, to the minute. */
            deliveredAt: string | null;
            /** @description The first failure after the last success. */
            failingSince: string | null;
            lastError: string | null;
            /** @description The receiver asked for it by Retry-After. */
            restingUntil: string | null;
            /** @description Deliveries that wait for their first or another attempt. */
            pending: number;
            /** @description Those that sign, the newest first. */
            secrets: components["schemas"]["SecretShown"][];
        };
        EndpointWanted: {
            /** @description Where events are POSTed: https, at a public address, on an allowed port. */
            url: string;
            eventTypes: ("lesson.completed" | "course.completed" | "budget.exceeded")[];
            /** @default  */
            description?: string;
        };
        Endpoints: {
            webhooks: components["schemas"]["EndpointShown"][];
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
        /** @description For one file, once, until `expiresAt`: POST it as `ticket` of a form to `action`. */
        ExportTicket: {
            /** @description A secret; not to be kept. */
            ticket: string;
            /** @description A path of this API. */
            action: string;
            /** Format: date-time */
            expiresAt: string;
        };
        /** @description Whom the numbers are about. The days may be further apart than was asked for: groups are kept whole. */
        Filter: {
            /** @description null: every cohort. */
            cohort: string | null;
            /** @description First views from this day (UTC) on; null: from the first on. */
            firstViewFrom: string | null;
            /** @description Up to this day, which is included; null: up to now. */
            firstViewTo: string | null;
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
        /** @description What players told of the lesson's present video, and the speeds at which the ledger credited it. */
        Interactions: {
            lessonId: string;
            courseId: string;
            smallestGroup: number;
            /** @description What the other numbers are a part of: who may have met with trouble at all. */
            plays: components["schemas"]["Plays"];
            seeks: components["schemas"]["Seeks"];
            /** @description By the rendition that the player changed to. */
            qualityChanges: components["schemas"]["Tallies"];
            errors: components["schemas"]["Tallies"];
            rebuffering: components["schemas"]["Rebuffering"];
            /** @description Credited media by speed; 1 is the video's own. */
            speeds: components["schemas"]["Tallies"];
        };
        /** @description What one learner watched of the lesson's present video, and did in the lesson. Times and positions in seconds. */
        LearnerMap: {
            learnerId: string;
            cohort: string | null;
            views: number;
            /** @description Seconds of media. */
            watchTime: number;
            /** @description Seconds of real time. */
            verifiedTime: number;
            /** @description Share of the video that is covered; null without a duration. */
            coverage: number | null;
            covered: [
                number,
                number
            ][];
            lastWatchedAt: string | null;
            completedAt: string | null;
        };
        /** @description Learners by id. `next`: what to ask for `after` to get those who follow; null: there are no more. */
        LearnerMaps: {
            lessonId: string;
            courseId: string;
            learners: components["schemas"]["LearnerMap"][];
            next: string | null;
        };
        LessonAnalytics: {
            /** @description Whether these are fewer than `smallestGroup` viewers; then all is null. */
            suppressed: boolean;
            smallestGroup: number;
            views: number | null;
            uniqueViewers: number | null;
            /** @description Seconds of media per view. */
            averageWatchTime: number | null;
            /** @description Seconds of media, newly covered and replayed. */
            totalWatchTime: number | null;
            /** @description Seconds of real time per view. */
            averageVerifiedTime: number | null;
            /** @description Seconds of real time that this used up. */
            totalVerifiedTime: number | null;
            completions: number | null;
            /** @description Of the viewers, the share that completed. */
            completionRate: number | null;
            lessonId: string;
            courseId: string;
            title: string;
            /** @description Seconds. */
            duration: number | null;
            /** @description When the newest event in these numbers was logged; null: suppressed. */
            asOf: string | null;
            /** @description null: about everybody. */
            filter: components["schemas"]["Filter"] | null;
            retention: components["schemas"]["Retention"] | null;
            /** @description The steepest first. */
            dropOffs: components["schemas"]["DropOffPoint"][] | null;
        };
        /** @description A learner completed a lesson; once per learner, lesson and attempt. */
        LessonCompletedData: {
            learnerId: string;
            lessonId: string;
            courseId: string;
            /** @description Which assignment of the course it is: 1, and one more with each renewal. */
            attempt: number;
            /** @description Share of the video that was watched, from 0 to 1. */
            coverage: number;
            /** @description Real time spent watching. */
            verifiedSeconds: number;
            /** @description Credited media that was reported within two minutes. */
            liveSeconds: number;
            /** @description Credited media that was reported later. */
            lateSeconds: number;
            /** @description Of the rule that was met. */
            ruleVersion: number;
            /** Format: date-time */
            completedAt: string;
        };
        LessonCost: {
            monthToDate: components["schemas"]["Money"];
            /** @description The month's total at its end. */
            forecast: number;
            /** @description Null where nothing was verified. */
            perThousandVerifiedMinutes: number | null;
            minutes: components["schemas"]["Minutes"];
            lessonId: string;
            title: string;
            deleted: boolean;
        };
        /** @description A lesson with enough viewers or completions to be shown; null: fewer than `smallestGroup`, if that is not 1. */
        LessonLive: {
            lessonId: string;
            viewersNow: number | null;
            beatsPerSecond: number | null;
            completions: number | null;
            /** @description When playing was last reported. */
            lastSeenAt: string | null;
        };
        /** @description One lesson's numbers. */
        LessonNumbers: {
            /** @description Whether these are fewer than `smallestGroup` viewers; then all is null. */
            suppressed: boolean;
            smallestGroup: number;
            views: number | null;
            uniqueViewers: number | null;
            /** @description Seconds of media per view. */
            averageWatchTime: number | null;
            /** @description Seconds of media, newly covered and replayed. */
            totalWatchTime: number | null;
            /** @description Seconds of real time per view. */
            averageVerifiedTime: number | null;
            /** @description Seconds of real time that this used up. */
            totalVerifiedTime: number | null;
            completions: number | null;
            /** @description Of the viewers, the share that completed. */
            completionRate: number | null;
            lessonId: string;
            courseId: string;
            title: string;
            /** @description Seconds. */
            duration: number | null;
            /** @description When the newest event in these numbers was logged; null: suppressed. */
            asOf: string | null;
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
        LikelyCause: {
            code: components["schemas"]["Cause"];
            words: string;
        };
        /** @description Of the month so far; stored minutes count by the share of the month for which they were stored. */
        Minutes: {
            stored: number;
            storedNow: number;
            delivered: number;
            /** @description Credited media, played from Mux: a cross-check of what was delivered. */
            watched: number;
            s3Stored: number;
            s3Watched: number;
            /** @description Real time that the ledger verified. */
            verified: number;
        };
        /** @description Of the month so far. */
        Money: {
            encoding: number;
            storage: number;
            delivery: number;
            s3Storage: number;
            s3Transfer: number;
            total: number;
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
        /** @description What the caller watched of a lesson. Times and positions in seconds. */
        OwnAnalytics: {
            lessonId: string;
            courseId: string;
            title: string;
            duration: number | null;
            views: number;
            watchTime: number;
            covered: [
                number,
                number
            ][];
            lastWatchedAt: string | null;
            completedAt: string | null;
        };
        Payload_BudgetExceededData_: {
            type: string;
            /** Format: date-time */
            timestamp: string;
            data: components["schemas"]["BudgetExceededData"];
        };
        Payload_CourseCompletedData_: {
            type: string;
            /** Format: date-time */
            timestamp: string;
            data: components["schemas"]["CourseCompletedData"];
        };
        Payload_LessonCompletedData_: {
            type: string;
            /** Format: date-time */
            timestamp: string;
            data: components["schemas"]["LessonCompletedData"];
        };
        Payload_TrialData_: {
            type: string;
            /** Format: date-time */
            timestamp: string;
            data: components["schemas"]["TrialData"];
        };
        PlatformCost: {
            monthToDate: components["schemas"]["Money"];
            /** @description The month's total at its end. */
            forecast: number;
            /** @description Null where nothing was verified. */
            perThousandVerifiedMinutes: number | null;
            minutes: components["schemas"]["Minutes"];
            month: string;
            /** Format: date-time */
            asOf: string;
            /** @description When Mux was last asked what it delivered. */
            deliveredUntil: string | null;
            assumptions: string[];
            budget: components["schemas"]["BudgetShown"] | null;
            /** @description The dearest first. */
            courses: components["schemas"]["CourseInPlatform"][];
        };
        /** @description How often playing began, or went on after a pause. Null where `suppressed`. */
        Plays: {
            /** @default [] */
            byPlayer: components["schemas"]["Share"][];
            /**
             * @description By family, whatever the device.
             * @default []
             */
            byBrowser: components["schemas"]["Share"][];
            /**
             * @description From where it was reported (ISO 3166-1 alpha-2).
             * @default []
             */
            byCountry: components["schemas"]["Share"][];
            times: number | null;
            learners: number | null;
            suppressed: boolean;
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
        /** @description Null where `suppressed`: too few learners had to wait. */
        Rebuffering: {
            /** @default [] */
            byPlayer: components["schemas"]["Share"][];
            /**
             * @description By family, whatever the device.
             * @default []
             */
            byBrowser: components["schemas"]["Share"][];
            /**
             * @description From where it was reported (ISO 3166-1 alpha-2).
             * @default []
             */
            byCountry: components["schemas"]["Share"][];
            /** @description Reports of players that waited for data while they should have played. */
            beats: number | null;
            learners: number | null;
            /** @description Real time that they waited; seeks and the start aside. */
            seconds: number | null;
            suppressed: boolean;
        };
        Redelivered: {
            /** @description How many are sent again. */
            deliveries: number;
        };
        RedeliveryWanted: {
            /**
             * Format: date-time
             * @description Deliveries of then or later that failed or were held.
             */
            since: string;
        };
        /** @description Mean number of watchers in each bucket of media; the last bucket may be shorter than the others. */
        Retention: {
            bucketSeconds: number;
            /** @description Learners whose coverage includes it. */
            unique: number[];
            /** @description How often it was watched again. */
            replays: number[];
        };
        RotatedSecret: {
            /** @description The new one: `whsec_…`. Shown this once. */
            secret: string;
            /**
             * Format: date-time
             * @description Until then both sign.
             */
            formerExpiresAt: string;
        };
        RotationWanted: {
            /**
             * @description For how long the former secret signs beside the new one.
             * @default 86400
             */
            overlapSeconds?: number;
        };
        /** @description A secret that signs, without itself. */
        SecretShown: {
            /** Format: date-time */
            createdAt: string;
            /** @description Null for the one that stays. */
            expiresAt: string | null;
        };
        /** @description From a bucket of media to another one: these begin at `bucketSeconds` times their number. */
        SeekCell: {
            fromBucket: number;
            toBucket: number;
            seeks: number;
            learners: number;
        };
        SeekTarget: {
            bucket: number;
            seeks: number;
        };
        /** @description The seek matrix, sparse: cells that are not listed are empty, or of too few learners if `suppressed`. */
        Seeks: {
            bucketSeconds: number;
            cells: components["schemas"]["SeekCell"][];
            /** @description Those with the most seeks. */
            hotCells: components["schemas"]["SeekCell"][];
            /** @description The buckets that the most seeks led to. */
            hotTargets: components["schemas"]["SeekTarget"][];
            /** @description Whether cells of fewer than `smallestGroup` learners were left out. */
            suppressed: boolean;
        };
        /** @description What of a number belongs to one player, browser or country. */
        Share: {
            name: string;
            /** @description Whether all that are too small to be shown by themselves are in here, too. */
            withOthers: boolean;
            times: number;
            /** @description Null where others are in it: who is with two would count twice. */
            learners: number | null;
            /** @description Of waiting; rebuffering only. */
            seconds: number | null;
        };
        Tallied: {
            /** @default [] */
            byPlayer: components["schemas"]["Share"][];
            /**
             * @description By family, whatever the device.
             * @default []
             */
            byBrowser: components["schemas"]["Share"][];
            /**
             * @description From where it was reported (ISO 3166-1 alpha-2).
             * @default []
             */
            byCountry: components["schemas"]["Share"][];
            name: string;
            times: number;
            learners: number;
            /** @description Seconds of media; speeds only, which are not split. */
            watchTime: number | null;
        };
        /** @description By name, in order; names of too few learners are left out. */
        Tallies: {
            values: components["schemas"]["Tallied"][];
            suppressed: boolean;
        };
        /** @description Somebody wants to see whether this endpoint receives. */
        TrialData: {
            /** Format: uuid */
            endpointId: string;
        };
        /** @description A lesson's last days (UTC) from both sides. Mux's figures are null until it has answered. */
        VideoAnalytics: {
            lessonId: string;
            courseId: string;
            title: string;
            /** @description Where the video is now. */
            provider: ("mux" | "s3") | null;
            /** Format: date */
            firstDay: string;
            /** Format: date */
            lastDay: string;
            /** @description Too few people watched the lesson to be shown. */
            suppressed: boolean;
            totalViews: number | null;
            /** @description Credited media per view. */
            averageWatchTime: number | null;
            /** @description Real time that the ledger verified. */
            verifiedWatchTime: number | null;
            /** @description Of all viewers so far, the share that completed. */
            completionRate: number | null;
            muxViewCount: number | null;
            /** @description Real time that players said they played. */
            muxWatchTime: number | null;
            /** @description Of the sampled views, the share that came to 90 % of the video: Mux has no such metric. */
            muxCompletionRate: number | null;
            /** @description How many views that is taken from. */
            muxCompletionSample: number;
            /** @description Null until Mux has answered. */
            drift: components["schemas"]["DriftShown"] | null;
            lastSyncedAt: string | null;
            /** @description Mux's figures are old since then. */
            syncFailingSince: string | null;
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
    getLesson: {
        parameters: {
            query?: {
                /** @description This day (UTC) or later. */
                from?: string | null;
                /** @description This day (UTC) or earlier. */
                to?: string | null;
                /** @description As the LMS calls it. */
                cohort?: string | null;
            };
            header?: {
                "if-none-match"?: string | null;
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
                    "application/json": components["schemas"]["LessonAnalytics"];
                };
            };
            /** @description The caller has this one already */
            304: {
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
    getCourse: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
            };
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
                    "application/json": components["schemas"]["CourseAnalytics"];
                };
            };
            /** @description The caller has this one already */
            304: {
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
    getOwn: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
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
                    "application/json": components["schemas"]["OwnAnalytics"];
                };
            };
            /** @description The caller has this one already */
            304: {
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
    getLessonDays: {
        parameters: {
            query?: {
                /** @description This day (UTC) or later. */
                from?: string | null;
                /** @description This day (UTC) or earlier. */
                to?: string | null;
            };
            header?: {
                "if-none-match"?: string | null;
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
                    "application/json": components["schemas"]["DaySeries"];
                };
            };
            /** @description The caller has this one already */
            304: {
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
    getCourseDays: {
        parameters: {
            query?: {
                /** @description This day (UTC) or later. */
                from?: string | null;
                /** @description This day (UTC) or earlier. */
                to?: string | null;
            };
            header?: {
                "if-none-match"?: string | null;
            };
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
                    "application/json": components["schemas"]["DaySeries"];
                };
            };
            /** @description The caller has this one already */
            304: {
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
    getInteractions: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
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
                    "application/json": components["schemas"]["Interactions"];
                };
            };
            /** @description The caller has this one already */
            304: {
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
    getCohorts: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
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
                    "application/json": components["schemas"]["Cohorts"];
                };
            };
            /** @description The caller has this one already */
            304: {
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
    getLearners: {
        parameters: {
            query?: {
                /** @description Begin after this learner. */
                after?: string | null;
                limit?: number;
            };
            header?: {
                "if-none-match"?: string | null;
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
                    "application/json": components["schemas"]["LearnerMaps"];
                };
            };
            /** @description The caller has this one already */
            304: {
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
    getLearner: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
            };
            path: {
                lesson_id: string;
                learner_id: string;
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
                    "application/json": components["schemas"]["LearnerMap"];
                };
            };
            /** @description The caller has this one already */
            304: {
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
    getLive: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
            };
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
                    "application/json": components["schemas"]["CourseLive"];
                };
            };
            /** @description The caller has this one already */
            304: {
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
    streamLive: {
        parameters: {
            query?: never;
            header?: {
                "last-event-id"?: string | null;
            };
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
    exportLearners: {
        parameters: {
            query?: {
                /** @description `csv` (RFC 4180, UTF-8), or `jsonl`: an object a line. */
                format?: "csv" | "jsonl";
            };
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
                    "text/csv": string;
                    "application/jsonl": string;
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
    exportRetention: {
        parameters: {
            query?: {
                /** @description `csv` (RFC 4180, UTF-8), or `jsonl`: an object a line. */
                format?: "csv" | "jsonl";
            };
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
                    "text/csv": string;
                    "application/jsonl": string;
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
    ticketForLearners: {
        parameters: {
            query?: {
                /** @description `csv` (RFC 4180, UTF-8), or `jsonl`: an object a line. */
                format?: "csv" | "jsonl";
            };
            header?: never;
            path: {
                course_id: string;
            };
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
                    "application/json": components["schemas"]["ExportTicket"];
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
    ticketForRetention: {
        parameters: {
            query?: {
                /** @description `csv` (RFC 4180, UTF-8), or `jsonl`: an object a line. */
                format?: "csv" | "jsonl";
            };
            header?: never;
            path: {
                lesson_id: string;
            };
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
                    "application/json": components["schemas"]["ExportTicket"];
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
    takeExport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["Body_takeExport"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/jsonl": string;
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
    getPlatforms: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
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
                    "application/json": components["schemas"]["VideoAnalytics"];
                };
            };
            /** @description The caller has this one already */
            304: {
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
    getDrifts: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: {
                "if-none-match"?: string | null;
            };
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
                    "application/json": components["schemas"]["Drifts"];
                };
            };
            /** @description The caller has this one already */
            304: {
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
    getCourseCost: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
            };
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
                    "application/json": components["schemas"]["CourseCost"];
                };
            };
            /** @description The caller has this one already */
            304: {
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
    getPlatformCost: {
        parameters: {
            query?: never;
            header?: {
                "if-none-match"?: string | null;
            };
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
                    "application/json": components["schemas"]["PlatformCost"];
                };
            };
            /** @description The caller has this one already */
            304: {
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
    putCourseBudget: {
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
                "application/json": components["schemas"]["BudgetWanted"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BudgetShown"];
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
    putPlatformBudget: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BudgetWanted"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BudgetShown"];
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
                learner_id: string;
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
    listAll: {
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
                    "application/json": components["schemas"]["Endpoints"];
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
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointWanted"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointCreated"];
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
    show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
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
                    "application/json": components["schemas"]["EndpointShown"];
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
    delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
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
    change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointChange"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointShown"];
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
    rotate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotationWanted"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedSecret"];
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
    sendTest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
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
                    "application/json": components["schemas"]["Accepted"];
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
    listDeliveries: {
        parameters: {
            query?: {
                state?: ("pending" | "delivered" | "failed" | "held") | null;
                eventType?: ("lesson.completed" | "course.completed" | "budget.exceeded") | null;
                /** @description Older than this delivery. */
                before?: number | null;
                limit?: number;
            };
            header?: never;
            path: {
                webhook_id: string;
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
                    "application/json": components["schemas"]["Deliveries"];
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
    showDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
                delivery_id: number;
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
                    "application/json": components["schemas"]["DeliveryDetail"];
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
    redeliver: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
                delivery_id: number;
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
                    "application/json": components["schemas"]["Accepted"];
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
    redeliverLost: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RedeliveryWanted"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Redelivered"];
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
    lessonCompleted: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Payload_LessonCompletedData_"];
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
        };
    };
    courseCompleted: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Payload_CourseCompletedData_"];
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
        };
    };
    budgetExceeded: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Payload_BudgetExceededData_"];
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
        };
    };
    webhookTest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Payload_TrialData_"];
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
        };
    };
}
