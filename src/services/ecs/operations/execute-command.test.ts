import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import { aTask, aTaskContainer } from '../../../../test/builders/a-task.ts'
import { aTaskDefinition } from '../../../../test/builders/a-task-definition.ts'
import { seeded } from '../../../../test/seeded.ts'
import { DATA_CHANNEL_CAPABILITY, tokenDigest } from '../../../model/exec-session.ts'
import { executeCommand } from './execute-command.ts'

const [TASK_ID, INSTANCE_ID] = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210']
const INPUT = { task: TASK_ID, command: 'ls', interactive: true }

const world = () =>
  seeded({
    instances: [
      aContainerInstance({ containerInstanceId: INSTANCE_ID, attributes: [{ name: DATA_CHANNEL_CAPABILITY }] }),
    ],
    definitions: [aTaskDefinition()],
    tasks: [
      aTask({
        taskId: TASK_ID,
        containerInstanceId: INSTANCE_ID,
        lastStatus: 'RUNNING',
        enableExecuteCommand: true,
        containers: [
          aTaskContainer({
            lastStatus: 'RUNNING',
            runtimeId: 'app-1',
            managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus: 'RUNNING' }],
          }),
        ],
      }),
    ],
  })

describe('ExecuteCommand', () => {
  it('keeps the session, and of its token the digest', async () => {
    const ecs = await world()
    const { session } = await ecs.call(executeCommand, INPUT)
    const row = ecs.store.tables.sessions.get(session?.sessionId ?? '')
    expect(row).toMatchObject({
      taskId: TASK_ID,
      containerInstanceId: INSTANCE_ID,
      containerName: 'app',
      runtimeId: 'app-1',
      command: 'ls',
      sessionType: 'InteractiveCommands',
      status: 'Connecting',
      tokenDigest: tokenDigest(session?.tokenValue ?? ''),
    })
    expect(JSON.stringify(row)).not.toContain(session?.tokenValue)
  })

  it.each([
    ['a name', { host: 'ecs.example.com' }, 'ws://ecs.example.com/'],
    ['TLS', { host: 'ecs.example.com:8443', isSecureTransport: true }, 'wss://ecs.example.com:8443/'],
    ['IPv6', { host: '[::1]:4566' }, 'ws://[::1]:4566/'],
    ['nothing', {}, 'ws://'],
    ['nonsense', { host: 'a/b@c' }, 'ws://127.0.0.1'],
  ])('has the client come the way that it came: by %s', async (_, call, beginning) => {
    const ecs = await world()
    const { session } = await ecs.call(executeCommand, INPUT, call)
    expect(session?.streamUrl?.startsWith(beginning)).toBe(true)
    expect(session?.streamUrl).toMatch(/\/v1\/data-channel\/ecs-execute-command-[0-9a-f]{32}\?role=publish_subscribe$/)
  })

  it.each([[''], [' '], ['x'.repeat(4097)], ['a\0b']])('refuses the command %j', async (command) => {
    const ecs = await world()
    await expect(ecs.call(executeCommand, { ...INPUT, command })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
  })

  it('runs without a terminal if it is asked to', async () => {
    const ecs = await world()
    const { session, interactive } = await ecs.call(executeCommand, { ...INPUT, interactive: false })
    expect(interactive).toBe(false)
    expect(ecs.store.tables.sessions.get(session?.sessionId ?? '')?.sessionType).toBe('NonInteractiveCommands')
  })
})
