/** Whether what the instance needs works. Checked on every heartbeat of the control plane, told once per check. */
import type { InstanceStatus } from '../../agentlink/tcs-messages.ts'
import type { Clock } from '../../kit/clock.ts'
import type { ContainerRuntime } from '../runtime.ts'

export class InstanceHealth {
  readonly #runtime: Pick<ContainerRuntime, 'ping'>
  readonly #clock: Clock
  #status: InstanceStatus
  #isTold = false
  #isChecking = false

  constructor(runtime: Pick<ContainerRuntime, 'ping'>, clock: Clock) {
    this.#runtime = runtime
    this.#clock = clock
    const now = clock.now() / 1000
    this.#status = { type: 'ContainerRuntime', status: 'INITIALIZING', lastUpdated: now, lastStatusChange: now }
  }

  async check(): Promise<void> {
    if (this.#isChecking) return
    this.#isChecking = true
    try {
      await this.#runtime.ping()
      this.#found('OK')
    } catch (error) {
      this.#found('IMPAIRED', error instanceof Error ? error.message : String(error))
    }
    this.#isChecking = false
  }

  /** The result of the last check, unless it was told already. */
  untold(): readonly InstanceStatus[] {
    return this.#isTold ? [] : [this.#status]
  }

  told(): void {
    this.#isTold = true
  }

  #found(status: InstanceStatus['status'], statusReason?: string): void {
    const now = this.#clock.now() / 1000
    const lastStatusChange = (status === this.#status.status ? this.#status.lastStatusChange : undefined) ?? now
    this.#status = {
      type: 'ContainerRuntime',
      status,
      ...(statusReason !== undefined && { statusReason }),
      lastUpdated: now,
      lastStatusChange,
    }
    this.#isTold = false
  }
}
