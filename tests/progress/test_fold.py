"""The ledger case by case: what a beat is worth, and the reason for what it is not."""

from contracts import Beat, GrantPolicy, WatchProgress
from progress_service.fold import MAX_COVERED_RANGES, Folded, fold
from progress_service.ranges import total
from progress_service.state import Clock, Lesson, Session
from progress_service.timing import HORIZON_MS, MAX_SEQ_RANGES, MAX_SPENT_RANGES, REACH_MS
from tests.progress.making import HOUR, T0, beat, request, watching


def judge(*requests: WatchProgress, clock: Clock = Clock(), count_hidden: bool = True) -> Folded:
    """The state after requests of one session in one lesson, and what the last of them advanced."""
    session, lesson, folded = Session(), Lesson(), None
    for one in requests:
        folded = fold(session, clock, lesson, one, count_hidden=count_hidden)
        session, clock, lesson = folded.session, folded.clock, folded.lesson
    assert folded is not None
    return folded


def cuts(*requests: WatchProgress, **more: object) -> dict[str, int]:
    return dict(judge(*requests, **more).lesson.cuts)  # type: ignore[arg-type]


def test_an_honest_beat_is_credited_whole_and_paid_for() -> None:
    """Ten seconds watched in ten seconds: covered, live, and ten seconds of the learner's clock spent."""
    folded = judge(request(beat(1, 0, 10_000, (0, 10_000))))
    assert folded.lesson.covered == ((0, 10_000),)
    assert (folded.lesson.live_ms, folded.lesson.late_ms, folded.lesson.spent_ms) == (10_000, 0, 10_000)
    assert folded.clock.spent == ((T0, T0 + 10_000),)
    assert folded.lesson.cuts == {}
    assert folded.lesson.coverage == 0.1


def test_faster_playing_costs_less_time() -> None:
    """At twice the rate, the same media costs half the time, the earliest in which it may have been watched."""
    folded = judge(request(beat(1, 0, 10_000, (0, 10_000), rate=2)))
    assert folded.lesson.live_ms == 10_000
    assert folded.clock.spent == ((T0, T0 + 5_000),)
    later = judge(request(beat(1, 50_000, 60_000, (0, 10_000), rate=2)))
    assert later.clock.spent == ((T0 + 50_000 - REACH_MS, T0 + 55_000 - REACH_MS),)


def test_more_than_the_maximum_rate_is_cut() -> None:
    """Media beyond max_rate × time, with two per cent for timers, is cut; what was claimed first is credited."""
    folded = judge(request(beat(1, 0, 10_000, (50_000, 80_000), rate=16)))
    assert folded.lesson.covered == ((50_000, 70_400),)
    assert folded.lesson.cuts == {"over_rate": 9_600}
    assert total(folded.clock.spent) == 10_000


def test_timers_may_be_two_per_cent_off() -> None:
    """A beat whose media is two per cent more than its time at the maximum rate is credited whole."""
    assert cuts(request(beat(1, 0, 10_000, (0, 20_400), rate=2))) == {}


def test_time_is_spent_only_once() -> None:
    """A second beat over the same interval, in whatever session, is worth nothing."""
    spent = judge(request(beat(1, 0, 10_000, (0, 20_000), rate=2))).clock
    again = judge(request(beat(1, 0, 10_000, (40_000, 50_000))), clock=spent)
    assert again.lesson.covered == ()
    assert again.lesson.cuts == {"double_spent": 10_000}


def test_time_that_is_partly_spent_gives_partial_credit() -> None:
    """Where half of the interval is spent, the other half still pays."""
    folded = judge(request(beat(1, 0, 10_000, (0, 20_000), rate=2)), clock=Clock(((T0 + 4_000, T0 + 9_000),)))
    assert folded.lesson.covered == ((0, 10_200),)
    assert folded.lesson.cuts == {"double_spent": 9_800}
    assert folded.clock.spent == ((T0, T0 + 10_000),)


