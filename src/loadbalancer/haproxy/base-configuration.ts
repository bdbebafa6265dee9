/** What stands before every configuration of HAProxy on this machine: where it logs to, and how soon it begins to check. */

/** A ring in each worker: what is logged waits there until this program has read it, also while the program is started again. */
const RING = 'longshore'
export const LOG_TARGET = `ring@${RING}`

/** For as many access log lines as come while this program is started again. */
const RING_BYTES = 16 * 1024 * 1024
const LONGEST_LINE_BYTES = 65_535

export const baseConfiguration = (logSocket: string, firstChecksWithinMs: number | undefined): string => `global
${firstChecksWithinMs === undefined ? '' : `  max-spread-checks ${firstChecksWithinMs}\n`}
ring ${RING}
  format raw
  maxlen ${LONGEST_LINE_BYTES}
  size ${RING_BYTES}
  timeout connect 1s
  timeout server 10s
  server longshore unix@${logSocket} log-proto octet-count
`
