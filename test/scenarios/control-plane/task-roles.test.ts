/** Tasks with roles, through control plane and agent, over restarts of both. `--dev` mode takes roles that are not there for granted. */
import { describe, expect, it } from 'vitest'
import { trustingService } from '../../builders/a-task-role.ts'
import { aRole } from '../../builders/a-role.ts'
import { type World, world } from '../../world.ts'

const ROLE = 'arn:aws:iam::000000000000:role/app'
const ENABLED = { ECS_ENABLE_TASK_IAM_ROLE: 'true' }

const aWorld = async (config: Readonly<Record<string, string>> = ENABLED): Promise<World> => {
  const made = await world({ agents: 0 })
  await made.addAgent(config)
  const containerDefinitions = [{ name: 'app', image: 'busybox', memory: 16 }]
  await made.call('RegisterTaskDefinition', { family: 'app', taskRoleArn: ROLE, containerDefinitions })
  return made
}

const run = async (made: World) => {
  const { tasks = [], failures = [] } = await made.call('RunTask', { taskDefinition: 'app' })
  await made.advance(2000)
  return { task: tasks[0], failures }
}

describe('a task with a role', () => {
  it('is placed where roles are served, and nowhere else', async () => {
    expect((await run(await aWorld())).failures).toEqual([])
    expect((await run(await aWorld({}))).failures).toMatchObject([{ reason: 'ATTRIBUTE' }])
  })

  it('has credentials under one id, whoever was started anew', async () => {
    const made = await aWorld()
    const { task } = await run(made)
    const [agent] = made.agents
    const first = agent!.credentialsOf(task!.taskArn!)
    expect(first?.roleArn).toBe(ROLE)

    agent!.restart()
    await made.advance(5000)
    const second = agent!.credentialsOf(task!.taskArn!)
    made.killControlPlane()
    await made.startControlPlane()
    await made.advance(90_000)
    const third = agent!.credentialsOf(task!.taskArn!)

    expect(new Set([first, second, third].map((each) => each?.credentialsId)).size).toBe(1)
    expect(new Set([first, second, third].map((each) => each?.accessKeyId)).size).toBe(3)
    expect((await made.task(task!)).lastStatus).toBe('RUNNING')
  })

  it('has none when it has stopped', async () => {
    const made = await aWorld()
    const { task } = await run(made)
    await made.call('StopTask', { task: task!.taskArn })
    await made.advance(60_000)
    expect((await made.task(task!)).lastStatus).toBe('STOPPED')
    expect(made.agents[0]!.credentialsOf(task!.taskArn!)).toBeUndefined()
  })

  it('that does not trust ECS stops before it starts, and the call that ran it succeeds', async () => {
    const made = await aWorld()
    const assumeRolePolicyDocument = trustingService('ec2.amazonaws.com')
    await made.store.transact((tx) => tx.roles.insert(aRole({ assumeRolePolicyDocument })))
    const { task, failures } = await run(made)
    expect(failures).toEqual([])
    await made.advance(5000)
    expect(await made.task(task!)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringContaining(`ECS was unable to assume the role '${ROLE}'`) as string,
    })
    expect(await made.agents[0]!.runningContainers()).toEqual([])
  })
})