def test_an_idle_wait_earns_one_interval() -> None:
    """After an hour of waiting, one claim is worth beat_cap × rate and not the hour."""
    folded = judge(request(beat(1, 0, HOUR, (0, 100_000))))
    assert folded.lesson.covered == ((0, 45_000),)
    assert folded.lesson.cuts == {"beat_cap": 55_000}
    assert judge(request(beat(1, 0, HOUR, (0, 100_000), rate=2))).lesson.covered == ((0, 90_000),)


def test_a_beat_older_than_the_grace_is_too_late() -> None:
    """Late beats are welcome up to the grace and not beyond; within it they count, as late."""
    policy = GrantPolicy(offline_grace_s=3600)
    played = beat(1, 0, 10_000, (0, 10_000))
    within = judge(request(played, received=HOUR + 10_000, policy=policy, sent=HOUR + 10_000))
    assert (within.lesson.live_ms, within.lesson.late_ms) == (0, 10_000)
    assert cuts(request(played, received=HOUR + 10_001, policy=policy)) == {"too_late": 10_000}


def test_two_minutes_divide_live_from_late() -> None:
    """Credit is live when its beat arrives within two minutes of its end."""
    played = beat(1, 0, 10_000, (0, 10_000))
    assert judge(request(played, received=130_000)).lesson.live_ms == 10_000
    assert judge(request(played, received=130_001)).lesson.late_ms == 10_000


def test_an_accredited_course_takes_live_beats_only() -> None:
    """With a grace of two minutes nothing late is credited."""
    policy = GrantPolicy(offline_grace_s=120)
    played = beat(1, 0, 10_000, (0, 10_000))
    assert judge(request(played, received=130_000, policy=policy)).lesson.live_ms == 10_000
    assert cuts(request(played, received=130_001, policy=policy)) == {"too_late": 10_000}


def test_time_before_the_grant_and_after_its_end_does_not_count() -> None:
    """Only the part of an interval that lies within the grant pays."""
    assert cuts(request(beat(1, -20_000, -10_000, (0, 10_000)), received=0)) == {"outside_grant": 10_000}
    before = judge(request(beat(1, -5_000, 5_000, (0, 20_000), rate=2)))
    assert before.lesson.covered == ((0, 10_200),)
    assert before.lesson.cuts == {"outside_grant": 9_800}
    after = request(beat(1, 4 * HOUR, 4 * HOUR + 10_000, (0, 10_000)))
    assert cuts(after) == {"outside_grant": 10_000}


def test_a_refreshed_grant_continues_its_session() -> None:
    """A beat that began under the former grant is credited under the new one."""
    first = request(beat(1, 0, 10_000, (0, 20_000), rate=2))
    second = request(beat(2, 10_000, 20_000, (20_000, 40_000), rate=2), granted_at_ms=T0 + 19_000)
    assert judge(first, second).lesson.covered == ((0, 40_000),)


def test_media_beyond_the_end_does_not_exist() -> None:
    """Claims are clipped to the provider's duration, and so is the position."""
    folded = judge(request(beat(1, 0, 10_000, (95_000, 105_000), (200_000, 201_000))))
    assert folded.lesson.covered == ((95_000, 100_000),)
    assert folded.lesson.cuts == {"beyond_duration": 6_000}
    assert folded.lesson.position_ms == 100_000


def test_watching_before_the_duration_is_known_is_not_lost() -> None:
    """While the provider has not told the duration nothing is clipped, and coverage stays open until it has."""
    early = request(beat(1, 0, 10_000, (0, 10_000)), duration_ms=0)
    folded = judge(early)
    assert (folded.lesson.covered, folded.lesson.coverage) == (((0, 10_000),), 0.0)
    assert folded.lesson.position_ms == 10_000
    assert judge(early, request(beat(2, 10_000, 20_000, (10_000, 20_000)))).lesson.coverage == 0.2
    assert judge(request(beat(1, 0, 10_000, (0, 10_000))), early).lesson.coverage == 0.1


