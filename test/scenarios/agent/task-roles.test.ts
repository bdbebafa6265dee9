/** The credentials of tasks' roles in an agent: how they come, are replaced, outlive nothing, and come back. */
import { describe, expect, it } from 'vitest'
import type { IAMRoleCredentials } from '../../../src/agentlink/acs-messages.ts'
import { aPayloadTask, aTaskArn } from '../../builders/a-payload-task.ts'
import { type AgentWorld, agentWorld } from './agent-world.ts'

const ARN = aTaskArn('0123')
const HOUR = 3_600_000
const CLUSTER = 'arn:aws:ecs:us-east-1:000000000000:cluster/default'

const credentials = (credentialsId: string, generation: number): IAMRoleCredentials => ({
  credentialsId,
  roleArn: 'arn:aws:iam::000000000000:role/app',
  accessKeyId: `ASIA${generation}`,
  secretAccessKey: `secret-${generation}`,
  sessionToken: `token-${generation}`,
  expiration: `2026-01-01T0${generation}:00:00Z`,
})

const aTaskWithRoles = () =>
  aPayloadTask({ roleCredentials: credentials('app', 1), executionRoleCredentials: credentials('execution', 1) })

const refresh = async (world: AgentWorld, generation: number, taskArn = ARN): Promise<void> => {
  world.control.send({
    type: 'IAMRoleCredentialsMessage',
    message: {
      messageId: `refresh-${generation}`,
      taskArn,
      taskClusterArn: CLUSTER,
      roleType: 'TaskApplication',
      roleCredentials: credentials('app', generation),
    },
  })
  await world.rest()
}

const secretOf = (world: AgentWorld, id: string): string | undefined =>
  world.agent.credentials.get(id)?.credentials.secretAccessKey

const acks = (world: AgentWorld) =>
  world.control.acs.filter(({ type }) => type === 'IAMRoleCredentialsAckRequest').map(({ message }) => message)

describe('credentials of a task', () => {
  it('come with it and are acknowledged, each set', async () => {
    const world = await agentWorld()
    await world.send(aTaskWithRoles())
    expect([secretOf(world, 'app'), secretOf(world, 'execution')]).toEqual(['secret-1', 'secret-1'])
    const expiration = '2026-01-01T01:00:00Z'
    expect(acks(world)).toEqual([
      { messageId: 'payload-1', credentialsId: 'app', expiration },
      { messageId: 'payload-1', credentialsId: 'execution', expiration },
    ])
  })

  it('are replaced by those that come later, which are acknowledged', async () => {
    const world = await agentWorld()
    await world.send(aTaskWithRoles())
    await refresh(world, 2)
    expect(secretOf(world, 'app')).toBe('secret-2')
    const expected = { messageId: 'refresh-2', credentialsId: 'app', expiration: '2026-01-01T02:00:00Z' }
    expect(acks(world).at(-1)).toEqual(expected)
  })

  it('are gone after a restart of the agent but for their ids, until they come again', async () => {
    const world = await agentWorld()
    await world.send(aTaskWithRoles())
    await world.restart()
    expect(secretOf(world, 'app')).toBeUndefined()
    expect(world.task(ARN)).toMatchObject({ credentialsId: 'app', executionCredentialsId: 'execution' })
    expect(JSON.stringify(world.checkpoint.load())).not.toMatch(/secret-|token-/)
    await refresh(world, 2)
    expect(secretOf(world, 'app')).toBe('secret-2')
  })

  it('are gone when it has stopped, those of its execution role when it is cleaned up', async () => {
    const world = await agentWorld()
    await world.send(aTaskWithRoles())
    await world.stop(ARN)
    await world.advance(60_000)
    expect([secretOf(world, 'app'), secretOf(world, 'execution')]).toEqual([undefined, 'secret-1'])
    // Too late for the task, and gone with it.
    await refresh(world, 2)
    await world.advance(4 * HOUR)
    expect([secretOf(world, 'app'), secretOf(world, 'execution')]).toEqual([undefined, undefined])
  })

  it('are not kept if it is not here', async () => {
    const world = await agentWorld()
    await refresh(world, 1)
    expect(secretOf(world, 'app')).toBeUndefined()
    expect(acks(world)).toEqual([])
  })
})
