import { expect, it } from 'vitest'
import { printPlan } from './print-plan.ts'

const AT = Date.UTC(2026, 0, 2, 3, 4, 5)

it('says in a line each what is started, what is stopped and why, and what is in the way', () => {
  const holderId = 'ecs-svc/1'
  const lines = printPlan({
    starts: [{ holderId, count: 2, capacityProviderName: 'spot', availabilityZone: 'zone-a' }],
    stops: [
      { taskId: 'a', holderId, reason: 'replaced' },
      { taskId: 'b', holderId, reason: 'unhealthy' },
      { taskId: 'c', holderId, reason: 'replaced' },
    ],
    hindrances: [
      { kind: 'waitingForHealthy', count: 1, until: AT },
      { kind: 'protected', count: 1, until: AT },
    ],
    againAt: AT,
  })
  expect(lines).toEqual([
    'start 2 tasks of ecs-svc/1 in zone-a with spot',
    'stop 2 tasks (replaced by newer ones): a, c',
    'stop 1 task (failed health checks): b',
    'waits for 1 task to become healthy, at 2026-01-02T03:04:05Z at the latest',
    'must not stop 1 task (protected) before 2026-01-02T03:04:05Z',
    'looks again at 2026-01-02T03:04:05Z',
  ])
})

it('has words for every hindrance', () => {
  const lines = printPlan({
    starts: [],
    stops: [],
    hindrances: [
      { kind: 'throttled', until: AT },
      { kind: 'placement', missing: 1 },
      { kind: 'deadlock' },
      { kind: 'waitingForStarting', count: 2 },
      { kind: 'waitingForHealthy', count: 1 },
      { kind: 'waitingForStopping', count: 3 },
      { kind: 'failed' },
    ],
  })
  expect(lines).toEqual([
    'starts nothing before 2026-01-02T03:04:05Z: tasks kept failing to start',
    'found no instance for 1 task',
    'can neither start nor stop a task between the minimum and the maximum',
    'waits for 2 tasks to start',
    'waits for 1 task to become healthy',
    'waits for 3 tasks to stop',
    'starts and replaces nothing: the deployment has failed',
  ])
})

it('says so where there is nothing to do', () => {
  expect(printPlan({ starts: [], stops: [], hindrances: [] })).toEqual(['nothing to do'])
})
