/**
 * Times of the switch protocol, in milliseconds of the monotonic clock of the
 * workstation that waits. Clocks may run up to 5 % wrong: a lease of 1,000 ms
 * by a slow clock lasts at most 1,053 ms, a grant of 1,200 ms by a fast one at
 * least 1,142 ms.
 */

/** A manager acts for so long after the moment before it sent the requests that a majority granted. */
export const LEASE_MS = 1_000;
/** A voter grants no other and promises nobody else for so long after its last grant. */
export const GRANT_MS = 1_200;
/** A lease is renewed at the first tick after so long. */
export const RENEW_MS = 225;
/** A manager that has not heard a majority for so long does not ask for a lease, but says that it is there. */
export const DEAF_MS = 700;
/** How often the operator is told that a new manager has not opened. */
export const OPENING_MS = 30_000;
/** How often an epoch is told again to a voter or core member that has not shown that it knows it. */
export const ANNOUNCE_MS = 1_000;
/** Who has shown it is told again after so long: a voter that lost its store does not know that it is one. */
export const RETELL_MS = 10_000;

/** How often a workstation that must know more asks for reports. */
export const ASK_MS = 200;
/** Oldest report that an election counts on. */
export const REPORT_AGE_MS = 1_500;

/** Silence of the manager after which candidates ask the voters. They claim only when grants have run out. */
export const SUSPECT_MS = 600;
/** Each place further down the list of candidates waits so much longer. */
export const STAGGER_MS = 200;
/** A candidate that knows of another's claim leaves it the way for so long at most. */
export const DEFER_MS = 2_000;
/** A round of an election that has no majority after so long is given up. */
export const ROUND_MS = 700;

/** Default of how long an automatic switch is remembered by the manager that was replaced. */
export const HYSTERESIS_MS = 10_000;
/**
 * A manager that was replaced while it was running asks for the role again only
 * after so much more silence, once for each such switch that it remembers, at
 * most `MAX_HOLDS` times. So a dead manager is replaced at the latest
 * `MAX_HOLDS * HOLD_MS` later than without hysteresis.
 */
export const HOLD_MS = 3_000;
export const MAX_HOLDS = 3;

/** A switch by hand, all rounds together. Also the longest time in which an answer to a claim counts. */
export const CLAIM_MS = 8_000;
/** Most rounds of one claim. */
export const MAX_ROUNDS = 10;
/** A switch by hand goes on without reports of a majority after so long. */
export const SOUNDING_MS = 400;
/** A switch by hand goes on without the old manager's answer after so long. */
export const HANDOVER_WAIT_MS = 300;
/** With `--force`: a majority is waited for so long; longer than grants last. */
export const FORCE_MS = 1_500;
/** A manager that handed over and hears of no new one asks for its role back after so long. */
export const HANDOVER_MS = 2_000;
/** A claimant trusts that the old manager stands aside for so long; less than `HANDOVER_MS` by any clock. */
export const HANDED_MS = 1_500;

/**
 * A new or restored store asks what the others know only after so long: by then
 * every claim that its lost promise could have been counted for has ended
 * (`CLAIM_MS` and drift).
 */
export const RESTORED_QUIET_MS = 10_000;
/** For so long after its first start a new workstation says that it has never known more. */
export const FRESH_MS = 30_000;
