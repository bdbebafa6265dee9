/** Log routers' files that are only remembered: for which tasks there are any, and what was done. */
import type { EngineTask } from '../../src/agent/engine/task.ts'
import type { LogRouting } from '../../src/agent/engine/tools.ts'

export class FakeLogRouting implements LogRouting {
  /** ARNs of the tasks that have theirs. */
  readonly prepared = new Set<string>()
  /** Thrown by `prepare` as long as it is set. */
  failure: Error | undefined
  /** Called around each call; may throw or end the agent. */
  onCall: (call: 'prepare' | 'remove', when: 'before' | 'after') => void = () => {}

  async prepare({ arn }: EngineTask): Promise<void> {
    this.onCall('prepare', 'before')
    if (this.failure !== undefined) throw this.failure
    this.prepared.add(arn)
    this.onCall('prepare', 'after')
  }

  async remove(taskArn: string): Promise<void> {
    this.onCall('remove', 'before')
    this.prepared.delete(taskArn)
    this.onCall('remove', 'after')
  }
}
