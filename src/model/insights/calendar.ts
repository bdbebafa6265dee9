/** Times as the calendar has them. Nothing here reads a clock. */
/* oxlint-disable no-restricted-globals */

export const dateOf = (ms: number): Date => new Date(ms)

/** When a month begins, counted from that of the epoch. */
export const monthStart = (months: number): number => Date.UTC(1970, months)
