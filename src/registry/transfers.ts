/** How many layers are on their way at once: each holds a piece of memory for as long as its client takes. */
import { BLOB_TRANSFERS, REGISTRY_RETRY_SECONDS } from '../model/registry-limits.ts'
import { RegistryFault } from './registry-fault.ts'

export class Transfers {
  readonly #limit: number
  #running = 0

  constructor(limit = BLOB_TRANSFERS) {
    this.#limit = limit
  }

  /** Rejects with `RegistryFault` if there are too many. */
  async run(work: () => void | Promise<void>): Promise<void> {
    if (this.#running >= this.#limit) throw tooMany('Too many layers are being pushed and pulled at once.')
    this.#running += 1
    try {
      await work()
    } finally {
      this.#running -= 1
    }
  }
}

/** Clients come again after a while. */
export const tooMany = (message: string): RegistryFault =>
  new RegistryFault('TOOMANYREQUESTS', message, { headers: { 'Retry-After': `${REGISTRY_RETRY_SECONDS}` } })
