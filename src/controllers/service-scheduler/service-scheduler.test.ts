import { describe, expect, it } from 'vitest'
import { aDeployment, aService, aServiceRevision } from '../../../test/builders/a-service.ts'
import { aTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import { seeded } from '../../../test/seeded.ts'
import { ManualClock } from '../../kit/clock.ts'
import { TargetHealthBook } from '../../store/load-balancing/target-health-book.ts'
import { PlanMemory } from './plan-memory.ts'
import { noAlarms } from './rollout/no-alarms.ts'
import { ServiceScheduler } from './service-scheduler.ts'

/** Half a millisecond goes by whenever somebody looks at it. */
class BusyClock extends ManualClock {
  #passedMs = 0

  override monotonic(): number {
    this.#passedMs += 0.5
    return super.monotonic() + this.#passedMs
  }
}

/** Services that each want a task and find no instance. */
const withBlockedServices = async (count: number) => {
  const services = Array.from({ length: count }, (_, index) => aService({ serviceName: `web-${index}` }))
  const revisions = services.map(({ serviceArn }) => aServiceRevision({ serviceArn }))
  const deployments = revisions.map((revision) => aDeployment(revision, { serviceArn: revision.serviceArn }))
  const ecs = await seeded({ services, revisions, deployments, definitions: [aTaskDefinition()] })
  const scheduler = new ServiceScheduler({
    ...ecs,
    clock: new BusyClock(),
    alarms: noAlarms,
    memory: new PlanMemory(),
    targetHealth: new TargetHealthBook(),
    servedRules: { isServed: () => true, listen: () => () => {} },
    settlingMs: 0,
    instanceLossGraceMs: 0,
  })
  for (const { serviceArn } of services) await scheduler.reconcile(serviceArn)
  return { again: await scheduler.reconcile(services.at(-1)!.serviceArn) }
}

describe('services that wait for a place', () => {
  it('are looked at as soon as there may be one, if they are few', async () => {
    expect((await withBlockedServices(3)).again).toBeUndefined()
  })

  it('rest between looks if they are many, so that what wakes them all does not keep everybody waiting', async () => {
    expect((await withBlockedServices(100)).again?.againInMs).toBeGreaterThan(100)
  })
})