def test_hidden_playing_counts_unless_the_policy_says_otherwise() -> None:
    """Playing in a hidden page counts by default, and can be refused."""
    hidden = request(beat(1, 0, 10_000, (0, 10_000), hidden=True))
    assert judge(hidden).lesson.live_ms == 10_000
    refused = judge(hidden, count_hidden=False)
    assert refused.lesson.cuts == {"hidden": 10_000}
    assert refused.clock.spent == ()


def test_skipping_to_the_end_covers_only_what_was_played() -> None:
    """A position proves nothing: who jumps to the end has covered the end."""
    folded = judge(request(beat(1, 0, 3_000, (0, 3_000)), beat(2, 3_000, 6_000, (97_000, 100_000))))
    assert folded.lesson.coverage == 0.06
    assert folded.lesson.position_ms == 100_000


def test_one_forged_request_is_worth_next_to_nothing() -> None:
    """The whole video claimed at once, right after the grant, earns the time that has passed."""
    forged = request(beat(1, 0, 1_000, (0, 100_000), rate=16), received=1_000)
    assert judge(forged).lesson.covered == ((0, 2_040),)


def test_many_forged_beats_at_once_are_worth_the_same() -> None:
    """Cutting the claim into a hundred beats over the same second changes nothing."""
    beats = [beat(n, 0, 1_000, (n * 1_000, (n + 1) * 1_000), rate=2) for n in range(100)]
    assert judge(request(*beats, received=1_000)).lesson.live_ms <= 2_040


def test_intervals_in_the_future_have_not_happened() -> None:
    """A clock set forward claims time that the server has not seen pass."""
    ahead = request(*[beat(n, n * 10_000, n * 10_000 + 10_000, (n * 10_000, n * 10_000 + 10_000)) for n in range(10)],
                    received=10_000, sent=10_000)  # fmt: skip
    folded = judge(ahead)
    assert total(folded.clock.spent) <= 10_000
    assert folded.lesson.live_ms <= 20_400


def test_ten_videos_in_parallel_share_one_learners_time() -> None:
    """Over ten lessons at once, credit is bounded by the time that passed, not by ten times as much."""
    clock, credited = Clock(), 0
    for number in range(10):
        folded = fold(Session(), clock, Lesson(), watching(60_000, lesson_id=f"l{number}"))
        clock, credited = folded.clock, credited + folded.lesson.live_ms
    assert total(clock.spent) == 60_000
    assert credited <= 60_000 * 2.04


def test_a_wrong_clock_is_corrected_by_its_difference() -> None:
    """A client whose clock is three hours off gets full credit, at the right time."""
    off = 3 * HOUR
    played = Beat(seq=1, since_ms=T0 - off, at_ms=T0 - off + 10_000, position_ms=10_000, segments=((0, 10_000),))
    folded = judge(request(played, received=10_050, sent=-off + 10_000))
    assert folded.lesson.live_ms == 10_000
    assert folded.lesson.position_at_ms == T0 + 10_050
    assert folded.clock.spent == ((T0, T0 + 10_000),)


def test_network_jitter_costs_nothing() -> None:
    """Requests of one session that were delayed differently are corrected alike, so their intervals do not collide."""
    delays = (40, 900, 1_900, 60, 1_500)
    requests = [
        request(
            beat(n, n * 10_000, (n + 1) * 10_000, (n * 20_000, (n + 1) * 20_000), rate=2),
            sent=(n + 1) * 10_000,
            received=(n + 1) * 10_000 + delay,
        )
        for n, delay in enumerate(delays)
    ]
    folded = judge(*requests)
    assert folded.lesson.covered == ((0, 100_000),)
    assert folded.lesson.cuts == {}


