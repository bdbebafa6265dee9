import { describe, expect, it } from 'vitest'
import { aTaskOf, anEngineContainer } from '../../../test/builders/an-engine-task.ts'
import type { EngineTask } from '../engine/task.ts'
import { nextReport } from './report.ts'

const OPTIONS = { cluster: 'default', excludeIpv6PortBinding: true }
const RUNNING = { knownStatus: 'RUNNING', startedAt: 1, dockerId: 'id' } as const
const STOPPED = { knownStatus: 'STOPPED', desiredStatus: 'STOPPED', startedAt: 1, dockerId: 'id', exitCode: 7 } as const

/** Every report until nothing is left to tell, as `status: container=status ...`. */
const reportsOf = (task: EngineTask, isBatchDue = false): string[] => {
  const report = nextReport(task, isBatchDue, OPTIONS)
  if (report === undefined) return []
  const { status, containers = [] } = report.request
  const told = containers.map(({ containerName, status: of }) => `${containerName}=${of}`)
  return [[`${status}:`, ...told].join(' '), ...reportsOf(report.accepted(task), isBatchDue)]
}

describe('the next report', () => {
  it('is RUNNING with all its containers, once', () => {
    const task = aTaskOf([anEngineContainer({}, RUNNING)], { knownStatus: 'RUNNING', hasRun: true })
    expect(reportsOf(task)).toEqual(['RUNNING: app=RUNNING'])
  })

  it('tells of a container that has run and stopped by two entries', () => {
    const task = aTaskOf([anEngineContainer({ name: 'a' }, RUNNING), anEngineContainer({ name: 'b' }, STOPPED)], {
      knownStatus: 'RUNNING',
      hasRun: true,
    })
    expect(reportsOf(task)).toEqual(['RUNNING: a=RUNNING b=RUNNING b=STOPPED'])
  })

  it('of a task that is over already is RUNNING and then STOPPED', () => {
    const task = aTaskOf([anEngineContainer({}, STOPPED)], { knownStatus: 'STOPPED', hasRun: true })
    expect(reportsOf(task)).toEqual(['RUNNING: app=RUNNING', 'STOPPED: app=STOPPED'])
  })

  it('of a task that never ran is STOPPED alone', () => {
    const neverStarted = { knownStatus: 'STOPPED', desiredStatus: 'STOPPED', reason: 'why' } as const
    const task = aTaskOf([anEngineContainer({}, neverStarted)], { knownStatus: 'STOPPED' })
    expect(reportsOf(task)).toEqual(['STOPPED: app=STOPPED'])
    expect(nextReport(task, false, OPTIONS)?.request.containers).toEqual([
      { containerName: 'app', status: 'STOPPED', reason: 'why', networkBindings: [] },
    ])
  })

  it('is PENDING with the digests as soon as there are any', () => {
    const imageDigest = 'sha256:abc'
    const task = aTaskOf([anEngineContainer({}, { knownStatus: 'PULLED', imageDigest })], {
      knownStatus: 'MANIFEST_PULLED',
    })
    expect(nextReport(task, false, OPTIONS)?.request).toMatchObject({
      status: 'PENDING',
      containers: [{ containerName: 'app', status: 'PENDING', imageDigest }],
    })
    expect(reportsOf({ ...task, containers: [anEngineContainer({}, { knownStatus: 'PULLED' })] })).toEqual([])
  })

  it('tells of containers between the changes of their task only when the batch is due', () => {
    const task = aTaskOf(
      [anEngineContainer({ name: 'a' }, RUNNING), anEngineContainer({ name: 'b' }, { knownStatus: 'PULLED' })],
      {
        knownStatus: 'MANIFEST_PULLED',
      },
    )
    expect(reportsOf(task)).toEqual([])
    expect(reportsOf(task, true)).toEqual(['PENDING: a=RUNNING'])
  })

  it('tells at once of a container that was started again and is reached elsewhere', () => {
    const at = (hostPort: number) => [{ hostIp: '0.0.0.0', containerPort: 80, hostPort, protocol: 'tcp' as const }]
    const task = aTaskOf([anEngineContainer({}, { ...RUNNING, ports: at(32_768) })], {
      knownStatus: 'RUNNING',
      hasRun: true,
    })
    const told = nextReport(task, false, OPTIONS)!.accepted(task)
    expect(reportsOf(told, true)).toEqual([])
    const moved = { ...told, containers: told.containers.map((container) => ({ ...container, ports: at(32_769) })) }
    expect(nextReport(moved, false, OPTIONS)?.request.containers).toMatchObject([
      { containerName: 'app', status: 'RUNNING', networkBindings: [{ containerPort: 80, hostPort: 32_769 }] },
    ])
    expect(reportsOf(moved)).toEqual(['RUNNING: app=RUNNING'])
  })

  it('always has a reason, empty if there is none', () => {
    const task = aTaskOf([anEngineContainer({}, STOPPED)], { knownStatus: 'STOPPED' })
    expect(nextReport(task, false, OPTIONS)?.request.reason).toBe('')
  })

  it('shows ports on all IPv4 addresses, and ranges as ranges', () => {
    const hostPortRanges = [{ containerPortRange: '7000-7001', hostPortRange: '50000-50001', protocol: 'tcp' }] as const
    const port = (containerPort: number, hostPort: number, hostIp: string) =>
      ({ containerPort, hostPort, hostIp, protocol: 'tcp' }) as const
    const ports = [
      port(80, 32768, '0.0.0.0'),
      port(80, 32768, '::'),
      port(7000, 50_000, '0.0.0.0'),
      port(7001, 50_001, '0.0.0.0'),
    ]
    const task = aTaskOf([anEngineContainer({}, { ...RUNNING, ports, hostPortRanges })], {
      knownStatus: 'RUNNING',
      hasRun: true,
    })
    expect(nextReport(task, false, OPTIONS)?.request.containers?.[0]?.networkBindings).toEqual([
      { bindIP: '0.0.0.0', containerPort: 80, hostPort: 32768, protocol: 'tcp' },
      { bindIP: '0.0.0.0', containerPortRange: '7000-7001', hostPortRange: '50000-50001', protocol: 'tcp' },
    ])
  })
})
