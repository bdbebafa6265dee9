/**
 * Two installations on one Docker Engine, both with a cluster called `default`. Each sees, takes up and removes its own containers
 * only, also when one of them is started again, and also what a crash left behind.
 */
import { DescribeClustersCommand, ListTasksCommand, StopTaskCommand, type Task } from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildBusyboxImage } from '../busybox-image.ts'
import { connectedInstance, type RunningLongshore, startLongshore, until } from '../longshore.ts'
import {
  createContainer,
  labelOf,
  look,
  reached,
  removeContainer,
  removeContainersOf,
  runSleeper,
} from './containers.ts'
import { aPlace } from './run.ts'

const AGENT_LABEL = 'longshore.agent'

const places = [aPlace(), aPlace()] as const
const tasks: Task[] = []
let image: string

beforeAll(async () => {
  image = await buildBusyboxImage()
})
afterAll(() => {
  removeContainersOf(tasks)
  for (const place of places) {
    for (const id of place.processes()) process.kill(id, 'SIGKILL')
    place.remove()
  }
})

const start = async (which: 0 | 1): Promise<RunningLongshore> => {
  const { dataDir, env } = places[which]
  const longshore = await startLongshore({ dataDir, env })
  await connectedInstance(longshore.client)
  return longshore
}

const runIn = async ({ client }: RunningLongshore): Promise<{ task: Task; runtimeId: string }> => {
  const task = await runSleeper(client, image)
  tasks.push(task)
  return { task, runtimeId: task.containers?.[0]?.runtimeId ?? '' }
}

const tasksOf = async ({ client }: RunningLongshore): Promise<string[]> =>
  (await client.send(new ListTasksCommand({}))).taskArns ?? []

it('keep to their own containers', async () => {
  const [a, b] = [await start(0), await start(1)]
  expect(a.endpoint).not.toBe(b.endpoint)
  const [inA, inB] = [await runIn(a), await runIn(b)]
  const before = { a: look(inA.runtimeId), b: look(inB.runtimeId) }
  expect(await tasksOf(a)).toEqual([inA.task.taskArn])
  expect(await tasksOf(b)).toEqual([inB.task.taskArn])

  // What a crash between two steps leaves behind: containers that carry an agent's label and belong to none of its tasks.
  await a.stop({ keepData: true })
  const orphans = {
    a: createContainer(image, { [AGENT_LABEL]: labelOf(inA.runtimeId, AGENT_LABEL) }),
    b: createContainer(image, { [AGENT_LABEL]: labelOf(inB.runtimeId, AGENT_LABEL) }),
    nobody: createContainer(image, {}),
  }
  // The next agent looks when it starts.
  b.kill('agent')
  await until('b to remove its own orphan', () => look(orphans.b) === undefined)
  expect(look(orphans.a), "b touched a container of a's").toBeDefined()

  const again = await start(0)
  await until('a to remove its own orphan', () => look(orphans.a) === undefined)
  expect(look(orphans.nobody), 'a container of nobody was touched').toBeDefined()
  expect({ a: look(inA.runtimeId), b: look(inB.runtimeId) }).toEqual(before)
  expect(await tasksOf(again)).toEqual([inA.task.taskArn])
  const { clusters: [cluster] = [] } = await b.client.send(new DescribeClustersCommand({}))
  expect(cluster).toMatchObject({ registeredContainerInstancesCount: 1, runningTasksCount: 1 })

  await again.client.send(new StopTaskCommand({ task: inA.task.taskArn }))
  await reached(again.client, inA.task.taskArn ?? '', 'STOPPED')
  expect(look(inB.runtimeId)).toEqual(before.b)
  removeContainer(orphans.nobody)
  await again.stop({ keepData: true })
  await b.stop({ keepData: true })
})
