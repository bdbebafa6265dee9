/**
 * While a deployment shifts traffic, its share only grows; blue is not taken away before all of it has shifted and the bake time is over.
 * That blue has its tasks until then is for `min/max`.
 */
import { lastCompleted } from '../../../src/model/completed-revision.ts'
import type { DeploymentRecord, ServiceDeploymentRecord } from '../../../src/model/service-records.ts'
import type { Feed } from '../feed.ts'
import type { MakeInvariant } from './invariant.ts'

const MINUTE_MS = 60_000

export const shift: MakeInvariant = (_site, feed) => {
  const breaches: string[] = []
  feed.listen((changes) => {
    for (const { table, before, after } of changes)
      if (table === 'serviceDeployments' && before !== undefined && after !== undefined)
        breaches.push(...brokenBy(feed, before as ServiceDeploymentRecord, after as ServiceDeploymentRecord))
  })
  return { name: 'shift', check: () => breaches.splice(0) }
}

function* brokenBy(feed: Feed, before: ServiceDeploymentRecord, after: ServiceDeploymentRecord): Iterable<string> {
  const { status, deploymentConfiguration, serviceDeploymentArn: arn } = after
  if (status !== 'IN_PROGRESS' || deploymentConfiguration.strategy === 'ROLLING') return
  const [had = 0, has = 0] = [before.productionTrafficPercent, after.productionTrafficPercent]
  if (has < had) yield `${arn} had ${had} percent of the traffic and has ${has}`
  if (after.lifecycleStage !== 'CLEAN_UP' || before.lifecycleStage === 'CLEAN_UP') return
  if (has !== 100) yield `${arn} cleans up with ${has} percent of the traffic`
  const bakeMs = (deploymentConfiguration.bakeTimeInMinutes ?? 0) * MINUTE_MS
  const bakedMs = (after.lifecycleStageAt ?? 0) - (after.bakingSince ?? 0)
  if (hasBlue(feed, after) && bakedMs < bakeMs) yield `${arn} cleans up after ${bakedMs} ms of ${bakeMs}`
}

const hasBlue = (feed: Feed, { serviceArn }: ServiceDeploymentRecord): boolean => {
  const all = [...feed.rows<ServiceDeploymentRecord>('serviceDeployments').values()]
  const blue = lastCompleted(all.filter((deployment) => deployment.serviceArn === serviceArn))?.serviceRevisionArn
  return [...feed.rows<DeploymentRecord>('deployments').values()].some(
    ({ serviceRevisionArn, status }) => serviceRevisionArn === blue && status !== 'PRIMARY',
  )
}
