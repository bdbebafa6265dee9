/**
 * What stands before every configuration of HAProxy on this machine: where it logs to, and how long workers from before a reload may finish
 * what they have.
 */

/** A ring in each worker: what is logged waits there until this program has read it, also while the program is started again. */
const RING = 'longshore'
export const LOG_TARGET = `ring@${RING}`

/** A worker from before a reload cuts what it still has after that time. AWS has no such limit. */
export const OLD_WORKER_SECONDS = 6 * 3600
/** Beyond that, the oldest ends at once: each holds the whole configuration in memory. */
export const OLD_WORKERS_AT_MOST = 64

/** For as many access log lines as come while this program is started again. */
const RING_BYTES = 16 * 1024 * 1024
const LONGEST_LINE_BYTES = 65_535

export const baseConfiguration = (logSocket: string): string => `global
  hard-stop-after ${OLD_WORKER_SECONDS}s

ring ${RING}
  format raw
  maxlen ${LONGEST_LINE_BYTES}
  size ${RING_BYTES}
  timeout connect 1s
  timeout server 10s
  server longshore unix@${logSocket} log-proto octet-count
`
