/**
 * Statistics of containers as their own containers see them: the engine's own, with what takes two samples. The engine is asked for one
 * sample at a time, which costs no waiting; the one before it is the telemetry's, or that of an earlier question.
 */
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import { type ContainerRuntime, type ContainerStats, RuntimeError } from '../runtime.ts'
import type { MetadataVersion } from './task-view.ts'

export interface StatsTools {
  readonly runtime: Pick<ContainerRuntime, 'stats'>
  /** The last sample that was taken for other reasons. */
  readonly lastSample: (dockerId: string) => ContainerStats | undefined
}

type Members = Readonly<Record<string, unknown>>

/** AWS: a container without statistics has an entry all the same. */
const NONE: Members = {}
/** Less time between two samples makes rates of noise; the engine itself takes a second. */
const APART_MS = 1000
/** How the engine writes the moment of a sample of what does not run. */
const NEVER = '0001-01-01T00:00:00Z'

export class StatsView {
  readonly #tools: StatsTools
  /** The last sample that was asked for, by the container's id in the runtime. */
  readonly #asked = new Map<string, ContainerStats>()

  constructor(tools: StatsTools) {
    this.#tools = tools
  }

  /** Rejects with `RuntimeError` if the engine cannot say. */
  async ofContainer({ dockerId, knownStatus }: EngineContainer, version: MetadataVersion): Promise<Members> {
    if (dockerId === undefined || knownStatus !== 'RUNNING') return NONE
    const sample = await this.#sample(dockerId)
    const { document } = sample ?? {}
    if (sample === undefined || document === undefined || document['read'] === NEVER) return NONE
    const earlier = this.#earlier(dockerId, sample)
    this.#keep(dockerId, sample)
    return { ...document, ...sinceThen(earlier), ...(version === 'v4' && rates(earlier[0], sample)) }
  }

  /** By the containers' ids in the runtime. */
  async ofTask(task: EngineTask, version: MetadataVersion): Promise<Members> {
    const entries = await Promise.all(
      task.containers.flatMap((container) =>
        container.dockerId === undefined
          ? []
          : this.ofContainer(container, version).then((stats) => [container.dockerId, stats] as const),
      ),
    )
    return Object.fromEntries(entries) as Members
  }

  /** Lets go of what nobody can ask for any more. */
  forget({ containers }: EngineTask): void {
    for (const { dockerId } of containers) if (dockerId !== undefined) this.#asked.delete(dockerId)
  }

  /** Undefined of a container that has just gone. */
  async #sample(dockerId: string): Promise<ContainerStats | undefined> {
    try {
      return await this.#tools.runtime.stats(dockerId)
    } catch (error) {
      if (error instanceof RuntimeError && error.kind !== 'unreachable' && error.kind !== 'timeout') return undefined
      throw error
    }
  }

  /** One to compare later ones with: who asks all the time does not bring the two together. */
  #keep(dockerId: string, sample: ContainerStats): void {
    const kept = this.#asked.get(dockerId)
    if (kept === undefined || sample.readAt - kept.readAt >= APART_MS) this.#asked.set(dockerId, sample)
  }

  /** Those of the same run, the best to compare with first: the newest that is a while ago. */
  #earlier(dockerId: string, sample: ContainerStats): readonly ContainerStats[] {
    const ageMs = ({ readAt }: ContainerStats): number => sample.readAt - readAt
    const earlier = [this.#tools.lastSample(dockerId), this.#asked.get(dockerId)]
      .filter((one) => one !== undefined)
      .filter((one) => ageMs(one) > 0 && one.cpuTotalNanoseconds <= sample.cpuTotalNanoseconds)
      .toSorted((a, b) => ageMs(a) - ageMs(b))
    const isOld = (one: ContainerStats): boolean => ageMs(one) >= APART_MS
    return [...earlier.filter(isOld), ...earlier.filter((one) => !isOld(one)).toReversed()]
  }
}

/** What the engine fills in by itself where it is given a second for it. */
const sinceThen = (earlier: readonly ContainerStats[]): Members => {
  const document = earlier.find((one) => one.document !== undefined)?.document
  return document === undefined ? {} : { preread: document['read'], precpu_stats: document['cpu_stats'] }
}

/** Only of a container that has a network of its own. */
const rates = (before: ContainerStats | undefined, now: ContainerStats): Members => {
  if (before === undefined || now.document?.['networks'] === undefined) return {}
  const seconds = (now.readAt - before.readAt) / 1000
  const perSecond = (counter: 'rxBytes' | 'txBytes'): number =>
    Math.max(0, now.network[counter] - before.network[counter]) / seconds
  return { network_rate_stats: { rx_bytes_per_sec: perSecond('rxBytes'), tx_bytes_per_sec: perSecond('txBytes') } }
}
