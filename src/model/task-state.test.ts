import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aTask, aTaskContainer, aWaitingTask } from '../../test/builders/a-task.ts'
import { aContainerDefinition } from '../../test/builders/a-task-definition.ts'
import type { TaskRecord } from './records.ts'
import {
  applyHealth,
  applyReport,
  endWithoutAgent,
  markProvisioned,
  requestStop,
  type TaskReport,
  type TaskShape,
} from './task-state.ts'

const NOW = Date.UTC(2026, 0, 1, 12)
const shape: TaskShape = {
  containerDefinitions: [
    aContainerDefinition({ name: 'app' }),
    aContainerDefinition({ name: 'sidecar', essential: false }),
  ],
}
const aPair = (given: Partial<TaskRecord> = {}): TaskRecord =>
  aTask({ containers: [aTaskContainer({ name: 'app' }), aTaskContainer({ name: 'sidecar' })], ...given })
const report = (task: TaskRecord, given: TaskReport, now = NOW): TaskRecord => applyReport(task, given, shape, now)
const running = (): TaskRecord =>
  report(aPair(), {
    status: 'RUNNING',
    containers: [
      { containerName: 'app', status: 'RUNNING', runtimeId: 'r1' },
      { containerName: 'sidecar', status: 'RUNNING', runtimeId: 'r2' },
    ],
  })
const container = (task: TaskRecord, name: string) => task.containers.find((candidate) => candidate.name === name)

