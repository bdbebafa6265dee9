/** Limits of what balancers and the control plane say to each other. */

/** Bytes of one message to a balancer; the largest are lists of revoked certificates. */
export const BALANCER_TABLE_MESSAGE_BYTES = 64 * 1024 * 1024
/** Bytes of one message of a balancer, and the reports in one. */
export const BALANCER_REPORT_MESSAGE_BYTES = 4 * 1024 * 1024
export const BALANCER_REPORTS_PER_MESSAGE = 1000
/** Characters of each text that a balancer says. */
export const BALANCER_TEXT_LENGTH = 16_384
/** How long a balancer may take nothing of what is sent to it. */
export const BALANCER_STALL_MS = 30_000
/** How long what a balancer said counts after its connection was lost. */
export const BALANCER_LOSS_GRACE_MS = 30_000
