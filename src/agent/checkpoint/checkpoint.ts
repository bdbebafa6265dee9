/**
 * What an agent remembers when it is killed: its tasks and a few facts about itself. Writes are collected and become durable together
 * (`flush`); an adapter applies them in the order in which they were made, all or nothing.
 */
import type { EngineTask } from '../engine/task.ts'

/** Facts about the agent. */
export interface AgentFacts {
  /** Names this data directory: the label that the agent's containers carry. */
  readonly agentId: string
  /** As configured when the agent registered. */
  readonly cluster: string
  readonly containerInstanceArn: string
  /** Where the instance is, as the control plane said at the last registration. */
  readonly availabilityZone: string
  readonly vpcId: string
  /** The highest number of a manifest or payload that was seen. */
  readonly manifestSequence: string
}

export interface Checkpoint {
  /** Everything remembered. Called once, before anything else. */
  load(): { readonly tasks: readonly EngineTask[]; readonly facts: Partial<AgentFacts> }
  putTask(task: EngineTask): void
  forgetTask(taskArn: string): void
  putFact(name: keyof AgentFacts, value: string): void
  /** Resolves when everything put before is durable; rejects if it cannot be written. */
  flush(): Promise<void>
  /** Writes what is pending and lets go of the file. */
  close(): void
}