describe('applyReport', () => {
  it('makes a task RUNNING at the time of the report', () => {
    expect(running()).toMatchObject({ lastStatus: 'RUNNING', startedAt: NOW, connectivityAt: NOW, version: 2 })
  })

  it('keeps what a container reports of itself', () => {
    const networkBindings = [{ bindIP: '0.0.0.0', containerPort: 80, hostPort: 32768, protocol: 'tcp' as const }]
    const task = report(aPair(), {
      status: 'PENDING',
      containers: [
        { containerName: 'app', status: 'RUNNING', runtimeId: 'r', imageDigest: 'sha256:1', networkBindings },
      ],
    })
    expect(container(task, 'app')).toMatchObject({
      lastStatus: 'RUNNING',
      runtimeId: 'r',
      imageDigest: 'sha256:1',
      networkBindings,
    })
  })

  it('applies several entries of one container in their order', () => {
    const task = report(aPair(), {
      status: 'PENDING',
      containers: [
        { containerName: 'sidecar', status: 'RUNNING', runtimeId: 'r' },
        { containerName: 'sidecar', status: 'STOPPED', exitCode: 3 },
      ],
    })
    expect(container(task, 'sidecar')).toMatchObject({ lastStatus: 'STOPPED', runtimeId: 'r', exitCode: 3 })
    expect(task.desiredStatus).toBe('RUNNING')
  })

  it('changes nothing for a repeated report', () => {
    const task = running()
    const again = report(task, {
      status: 'RUNNING',
      containers: [{ containerName: 'app', status: 'RUNNING', runtimeId: 'r1' }],
    })
    expect(again).toBe(task)
  })

  it('changes nothing for a container that the task does not have', () => {
    const task = running()
    expect(report(task, { containers: [{ containerName: 'pause', status: 'STOPPED' }] })).toBe(task)
  })

  it('does not go back for a late report', () => {
    const task = report(running(), { status: 'PENDING', containers: [{ containerName: 'app', status: 'PENDING' }] })
    expect(task.lastStatus).toBe('RUNNING')
    expect(container(task, 'app')?.lastStatus).toBe('RUNNING')
  })

  it('takes from a late report of a stopped container only what was not known', () => {
    const stopped = report(running(), {
      containers: [{ containerName: 'sidecar', status: 'STOPPED', exitCode: 1, reason: 'first' }],
    })
    const task = report(stopped, {
      containers: [
        { containerName: 'sidecar', status: 'RUNNING', imageDigest: 'sha256:2', exitCode: 9, reason: 'second' },
      ],
    })
    expect(container(task, 'sidecar')).toMatchObject({
      lastStatus: 'STOPPED',
      exitCode: 1,
      reason: 'first',
      imageDigest: 'sha256:2',
    })
  })

  it('keeps the first pull start, the last pull stop and the first stop of execution', () => {
    const first = report(aPair(), { pullStartedAt: 10, pullStoppedAt: 20, executionStoppedAt: 30 })
    const task = report(first, { pullStartedAt: 11, pullStoppedAt: 25, executionStoppedAt: 31 })
    expect(task).toMatchObject({ pullStartedAt: 10, pullStoppedAt: 25, executionStoppedAt: 30 })
  })

  it('wants a task stopped whose essential container stopped', () => {
    const task = report(running(), {
      status: 'RUNNING',
      containers: [{ containerName: 'app', status: 'STOPPED', exitCode: 1 }],
    })
    expect(task).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'STOPPED', stoppingAt: NOW })
    expect(task.stopCode).toBeUndefined()
  })

  it('stops a task whose essential container exited', () => {
    const task = report(
      running(),
      { status: 'STOPPED', reason: '', containers: [{ containerName: 'app', status: 'STOPPED', exitCode: 7 }] },
      NOW + 5,
    )
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      stoppingAt: NOW + 5,
      stoppedAt: NOW + 5,
    })
    expect(container(task, 'app')).toMatchObject({ lastStatus: 'STOPPED', exitCode: 7 })
    expect(container(task, 'sidecar')?.lastStatus).toBe('STOPPED')
  })

  it('knows a task that ran and stopped within one report', () => {
    const task = report(aPair(), {
      status: 'STOPPED',
      containers: [
        { containerName: 'app', status: 'RUNNING', runtimeId: 'r' },
        { containerName: 'app', status: 'STOPPED', exitCode: 0 },
      ],
    })
    expect(task.stopCode).toBe('EssentialContainerExited')
  })

  it('tells a task that never started, in the words of the agent', () => {
    const task = report(aPair(), { status: 'STOPPED', reason: 'CannotPullContainerError: no such image' })
    expect(task).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError: no such image',
    })
  })

  it('tells a task that never started when only a container has a reason', () => {
    const containers = [{ containerName: 'app', status: 'STOPPED', reason: 'CannotStartContainerError: no such file' }]
    expect(report(aPair(), { status: 'STOPPED', reason: '', containers })).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'Task failed to start',
    })
    expect(report(aPair({ launchType: 'FARGATE' }), { status: 'STOPPED', reason: '', containers })).toMatchObject({
      stoppedReason: 'CannotStartContainerError: no such file',
    })
  })

  it('does not take the exit code of a container that could not start for a run', () => {
    const containers = [
      { containerName: 'sidecar', status: 'STOPPED', exitCode: 1 },
      { containerName: 'app', status: 'STOPPED', exitCode: 143, reason: 'CannotStartContainerError: dependency graph' },
    ]
    expect(report(aPair(), { status: 'STOPPED', reason: '', containers }).stopCode).toBe('TaskFailedToStart')
  })

  it.each([
    ['could not be had', 'CannotPullContainerError: no such image', 'TaskFailedToStart'],
    ['waited too long', 'CannotStartContainerError: dependency graph: [..] has timed out.', 'TaskFailedToStart'],
    [
      'waited for what had ended',
      'CannotStartContainerError: dependency graph: failed to resolve [..]',
      'EssentialContainerExited',
    ],
  ])('tells what came first: an essential container that ran, or one that %s', (_what, reason, stopCode) => {
    const containers = [
      { containerName: 'app', status: 'STOPPED', exitCode: 143 },
      { containerName: 'late', status: 'STOPPED', reason },
    ]
    const task = aTask({ containers: [aTaskContainer(), aTaskContainer({ name: 'late' })] })
    expect(report(task, { status: 'STOPPED', containers }).stopCode).toBe(stopCode)
  })

  it('lets the reason of StopTask win over that of the agent', () => {
    const asked = requestStop(running(), { stopCode: 'UserInitiated', stoppedReason: 'enough' }, NOW)
    const task = report(asked, {
      status: 'STOPPED',
      reason: 'whatever',
      containers: [{ containerName: 'app', status: 'STOPPED', exitCode: 137 }],
    })
    expect(task).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough', lastStatus: 'STOPPED' })
  })

  it('leaves a stopped task as it is', () => {
    const task = report(running(), { status: 'STOPPED' })
    expect(report(task, { status: 'RUNNING', containers: [{ containerName: 'app', status: 'RUNNING' }] })).toBe(task)
  })

  it('follows the managed agents of a container, which may start again', () => {
    const entry = { containerName: 'app', managedAgentName: 'ExecuteCommandAgent' as const }
    const failed = report(report(running(), { managedAgents: [{ ...entry, status: 'RUNNING' }] }), {
      managedAgents: [{ ...entry, status: 'STOPPED', reason: 'died' }],
    })
    expect(container(failed, 'app')?.managedAgents).toEqual([
      { name: 'ExecuteCommandAgent', lastStatus: 'STOPPED', reason: 'died', lastStartedAt: NOW },
    ])
    const again = report(failed, { managedAgents: [{ ...entry, status: 'RUNNING' }] }, NOW + 9)
    expect(container(again, 'app')?.managedAgents).toEqual([
      { name: 'ExecuteCommandAgent', lastStatus: 'RUNNING', lastStartedAt: NOW + 9 },
    ])
  })

  it('moves attachments forward only', () => {
    const task = aPair({
      attachments: [{ id: 'a1', type: 'ElasticNetworkInterface', status: 'ATTACHING', details: [] }],
    })
    const attachmentArn = 'arn:aws:ecs:us-east-1:000000000000:attachment/a1'
    const attached = report(task, { attachments: [{ attachmentArn, status: 'ATTACHED' }] })
    expect(attached.attachments?.[0]?.status).toBe('ATTACHED')
    expect(report(attached, { attachments: [{ attachmentArn, status: 'CREATED' }] })).toBe(attached)
  })

  it('counts every container as essential when the definition is gone', () => {
    const task = applyReport(
      running(),
      { containers: [{ containerName: 'sidecar', status: 'STOPPED' }] },
      undefined,
      NOW,
    )
    expect(task.desiredStatus).toBe('STOPPED')
  })
})

