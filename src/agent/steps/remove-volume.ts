/**
 * Clean-up: removes a volume that was the task's own, once no container holds it any more. Also one that was never known to be made:
 * the call that should have made it may have been lost.
 */
import { changeVolume } from '../engine/changes.ts'
import { isCleanupDue } from '../engine/cleanup.ts'
import { RuntimeError } from '../runtime.ts'
import type { VolumeStep } from './step.ts'

export const removeVolume: VolumeStep = {
  name: 'remove-volume',
  due: (task, volume, { now, settings }) =>
    volume.scope === 'task' &&
    volume.status !== 'REMOVED' &&
    isCleanupDue(task, settings, now) &&
    task.containers.every(({ removed }) => removed),
  run: async (_task, volume, { runtime }) => {
    try {
      await runtime.removeVolume(volume.source)
    } catch (error) {
      if (!(error instanceof RuntimeError) || error.kind !== 'not-found') throw error
    }
    return (task) => changeVolume(task, volume.name, 'REMOVED')
  },
}
