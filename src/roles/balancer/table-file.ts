/**
 * The last routing table on disk, so that a balancer serves it when the control plane is away: what was said, line by line, as it was said.
 * What comes after the last `ready` counts for nothing. Private keys are in it: the file is its owner's alone. It need not survive a power
 * cut: the control plane says everything again.
 */
import { appendFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { decodeControlMessage } from '../../agentlink/balancer-messages.ts'
import type { Told } from '../../agentlink/balancer-client.ts'
import { type Completed, itemsOf, ReceivedTable } from '../../agentlink/received-table.ts'
import { readFileIfPresent, writePrivateText } from '../../kit/installation.ts'
import type { BalancerWelcome, ControlMessage } from '../../model/load-balancing/messages.ts'

/** What has changed since may be as large as the table itself, and this; then the table is written anew. */
const SPARE_BYTES = 1024 * 1024

const linesOf = (messages: Iterable<ControlMessage>): string =>
  Array.from(messages, (message) => `${JSON.stringify(message)}\n`).join('')

export class TableFile {
  readonly #file: string
  /** Of the table, and of the whole file. */
  #tableBytes = 0
  #fileBytes = Number.POSITIVE_INFINITY

  constructor(directory: string) {
    this.#file = path.join(directory, 'routing-table.jsonl')
  }

  /** The last table that was kept whole. */
  read(): Told | undefined {
    const text = readFileIfPresent(this.#file)
    if (text === undefined) return undefined
    const received = new ReceivedTable()
    let last: { readonly revision: number; readonly completed: Completed } | undefined
    let welcome: BalancerWelcome | undefined
    for (const line of text.split('\n')) {
      const message = decodeControlMessage(line)
      if (message?.type === 'welcome') welcome = message
      else if (message?.type === 'ready') last = { revision: message.revision, completed: received.complete() }
      else if (message?.type === 'set' || message?.type === 'remove') received.apply(message)
    }
    return last && welcome && { ...last.completed, isFirst: true, revision: last.revision, welcome }
  }

  keep(told: Told): void {
    const lines = linesOf([...told.changes, { type: 'ready', revision: told.revision }])
    const isTooLarge = this.#fileBytes + lines.length > 2 * this.#tableBytes + SPARE_BYTES
    if (told.isFirst || isTooLarge) return this.#writeWhole(told)
    const fileBytes = this.#fileBytes + lines.length
    // What may be there in part is not appended to.
    this.#fileBytes = Number.POSITIVE_INFINITY
    appendFileSync(this.#file, lines)
    this.#fileBytes = fileBytes
  }

  #writeWhole({ table, revision, welcome }: Told): void {
    this.#fileBytes = Number.POSITIVE_INFINITY
    const items = Array.from(itemsOf(table), (item) => ({ type: 'set', item }) as const)
    writePrivateText(this.#file, linesOf([{ ...welcome, type: 'welcome' }, ...items, { type: 'ready', revision }]))
    this.#tableBytes = this.#fileBytes = statSync(this.#file).size
  }
}