describe('requestStop', () => {
  it('ends a task at once that has no host', () => {
    const cause = { stopCode: 'UserInitiated', stoppedReason: 'r' }
    const task = requestStop(aWaitingTask(), cause, NOW)
    expect(task).toMatchObject({ ...cause, lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stoppedAt: NOW })
    expect(task.containers[0]?.lastStatus).toBe('STOPPED')
    expect(task).not.toHaveProperty('waiting')
  })

  it('wants the task stopped and leaves its status to the agent', () => {
    const task = requestStop(running(), { stopCode: 'UserInitiated', stoppedReason: 'r' }, NOW + 1)
    expect(task).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'STOPPED', stoppingAt: NOW + 1, version: 3 })
  })

  it('keeps the first cause', () => {
    const first = requestStop(running(), { stopCode: 'UserInitiated', stoppedReason: 'first' }, NOW)
    expect(requestStop(first, { stopCode: 'UserInitiated', stoppedReason: 'second' }, NOW)).toBe(first)
  })
})

describe('endWithoutAgent', () => {
  it('stops task and containers at once', () => {
    const task = endWithoutAgent(running(), { stopCode: 'UserInitiated', stoppedReason: 'gone' }, NOW)
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stoppedReason: 'gone', stoppedAt: NOW })
    expect(task.containers.map(({ lastStatus }) => lastStatus)).toEqual(['STOPPED', 'STOPPED'])
    expect(endWithoutAgent(task, { stopCode: 'x', stoppedReason: 'y' }, NOW)).toBe(task)
  })
})

describe('markProvisioned', () => {
  it('moves a task from PROVISIONING to PENDING and no other', () => {
    expect(markProvisioned(aPair({ lastStatus: 'PROVISIONING' }), NOW)).toMatchObject({
      lastStatus: 'PENDING',
      connectivityAt: NOW,
    })
    const task = running()
    expect(markProvisioned(task, NOW)).toBe(task)
  })
})

