/** A service without a load balancer: whatever is wanted of its traffic is so. */
import type { TrafficShifter } from './types.ts'

export const noTraffic: TrafficShifter = { isShifted: () => true }
