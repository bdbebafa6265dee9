import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { aSession } from '../../../test/builders/a-session.ts'
import { aTask } from '../../../test/builders/a-task.ts'
import { seeded } from '../../../test/seeded.ts'
import type { SessionRecord } from '../../model/exec-session.ts'
import { type Presence, whyOver } from './why-over.ts'

const [TASK_ID, INSTANCE_ID] = ['0123456789abcdef0123456789abcdef', 'i1']

const over = async (
  session: Partial<SessionRecord>,
  presence: Partial<Presence>,
  world = { task: {}, instance: {} },
): Promise<string | undefined> => {
  const { store } = await seeded({
    tasks: [aTask({ taskId: TASK_ID, lastStatus: 'RUNNING', ...world.task })],
    instances: [aContainerInstance({ containerInstanceId: INSTANCE_ID, ...world.instance })],
  })
  const record = aSession({ taskId: TASK_ID, containerInstanceId: INSTANCE_ID, ...session })
  return whyOver(record, store.tables, { now: 0, clientAwayMs: 0, agentAwayMs: 0, hadAgent: true, ...presence })
}

describe('a session', () => {
  it('goes on while both ends are there, or not long away', async () => {
    expect(await over({ status: 'Connected' }, {})).toBeUndefined()
    expect(await over({ status: 'Connected' }, { clientAwayMs: 60_000, agentAwayMs: 20_000 })).toBeUndefined()
    expect(await over({ status: 'Connected' }, { agentAwayMs: 10_000, hadAgent: false })).toBeUndefined()
  })

  it('waits for its client as long as its token is good', async () => {
    const session = { tokenExpiresAt: 100 }
    expect(await over(session, { now: 100, clientAwayMs: 999_999, agentAwayMs: 999_999 })).toBeUndefined()
    expect(await over(session, { now: 101 })).toBe('No client connected.')
  })

  it('is over when an end stays away', async () => {
    expect(await over({ status: 'Connected' }, { clientAwayMs: 60_001 })).toBe('The client is gone.')
    expect(await over({ status: 'Connected' }, { agentAwayMs: 20_001 })).toContain('is lost')
    expect(await over({ status: 'Connected' }, { agentAwayMs: 10_001, hadAgent: false })).toContain('cannot be reached')
  })

  it('is over when its task or its instance is', async () => {
    const stopped = { task: { lastStatus: 'STOPPED' as const }, instance: {} }
    expect(await over({}, {}, stopped)).toBe('The task has stopped.')
    expect(await over({ taskId: 'gone' }, {})).toBe('The task has stopped.')
    const deregistered = { task: {}, instance: { status: 'INACTIVE' as const } }
    expect(await over({}, {}, deregistered)).toBe('The container instance is deregistered.')
  })
})
