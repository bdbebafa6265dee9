import { describe, expect, it } from 'vitest'
import { aTaskOf, anEngineContainer } from '../../../test/builders/an-engine-task.ts'
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import { nextReport } from '../reporting/report.ts'
import { followContainer, restarted } from './managed-agent.ts'

const WITH_EXEC = { managedAgents: [{ name: 'ExecuteCommandAgent' }] }
const RUNNING = { knownStatus: 'RUNNING', startedAt: 1, dockerId: 'id' } as const
const STOPPED = { knownStatus: 'STOPPED', desiredStatus: 'STOPPED' } as const

const running = (): EngineContainer => followContainer(anEngineContainer(WITH_EXEC, RUNNING))

const taskOf = (container: EngineContainer, members: Partial<EngineTask> = {}): EngineTask =>
  aTaskOf([container], { knownStatus: 'RUNNING', hasRun: true, ...members })

/** All that is told of managed agents, report by report. */
const told = (task: EngineTask): (readonly string[])[] => {
  const report = nextReport(task, true, { cluster: 'default', excludeIpv6PortBinding: true })
  if (report === undefined) return []
  const agents = (report.request.managedAgents ?? []).map(
    ({ containerName, managedAgentName, status, reason }) =>
      `${containerName} ${managedAgentName} ${status}: ${reason}`,
  )
  return [[report.request.status ?? '', ...agents], ...told(report.accepted(task))]
}

describe('the managed agent of ECS Exec', () => {
  it('runs and stops with a container that has it, and is in no other', () => {
    expect(running().managedAgent).toEqual({
      status: 'RUNNING',
      reason: 'ExecuteCommandAgent started',
      isSent: false,
    })
    expect(followContainer({ ...running(), ...STOPPED }).managedAgent).toMatchObject({ status: 'STOPPED' })
    expect(followContainer(anEngineContainer(WITH_EXEC, { knownStatus: 'CREATED' })).managedAgent).toBeUndefined()
    expect(followContainer(anEngineContainer({}, RUNNING)).managedAgent).toBeUndefined()
    const again = running()
    expect(followContainer(again)).toBe(again)
  })

  it('is told with the state of its task, once', () => {
    expect(told(taskOf(running()))).toEqual([
      ['RUNNING', 'app ExecuteCommandAgent RUNNING: ExecuteCommandAgent started'],
    ])
  })

  it('is told to have stopped with its container', () => {
    const stopped = followContainer({ ...running(), ...STOPPED })
    const STOP = 'app ExecuteCommandAgent STOPPED: Received Container Stopped event'
    expect(told(taskOf(stopped, { knownStatus: 'STOPPED' }))).toEqual([['RUNNING'], ['STOPPED', STOP]])
    expect(told(taskOf(stopped, { sentStatus: 'RUNNING' }))).toEqual([['RUNNING', STOP]])
  })

  it('is told again after the container agent was started anew', () => {
    const container = { ...restarted(running()), sentStatus: 'RUNNING' } as const
    expect(told(taskOf(container, { sentStatus: 'RUNNING' }))).toEqual([
      ['RUNNING', 'app ExecuteCommandAgent RUNNING: ExecuteCommandAgent restarted'],
    ])
  })
})
