import { describe, expect, it } from 'vitest'
import { aTarget } from '../../../../test/builders/a-load-balancer.ts'
import { aServiceRevision, aDeployment } from '../../../../test/builders/a-service.ts'
import { aTask } from '../../../../test/builders/a-task.ts'
import { seeded } from '../../../../test/seeded.ts'
import type { TargetHealthReport } from '../../../model/load-balancing/messages.ts'
import { targetKey, type TargetRecord } from '../../../model/load-balancing/records.ts'
import { balancerHealth, type JudgedTarget } from './target-health.ts'

type State = TargetHealthReport['state']

const judged = (state: State | undefined, given: Partial<TargetRecord> = {}): JudgedTarget => {
  const target = aTarget(given)
  const { targetGroupArn } = target
  return { target, report: state && { targetGroupArn, target: targetKey(target), state } }
}

/** Of a task that is to be one target. */
const healthOf = async (...targets: readonly JudgedTarget[]) => {
  const revision = aServiceRevision({
    loadBalancers: [{ targetGroupArn: aTarget().targetGroupArn, containerName: 'app', containerPort: 80 }],
  })
  const deployment = aDeployment(revision)
  const { store } = await seeded({ revisions: [revision], deployments: [deployment] })
  return balancerHealth(store.tables, aTask({ group: 'service:web', startedBy: deployment.deploymentId }), targets)
}

describe('a task behind a load balancer', () => {
  it.each<[State | undefined, string]>([
    ['healthy', 'HEALTHY'],
    ['unhealthy', 'UNHEALTHY'],
    ['initial', 'UNKNOWN'],
    ['unavailable', 'UNKNOWN'],
    [undefined, 'UNKNOWN'],
  ])('whose target is %s is %s', async (state, health) => expect(await healthOf(judged(state))).toBe(health))

  it('is what its targets are that do not drain: it may have been reached elsewhere before', async () => {
    const drains = judged('draining', { port: 1, drainingUntil: 1 })
    expect(await healthOf(judged('healthy'), drains)).toBe('HEALTHY')
    expect(await healthOf(drains)).toBe('UNKNOWN')
  })
})
