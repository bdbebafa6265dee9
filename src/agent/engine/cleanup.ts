/** When the remains of a stopped task may go: after the configured wait, and not before the control plane knows that it stopped. */
import { hasLogRouter } from '../firelens/log-routing.ts'
import type { EngineTask } from './task.ts'
import type { Situation } from '../steps/step.ts'
import type { EngineSettings } from './tools.ts'

export const cleanupAt = (task: EngineTask, settings: EngineSettings): number | undefined =>
  task.stoppedAt === undefined || task.sentStatus !== 'STOPPED'
    ? undefined
    : task.stoppedAt + (settings.cleanupWaitSeconds + settings.cleanupJitterSeconds * task.jitter) * 1000

export const isCleanupDue = (task: EngineTask, settings: EngineSettings, now: number): boolean => {
  const at = cleanupAt(task, settings)
  return at !== undefined && now >= at
}

/** Whether nothing of the task is left on the host, so that its record can go too. */
export const isCleanedUp = (task: EngineTask, { settings, now, hasLimits, hasLogRouting, busy }: Situation): boolean =>
  isCleanupDue(task, settings, now) &&
  busy.size === 0 &&
  (!hasLimits || task.limits === 'REMOVED') &&
  (!hasLogRouting || !hasLogRouter(task) || task.logRouting === 'REMOVED') &&
  task.containers.every((container) => container.removed) &&
  task.volumes.every((volume) => volume.scope !== 'task' || volume.status === 'REMOVED')
