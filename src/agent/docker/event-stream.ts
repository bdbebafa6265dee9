/**
 * The engine's container events, for as long as the agent lives: when the stream breaks (the engine restarts, say) it is opened
 * again. Events may be delivered twice and are lost while the stream is down; `onConnected` tells when to look at everything afresh.
 */
import type { IncomingMessage } from 'node:http'
import { Backoff } from '../../kit/backoff.ts'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { RuntimeEvent } from '../runtime.ts'
import type { EngineApi } from './engine-api.ts'
import type { EventAnswer } from './engine-types.ts'
import { jsonLines } from './json-lines.ts'

const WATCHED_EVENTS: readonly RuntimeEvent['action'][] = [
  'create',
  'start',
  'stop',
  'die',
  'restart',
  'oom',
  'health_status',
  'destroy',
]

const RECONNECT = { minMs: 100, maxMs: 5_000, jitter: 0.2, multiplier: 2 }
const OPEN_TIMEOUT_MS = 30_000
/** The engine answers before it subscribes. Asking for the moments before closes the gap, at the price of repeated events. */
const OVERLAP_MS = 1_000

export interface EventStreamOptions {
  readonly api: EngineApi
  readonly clock: Clock
  readonly ids: Ids
  readonly labels: Readonly<Record<string, string>>
  readonly onEvent: (event: RuntimeEvent) => void
  readonly onConnected: () => void
}

export class EventStream {
  readonly #options: EventStreamOptions
  readonly #backoff: Backoff
  #isClosed = false
  #response: IncomingMessage | undefined
  #retry: Timer | undefined

  constructor(options: EventStreamOptions) {
    this.#options = options
    this.#backoff = new Backoff(RECONNECT, options.ids)
    void this.#run()
  }

  close(): void {
    this.#isClosed = true
    this.#retry?.cancel()
    this.#response?.destroy()
  }

  async #run(): Promise<void> {
    try {
      await this.#read()
    } catch {
      // However the stream ended, the answer is the same: open it again. The calls beside it report what is wrong.
    }
    if (!this.#isClosed) this.#retry = this.#options.clock.setTimer(this.#backoff.next(), () => void this.#run())
  }

  async #read(): Promise<void> {
    const { api, clock, labels, onEvent, onConnected } = this.#options
    const response = await api.stream({
      method: 'GET',
      path: '/events',
      query: { filters: filtersText(labels), since: sinceText(clock.now() - OVERLAP_MS) },
      timeoutMs: OPEN_TIMEOUT_MS,
    })
    this.#response = response
    if (this.#isClosed) return void response.destroy()
    this.#backoff.reset()
    onConnected()
    for await (const line of jsonLines<EventAnswer>(response)) {
      const event = eventOf(line)
      if (event !== undefined && !this.#isClosed) onEvent(event)
    }
  }
}

const filtersText = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify({ type: ['container'], event: WATCHED_EVENTS, label: labelFilter(labels) })

export const labelFilter = (labels: Readonly<Record<string, string>>): string[] =>
  Object.entries(labels).map(([name, value]) => `${name}=${value}`)

const sinceText = (milliseconds: number): string => (milliseconds / 1000).toFixed(3)

/** The action may carry a detail: `health_status: healthy`. */
const eventOf = ({ Action, Actor }: EventAnswer): RuntimeEvent | undefined => {
  const action = WATCHED_EVENTS.find((watched) => Action === watched || Action.startsWith(`${watched}:`))
  return action && { containerId: Actor.ID, action, labels: Actor.Attributes ?? {} }
}
