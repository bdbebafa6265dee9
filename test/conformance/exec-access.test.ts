/** Who may run commands in containers, and who may resume and end whose sessions: policies by cluster, task, container and session. */
import type { ExecuteCommandRequest } from '@aws-sdk/client-ecs'
import { afterEach, expect, it } from 'vitest'
import { type ExecWorld, execWorld } from '../exec-world.ts'

let world: ExecWorld
afterEach(() => world.close())

const ECS_ARN = 'arn:aws:ecs:us-east-1:000000000000'
const SESSION_ARN = 'arn:aws:ssm:us-east-1:000000000000:session'
const allow = (Action: string | string[], Resource: string | string[], Condition?: object): object => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
})
const EXECUTE = allow('ecs:ExecuteCommand', [`${ECS_ARN}:cluster/default`, `${ECS_ARN}:task/default/*`])

const attempt = async (run: () => Promise<unknown>): Promise<string> => {
  try {
    await run()
    return 'allowed'
  } catch (error) {
    return error instanceof Error && /not authorized to perform/.test(error.message) ? 'denied' : String(error)
  }
}

it('allows commands on cluster and task, and nothing less', async () => {
  world = await execWorld()
  const input: ExecuteCommandRequest = { task: world.taskArn, command: 'sh', interactive: true }
  const tried = async (name: string, ...statements: object[]): Promise<string> => {
    const { ecs } = await world.asUser(name, ...statements)
    return attempt(() => ecs.executeCommand(input))
  }
  expect(await tried('both', EXECUTE)).toBe('allowed')
  expect(await tried('cluster', allow('ecs:ExecuteCommand', `${ECS_ARN}:cluster/default`))).toBe('denied')
  expect(await tried('task', allow('ecs:ExecuteCommand', world.taskArn))).toBe('denied')
  expect(await tried('other', allow('ecs:RunTask', '*'))).toBe('denied')
  expect(await tried('elsewhere', allow('ecs:ExecuteCommand', '*', { ArnEquals: { 'ecs:cluster': 'x' } }))).toBe(
    'denied',
  )
})

it('allows commands by the name of the container, named or not', async () => {
  world = await execWorld()
  const only = (container: string): object =>
    allow('ecs:ExecuteCommand', '*', { StringEquals: { 'ecs:container-name': container } })
  const [app, db] = [await world.asUser('app', only('app')), await world.asUser('db', only('db'))]
  const input = { task: world.taskArn, command: 'sh', interactive: true }
  expect(await attempt(() => app.ecs.executeCommand(input))).toBe('allowed')
  expect(await attempt(() => app.ecs.executeCommand({ ...input, container: 'app' }))).toBe('allowed')
  expect(await attempt(() => db.ecs.executeCommand(input))).toBe('denied')
  expect(await attempt(() => db.ecs.executeCommand({ ...input, container: 'app' }))).toBe('denied')
})

it('allows sessions to be resumed and ended by those who may', async () => {
  world = await execWorld()
  const { session } = await world.execute()
  const SessionId = session?.sessionId ?? ''
  const own = await world.asUser('own', allow('ssm:*Session', `${SESSION_ARN}/${SessionId}`))
  const other = await world.asUser('other', allow('ssm:*Session', `${SESSION_ARN}/ecs-execute-command-0`))
  const none = await world.asUser('none', EXECUTE)
  for (const { ssm } of [other, none]) {
    expect(await attempt(() => ssm.resumeSession({ SessionId }))).toBe('denied')
    expect(await attempt(() => ssm.terminateSession({ SessionId }))).toBe('denied')
    expect(await attempt(() => ssm.describeSessions({ State: 'Active' }))).toBe('denied')
  }
  expect(await attempt(() => own.ssm.resumeSession({ SessionId }))).toBe('allowed')
  expect(await attempt(() => own.ssm.terminateSession({ SessionId }))).toBe('allowed')
})
