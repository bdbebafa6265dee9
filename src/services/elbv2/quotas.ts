/** Whether an account has room for one more. */
import { LOAD_BALANCING_QUOTAS, type LoadBalancingQuota } from '../../model/load-balancing/limits.ts'
import type { Fault } from '../../wire/fault.ts'

/** Throws if there are as many as there may be. `things`: what is counted, for people. */
export const checkQuota = (
  quota: LoadBalancingQuota,
  count: number,
  things: string,
  refuse: (message: string) => Fault,
): void => {
  const limit = LOAD_BALANCING_QUOTAS[quota]
  if (count >= limit) throw refuse(`The maximum number of ${things} has been reached: ${limit}`)
}
