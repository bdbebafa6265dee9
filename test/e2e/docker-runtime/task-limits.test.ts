/** Limits of a task as a whole hold over all its containers, by the kernel. */
import { globSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resourceId } from '../../../src/model/arn.ts'
import { defined } from '../../../src/kit/assert.ts'
import { aTask, type ContainerChanges, Harness } from './harness.ts'

let harness: Harness

beforeAll(async () => {
  harness = await Harness.start({}, { ECS_ENABLE_TASK_CPU_MEM_LIMIT: 'true', ECS_TASK_PIDS_LIMIT: '40' })
})

afterAll(() => harness.stop())

/** A task with its limits, whose containers run. */
const runTask = async (containers: readonly ContainerChanges[], limits: { cpu?: number; memory?: number }) => {
  const task = aTask(harness.image, containers, limits)
  const { limits: enforced, runtime } = harness.host
  await defined(enforced, 'task limits').apply(task)
  const ids: string[] = []
  for (const container of task.containers) {
    const id = await harness.create(task, container)
    await runtime.start(id)
    ids.push(id)
  }
  const cleanUp = async () => {
    for (const id of ids) await runtime.remove(id)
    await enforced?.remove(task.arn)
  }
  return { task, ids, cleanUp }
}

/** CPUs that the containers use for two seconds, between the answers of the engine. */
const cpusUsed = async (ids: readonly string[]): Promise<number> => {
  const look = () => Promise.all(ids.map((id) => harness.host.runtime.stats(id)))
  const before = await look()
  await new Promise((resolve) => setTimeout(resolve, 2000))
  const used = (await look()).map(({ cpuTotalNanoseconds, readAt }, index) => {
    const first = before[index]!
    return (cpuTotalNanoseconds - first.cpuTotalNanoseconds) / 1e6 / (readAt - first.readAt)
  })
  return used.reduce((sum, one) => sum + one, 0)
}

describe('a task', () => {
  it('uses no more CPU than it may, all containers together', async () => {
    const busy = (name: string) => ({ name, command: ['sh', '-c', 'while :; do :; done'] })
    const { ids, cleanUp } = await runTask([busy('a'), busy('b')], { cpu: 0.25 })
    const used = await cpusUsed(ids)
    expect(used).toBeGreaterThan(0.05)
    expect(used).toBeLessThan(0.35)
    await cleanUp()
  })

  it('gets no more memory than it has, although its containers have no limit', async () => {
    const command = ['sh', '-c', 'dd if=/dev/zero of=/dev/null bs=64M count=1; exit 5']
    const { ids, cleanUp } = await runTask([{ command }], { memory: 32 })
    const state = await harness.ended(ids[0]!)
    // The kernel takes the process that asked for too much; the shell that waits for it may outlive it.
    expect(await harness.logs(ids[0]!)).not.toContain('64.0MB')
    expect([5, 137]).toContain(state.exitCode)
    await cleanUp()
  })

  it('may start only so many processes', async () => {
    const command = ['sh', '-c', 'i=0; while [ $i -lt 60 ]; do sleep 60 & i=$((i+1)); done']
    const { ids, cleanUp } = await runTask([{ command }], {})
    await harness.ended(ids[0]!)
    expect(await harness.logs(ids[0]!)).toContain("can't fork")
    await cleanUp()
  })

  it('leaves nothing behind', async () => {
    const { task, cleanUp } = await runTask([{ command: ['sleep', '600'] }], { cpu: 1.5, memory: 64 })
    expect(groupsOf(task.arn)).not.toEqual([])
    await cleanUp()
    expect(groupsOf(task.arn)).toEqual([])
  })
})

/** The task's control groups, whoever manages them and in which version. */
const groupsOf = (taskArn: string): string[] =>
  globSync(`/sys/fs/cgroup/{,*/}{ecs/${resourceId(taskArn)},ecstasks.slice/*${resourceId(taskArn)}*}`)