describe('applyHealth', () => {
  const healthCheck = { command: ['CMD', 'true'] }
  const checkedShape: TaskShape = {
    containerDefinitions: [
      aContainerDefinition({ name: 'app', healthCheck }),
      aContainerDefinition({ name: 'db', healthCheck }),
      aContainerDefinition({ name: 'sidecar', healthCheck, essential: false }),
    ],
  }
  const trio = () => aTask({ containers: ['app', 'db', 'sidecar'].map((name) => aTaskContainer({ name })) })
  const health = (...statuses: ('HEALTHY' | 'UNHEALTHY' | 'UNKNOWN')[]) =>
    ['app', 'db', 'sidecar'].slice(0, statuses.length).map((containerName, index) => ({
      containerName,
      healthStatus: statuses[index]!,
    }))

  it('is as healthy as the worst essential container', () => {
    expect(applyHealth(trio(), health('HEALTHY', 'HEALTHY', 'UNHEALTHY'), checkedShape).healthStatus).toBe('HEALTHY')
    expect(applyHealth(trio(), health('HEALTHY', 'UNKNOWN', 'HEALTHY'), checkedShape).healthStatus).toBe('UNKNOWN')
    expect(applyHealth(trio(), health('UNHEALTHY', 'UNKNOWN', 'HEALTHY'), checkedShape).healthStatus).toBe('UNHEALTHY')
  })

  it('is unknown while an essential container has not reported', () => {
    expect(applyHealth(trio(), health('HEALTHY'), checkedShape).healthStatus).toBe('UNKNOWN')
  })

  it('lets a standalone task run on when it is unhealthy', () => {
    expect(applyHealth(trio(), health('UNHEALTHY', 'HEALTHY'), checkedShape).desiredStatus).toBe('RUNNING')
  })

  it('changes nothing for the same health again, or for a stopped task', () => {
    const task = applyHealth(trio(), health('HEALTHY', 'HEALTHY'), checkedShape)
    expect(applyHealth(task, health('HEALTHY', 'HEALTHY'), checkedShape)).toBe(task)
    const stopped = endWithoutAgent(task, { stopCode: 'UserInitiated', stoppedReason: '' }, NOW)
    expect(applyHealth(stopped, health('UNHEALTHY'), checkedShape)).toBe(stopped)
  })
})

describe('any sequence of reports', () => {
  const ORDER = ['PROVISIONING', 'PENDING', 'RUNNING', 'STOPPED']
  const status = fc.constantFrom('PENDING', 'RUNNING', 'STOPPED', undefined)
  const containerReport = fc.record({
    containerName: fc.constantFrom('app', 'sidecar', 'other'),
    status,
    exitCode: fc.option(fc.integer({ min: 0, max: 255 }), { nil: undefined }),
    reason: fc.constantFrom('', 'OutOfMemoryError: Container killed due to memory usage'),
    runtimeId: fc.constantFrom(undefined, 'r1', 'r2'),
  })
  const step = fc.oneof(
    fc
      .record({ status, reason: fc.constantFrom('', 'why'), containers: fc.array(containerReport, { maxLength: 4 }) })
      .map((given) => (task: TaskRecord, now: number) => applyReport(task, given, shape, now)),
    fc.constant((task: TaskRecord, now: number) =>
      requestStop(task, { stopCode: 'UserInitiated', stoppedReason: 'asked' }, now),
    ),
    fc.constant((task: TaskRecord, now: number) => markProvisioned(task, now)),
  )
  const rank = (lastStatus: string): number => ORDER.indexOf(lastStatus)
  const desiredRank = (task: TaskRecord): number => rank(task.desiredStatus)

  it('never moves a status back, and counts every change', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let task = aPair({ lastStatus: 'PROVISIONING' })
        for (const [index, apply] of steps.entries()) {
          const next = apply(task, NOW + index)
          expect(rank(next.lastStatus)).toBeGreaterThanOrEqual(rank(task.lastStatus))
          expect(desiredRank(next)).toBeGreaterThanOrEqual(desiredRank(task))
          for (const [position, after] of next.containers.entries()) {
            expect(rank(after.lastStatus)).toBeGreaterThanOrEqual(rank(task.containers[position]!.lastStatus))
          }
          expect(next.version).toBe(next === task ? task.version : task.version + 1)
          task = next
        }
      }),
    )
  })

  it('ends whole, explained, and for good', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), fc.array(step, { maxLength: 15 }), (before, after) => {
        const run = (task: TaskRecord, steps: typeof before) =>
          steps.reduce((record, apply) => apply(record, NOW), task)
        const stopped = report(run(aPair(), before), { status: 'STOPPED' })
        expect(stopped).toMatchObject({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED' })
        expect(stopped.stopCode).toMatch(/^(TaskFailedToStart|EssentialContainerExited|UserInitiated)$/)
        expect(stopped.stoppedReason).toBeTruthy()
        expect(stopped.stoppedAt).toBeGreaterThanOrEqual(stopped.stoppingAt ?? Infinity)
        expect(stopped.containers.every(({ lastStatus }) => lastStatus === 'STOPPED')).toBe(true)
        expect(run(stopped, after)).toBe(stopped)
      }),
    )
  })

  it('changes nothing by coming twice', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
        let task = aPair({ lastStatus: 'PROVISIONING' })
        for (const apply of steps) {
          task = apply(task, NOW)
          expect(apply(task, NOW + 1)).toBe(task)
        }
      }),
    )
  })
})