def test_a_slow_first_request_takes_nothing_from_the_next() -> None:
    """The first request took half a second, so its beat looks half a second later than it was, over the time of the
    next: at the maximum rate, where nothing is to spare, both are credited whole."""
    first = request(beat(1, 0, 10_000, (0, 20_000), rate=2), sent=10_000, received=10_500)
    second = request(beat(2, 10_000, 20_000, (20_000, 40_000), rate=2))
    folded = judge(first, second)
    assert folded.lesson.covered == ((0, 40_000),)
    assert folded.lesson.cuts == {}
    assert folded.clock.spent == ((T0, T0 + 20_000),)


def test_a_slow_first_request_does_not_shorten_a_beat_without_since() -> None:
    """It reaches back to where the former beat ended, which was earlier than it had looked."""
    first = request(beat(1, None, 10_000, (0, 20_000), rate=2), sent=10_000, received=10_500)
    second = request(beat(2, None, 20_000, (20_000, 40_000), rate=2))
    assert judge(first, second).lesson.covered == ((0, 40_000),)


def test_the_player_before_may_have_looked_late() -> None:
    """One player's only request took five seconds, and the next one plays where the first has stopped: their times
    overlap as they look, and not as they were."""
    folded = judge(request(beat(1, 0, 40_000, (0, 80_000), rate=2), sent=40_000, received=45_000))
    after = request(beat(1, 40_000, 60_000, (0, 40_000), rate=2), granted_at_ms=T0 + 40_000, lesson_id="l2")
    other = fold(Session(), folded.clock, Lesson(), after)
    assert (folded.lesson.cuts, other.lesson.cuts) == ({}, {})
    assert other.clock.spent == ((T0, T0 + 60_000),)


def test_a_beat_that_is_judged_after_its_turn_finds_the_time_that_others_left() -> None:
    """Somebody whose earlier beat comes from the spool after later ones that took its time has theirs instead."""
    later = judge(request(beat(2, 10_000, 20_000, (20_000, 40_000), rate=2)))
    assert later.clock.spent == ((T0 + 10_000 - REACH_MS, T0 + 20_000 - REACH_MS),)
    spooled = request(beat(1, 0, 10_000, (0, 20_000), rate=2), received=10_000)
    folded = fold(later.session, later.clock, later.lesson, spooled)
    assert folded.lesson.covered == ((0, 40_000),)
    assert folded.clock.spent == ((T0, T0 + 20_000),)


def test_a_wait_is_worth_one_interval_however_many_beats_name_it() -> None:
    """Six beats that each name the same long wait are paid with its end: one interval, and what a network may take."""
    wait = [beat(n, 0, HOUR, (n * 90_000, (n + 1) * 90_000), rate=2) for n in range(6)]
    folded = judge(request(*wait, duration_ms=540_000))
    assert folded.lesson.spent_ms == 45_000 + REACH_MS
    assert folded.lesson.live_ms <= (45_000 + REACH_MS) * 2.04
    assert set(folded.lesson.cuts) == {"double_spent"}


def test_a_clock_that_was_set_back_in_mid_session_is_noticed() -> None:
    """When the client's clock jumps, its difference is learnt anew instead of moving beats into the past."""
    first = request(beat(1, 0, 10_000, (0, 10_000)))
    jumped = request(beat(2, 10_000 - HOUR, 20_000 - HOUR, (10_000, 20_000)), sent=20_000 - HOUR, received=20_000)
    assert judge(first, jumped).lesson.covered == ((0, 20_000),)


def test_a_beat_counts_once_however_often_it_comes() -> None:
    """The same sequence number again, in the same or another request, changes nothing at all."""
    once = request(beat(1, 0, 10_000, (0, 10_000)), beat(1, 10_000, 20_000, (10_000, 20_000)))
    folded = judge(once)
    assert folded.lesson.covered == ((0, 10_000),)
    again = judge(once, once)
    assert again.advance is None
    assert (again.lesson, again.clock, again.session) == (folded.lesson, folded.clock, folded.session)


