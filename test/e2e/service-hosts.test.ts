/**
 * Goal: a service keeps its tasks through the loss of a host, its return, and a rolling update while another host drains; nothing runs
 * twice, and the number of containers stays between the service's minimum and maximum.
 *
 * Method: three Docker Engines as three hosts in network namespaces, each with its agent, and one control plane. The containers are
 * counted on the engines, not by our own API. HOSTS_RUNS sets how often it is done.
 */
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  ListContainerInstancesCommand,
  RegisterTaskDefinitionCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildBusyboxImage } from './busybox-image.ts'
import { type ContainerHost, startContainerHost } from './container-host.ts'
import { connectedInstances, type RunningLongshore, startLongshore, until } from './longshore.ts'

const RUNS = Number(process.env['HOSTS_RUNS'] ?? 1)
const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c']
const TASKS = 12
const PER_HOST = TASKS / ZONES.length
const MINIMUM_HEALTHY_PERCENT = 75
const MAXIMUM_PERCENT = 150
const [MINIMUM, MAXIMUM] = [9, 18]
const GRACE_SECONDS = 2
const WATCH_EVERY_MS = 30
const CONVERGE_TIMEOUT_MS = 90_000
const VERSION_LABEL = 'com.amazonaws.ecs.task-definition-version'

/** Containers that run, by host; a host that is lost has none. */
type Counts = readonly number[]

const total = (counts: Counts): number => counts.reduce((sum, count) => sum + count, 0)

class Fleet {
  readonly hosts: readonly ContainerHost[]
  readonly #lost = new Set<ContainerHost>()

  constructor(hosts: readonly ContainerHost[]) {
    this.hosts = hosts
  }

