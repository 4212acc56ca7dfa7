/** Hosts that are set up or started at the same time. */
export const MAX_PARALLEL_STARTS = 4;

/** How long a host may take until it answers and its plugins are past their start. */
export const START_WITHIN_MS = 60_000;

/** How long the relay may take until it listens. */
export const RELAY_START_WITHIN_MS = 15_000;

/** How often something is looked at that is waited for. */
export const LOOK_EVERY_MS = 50;

/** How long a host may take to answer `lab status`. */
export const STATUS_WITHIN_MS = 1_500;

/** How long a killed process may take to disappear. */
export const GONE_WITHIN_MS = 5_000;

/** How often the hosts of a lab ask for what was revoked: quick, since somebody waits for it. */
export const LAB_REVOCATION_INTERVAL_MS = 1_000;

/** How long `waitFor` waits unless told. */
export const WAIT_MS = 20_000;

/** Most bytes of output that `exec` keeps, for each of stdout and stderr. */
export const MAX_EXEC_OUTPUT_BYTES = 32 << 20;

/** How long `exec` lets a command run unless told. */
export const EXEC_WITHIN_MS = 120_000;