def test_a_beat_without_since_reaches_back_to_the_one_before() -> None:
    """It is given the time since the session's previous beat, at most beat_cap."""
    folded = judge(request(beat(1, 0, 10_000, (0, 10_000)), beat(2, None, 14_000, (10_000, 30_000), rate=2)))
    assert folded.lesson.covered == ((0, 18_160),)
    alone = judge(request(beat(1, None, HOUR, (0, 100_000), rate=2)))
    assert alone.lesson.live_ms == 90_000
    assert alone.lesson.cuts == {"over_rate": 8_200, "beat_cap": 1_800}


def test_watching_again_is_replayed_not_covered() -> None:
    """What had been covered is credited as replayed, and coverage does not count it twice."""
    first = request(beat(1, 0, 10_000, (0, 10_000)))
    again = request(beat(2, 10_000, 20_000, (5_000, 15_000)))
    folded = judge(first, again)
    assert folded.advance is not None
    assert folded.advance.covered == ((10_000, 15_000),)
    assert folded.advance.replayed == ((5_000, 10_000),)
    assert folded.advance.live_ms == 10_000
    assert folded.lesson.live_ms == 20_000
    assert folded.lesson.version == 2


def test_the_resume_position_is_the_latest_by_corrected_time() -> None:
    """A phone's later beat wins over a laptop's earlier one that arrives after it, whatever their clocks say."""
    phone = request(beat(1, 60_000, 70_000, (40_000, 50_000)), received=70_000)
    laptop = request(beat(1, 20_000 + HOUR, 30_000 + HOUR, (0, 10_000)), sent=80_000 + HOUR, received=80_000)
    lesson = fold(Session(), Clock(), judge(phone).lesson, laptop).lesson
    assert lesson.position_ms == 50_000


def test_a_beat_without_media_only_moves_the_position() -> None:
    """A pause tells where the learner is; nothing is credited, nothing announced."""
    folded = judge(request(beat(1, 0, 10_000, position_ms=33_000)))
    assert folded.advance is None
    assert folded.lesson.position_ms == 33_000
    assert folded.clock.spent == ()


def test_a_hostile_map_of_fragments_stays_bounded() -> None:
    """Coverage takes no new fragments when it is full, but still takes what joins those that are there."""
    many = [
        request(beat(n, n * 1_000, (n + 1) * 1_000, *((100 * k, 100 * k + 50) for k in range(10 * n, 10 * n + 10))))
        for n in range(100)
    ]
    full = judge(*many)
    assert len(full.lesson.covered) == MAX_COVERED_RANGES
    assert full.lesson.cuts["fragmented"] == (1_000 - MAX_COVERED_RANGES) * 50
    joining = fold(full.session, full.clock, full.lesson, request(beat(100, 100_000, 101_000, (50, 100))))
    assert len(joining.lesson.covered) == MAX_COVERED_RANGES - 1


def test_a_hostile_session_stays_bounded() -> None:
    """Scattered sequence numbers and scattered spent time are closed up, which can only cost the one who scatters."""
    scattered = request(*[beat(2 * n, 200 * n, 200 * n + 10, (n, n + 5)) for n in range(450)])
    folded = judge(scattered)
    assert len(folded.session.seqs) <= MAX_SEQ_RANGES
    assert len(folded.clock.spent) <= MAX_SPENT_RANGES


def test_spent_time_is_forgotten_when_no_beat_can_claim_it() -> None:
    """A clock keeps a week; what is older cannot be spent again either."""
    clock = judge(request(beat(1, 0, 10_000, (0, 10_000)))).clock
    later = T0 + HORIZON_MS + HOUR
    fresh = request(beat(1, 0, 10_000, (0, 10_000)), received=HORIZON_MS + HOUR, granted_at_ms=T0,
                    policy=GrantPolicy(offline_grace_s=10**8))  # fmt: skip
    folded = fold(Session(), clock, Lesson(), fresh)
    assert folded.clock == Clock((), later - HORIZON_MS)
    assert folded.lesson.cuts == {"too_late": 10_000}
