/** When time alone takes a deployment further: the end of a bake time, a hook that times out. */
import type { ServiceDeploymentRecord } from '../../../model/service-records.ts'
import { bakesUntil } from './blue-green.ts'
import { awaitedHooks } from './hooks.ts'
import { stepBakesUntil } from './traffic-steps.ts'
import { shiftsTraffic } from './traffic.ts'
import type { RolloutState } from './types.ts'

export const nextChangeAt = ({ serviceDeployment, now }: RolloutState): number | undefined => {
  if (serviceDeployment?.status !== 'IN_PROGRESS') return undefined
  const expiries = awaitedHooks(serviceDeployment).map(({ expiresAt }) => expiresAt)
  const times = [...expiries, bakingUntil(serviceDeployment) ?? 0].filter((time) => time > now)
  return times.length === 0 ? undefined : Math.min(...times)
}

/** The end of the bake time that is under way, if one is. */
const bakingUntil = (serviceDeployment: ServiceDeploymentRecord): number | undefined => {
  const { lifecycleStage, bakingSince } = serviceDeployment
  if (bakingSince === undefined) return undefined
  if (!shiftsTraffic(serviceDeployment) || lifecycleStage === 'BAKE_TIME') return bakesUntil(serviceDeployment)
  return lifecycleStage === 'PRODUCTION_TRAFFIC_SHIFT' ? stepBakesUntil(serviceDeployment) : undefined
}
