/** Every controller of the control plane, and the two servers that let agents in to them. */
import { type AcsServer, acsServer } from '../agentlink/acs-server.ts'
import { type TcsServer, tcsServer } from '../agentlink/tcs-server.ts'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import type { Store } from '../store/store.ts'
import { PlanMemory } from './service-scheduler/plan-memory.ts'
import { AgentTelemetry } from './agent-telemetry/agent-telemetry.ts'
import { TaskMetrics } from './agent-telemetry/task-metrics.ts'
import { ControllerLoop, type ControllerStatus } from './loop.ts'
import { TaskAssignment } from './task-assignment/task-assignment.ts'
import { noTaskCredentials } from './task-assignment/task-credentials.ts'
import { clientTokenRetention } from './retention/client-token-retention.ts'
import { containerInstanceRetention } from './retention/container-instance-retention.ts'
import { taskDefinitionRetention } from './retention/task-definition-retention.ts'
import { taskRetention } from './retention/task-retention.ts'

export interface ControllersOptions {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

export class Controllers {
  readonly acs: AcsServer
  readonly tcs: TcsServer
  /** Why services are not where they should be. */
  readonly plans = new PlanMemory()
  readonly #assignment: TaskAssignment
  readonly #loop: ControllerLoop

  constructor(options: ControllersOptions) {
    const { store, clock, ids, log } = options
    this.#assignment = new TaskAssignment({ ...options, credentials: noTaskCredentials })
    const telemetry = new AgentTelemetry({ store, clock, log, metrics: new TaskMetrics() })
    this.acs = acsServer({ clock, ids, log, host: this.#assignment })
    this.tcs = tcsServer({ clock, ids, log, host: telemetry })
    this.#loop = new ControllerLoop(
      [
        this.#assignment,
        telemetry,
        taskRetention(options),
        taskDefinitionRetention(options),
        containerInstanceRetention(options),
        clientTokenRetention(options),
      ],
      { clock, ids, log },
    )
  }

  /** Resolves when agents may connect. */
  async start(): Promise<void> {
    await this.#assignment.disconnectAll()
    this.#loop.start()
  }

  async stop(): Promise<void> {
    this.acs.close()
    this.tcs.close()
    await this.#loop.stop()
  }

  status(): readonly ControllerStatus[] {
    return this.#loop.status()
  }
}