  /** Of one revision of the task definition, or of all. */
  async counts(revision?: string): Promise<Counts> {
    return Promise.all(
      this.hosts.map(async (host) => {
        if (this.#lost.has(host)) return 0
        const labels = await host.engine.runningLabels()
        return labels.filter((label) => revision === undefined || label[VERSION_LABEL] === revision).length
      }),
    )
  }

  async lose(host: ContainerHost): Promise<void> {
    this.#lost.add(host)
    await host.lose()
  }

  async restore(host: ContainerHost): Promise<void> {
    await host.restore()
    this.#lost.delete(host)
  }

  /** Resolves when the hosts have these numbers of containers. */
  async reach(what: string, holds: (counts: Counts) => boolean): Promise<void> {
    let last: Counts = []
    await until(what, async () => holds((last = await this.counts())), CONVERGE_TIMEOUT_MS).catch((error: unknown) => {
      throw new Error(`${String(error)}; containers by host: ${last.join(', ')}`)
    })
  }
}

/** Looks at the number of containers again and again until it is ended; gives what it saw. */
const watchTotals = (fleet: Fleet) => {
  const totals: number[] = []
  let isEnding = false
  const watching = (async () => {
    while (!isEnding) {
      totals.push(total(await fleet.counts()))
      await sleep(WATCH_EVERY_MS)
    }
  })()
  return {
    end: async () => {
      isEnding = true
      await watching
      return { lowest: Math.min(...totals), highest: Math.max(...totals), looks: totals.length }
    },
  }
}

describe('a service on three hosts', () => {
  let longshore: RunningLongshore
  let fleet: Fleet
  let image: string

  beforeAll(async () => {
    longshore = await startLongshore({
      command: 'server',
      args: [`--instance-loss-grace-seconds=${GRACE_SECONDS}`, '--service-settling-seconds=1'],
    })
    const { endpoint } = longshore
    // Containers outlive a killed engine, so that a host that comes back has what it had.
    const options = { endpoint, engine: { liveRestore: true } }
    fleet = new Fleet(
      await Promise.all(
        ZONES.map((zone) => startContainerHost({ ...options, attributes: { 'ecs.availability-zone': zone } })),
      ),
    )
    const images = await Promise.all(fleet.hosts.map(({ engine }) => buildBusyboxImage(engine.socket)))
    image = images[0] ?? ''
    await connectedInstances(longshore.client, ZONES.length)
  })

  afterAll(async () => {
    await Promise.all(fleet.hosts.map((host) => host.stop()))
    await longshore.stop()
  })

  const register = async (): Promise<string> => {
    const { taskDefinition } = await longshore.client.send(
      new RegisterTaskDefinitionCommand({
        family: 'web',
        containerDefinitions: [
          {
            name: 'web',
            image,
            cpu: 64,
            memory: 32,
            command: ['sh', '-c', 'trap "exit 0" TERM; sleep 3600 & wait'],
            stopTimeout: 5,
          },
        ],
      }),
    )
    return String(taskDefinition?.revision)
  }

  const instanceIn = async (zone: string): Promise<string> => {
    const { containerInstanceArns: [arn = ''] = [] } = await longshore.client.send(
      new ListContainerInstancesCommand({ filter: `attribute:ecs.availability-zone == ${zone}` }),
    )
    return arn
  }

  const setStatus = async (zone: string, status: 'ACTIVE' | 'DRAINING'): Promise<void> => {
    const containerInstances = [await instanceIn(zone)]
    await longshore.client.send(new UpdateContainerInstancesStateCommand({ containerInstances, status }))
  }

  it.each(Array.from({ length: RUNS }, (_, run) => ({ run })))('keeps its tasks (run $run)', async ({ run }) => {
    const service = `web-${run}`
    const [first, second] = fleet.hosts as [ContainerHost, ContainerHost, ContainerHost]
    await register()
    await longshore.client.send(
      new CreateServiceCommand({
        serviceName: service,
        taskDefinition: 'web',
        desiredCount: TASKS,
        deploymentConfiguration: {
          minimumHealthyPercent: MINIMUM_HEALTHY_PERCENT,
          maximumPercent: MAXIMUM_PERCENT,
        },
      }),
    )
    await fleet.reach('its tasks on all hosts', (counts) => counts.every((count) => count === PER_HOST))

    // A host is lost with its engine and its agent: its tasks run elsewhere.
    await fleet.lose(first)
    await fleet.reach('the lost tasks elsewhere', ([, ...others]) => total(others) === TASKS)

    // It comes back with its containers: they stop, because others took their place. Its zone gets tasks again.
    await fleet.restore(first)
    expect(total(await fleet.counts())).toBe(TASKS + PER_HOST)
    await connectedInstances(longshore.client, ZONES.length)
    await fleet.reach('nothing to run twice', (counts) => counts.every((count) => count === PER_HOST))

    // A new version rolls out while another host drains.
    const watch = watchTotals(fleet)
    const revision = await register()
    await longshore.client.send(new UpdateServiceCommand({ service, taskDefinition: 'web' }))
    await setStatus(ZONES[1]!, 'DRAINING')
    await fleet.reach(
      'the new version on the hosts that stay',
      ([onFirst = 0, onSecond, onThird = 0]) => onSecond === 0 && onFirst + onThird === TASKS,
    )
    await until('only the new version', async () => total(await fleet.counts(revision)) === TASKS, CONVERGE_TIMEOUT_MS)
    const { lowest, highest, looks } = await watch.end()
    expect(looks).toBeGreaterThan(10)
    expect(lowest).toBeGreaterThanOrEqual(MINIMUM)
    expect(highest).toBeLessThanOrEqual(MAXIMUM)
    expect(await second.engine.runningContainers()).toEqual([])

    // Put back into service, the host gets its share.
    await setStatus(ZONES[1]!, 'ACTIVE')
    await fleet.reach('tasks on all hosts again', (counts) => counts.every((count) => count === PER_HOST))

    await longshore.client.send(new DeleteServiceCommand({ service, force: true }))
    await fleet.reach('no tasks', (counts) => total(counts) === 0)
  })
})
