/** Ids for builders: every call gives a new one, and a run of a test file gives the same ones again. */
import { SeededIds } from '../../src/kit/ids.ts'

export const builderIds = new SeededIds(1)

/** When things of the builders happened: the start of `ManualClock`. */
export const BUILT_AT_MS = Date.UTC(2026, 0, 1)
