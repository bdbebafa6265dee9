/** Makes the Docker volumes that a task mounts, before its containers are created. Making one that exists does no harm. */
import { util } from '../../kit/node.ts'
import { changeVolume } from '../engine/changes.ts'
import type { EngineTask, EngineVolume } from '../engine/task.ts'
import { type LocalVolume, RuntimeError } from '../runtime.ts'
import type { StepTools, VolumeStep } from './step.ts'

export const createVolume: VolumeStep = {
  name: 'create-volume',
  due: (task, volume) => task.desiredStatus === 'RUNNING' && task.resources === 'HELD' && volume.status === 'NONE',
  run: async (_task, volume, tools) => {
    try {
      await provide(volume, tools)
      return (task) => changeVolume(task, volume.name, 'CREATED')
    } catch (error) {
      if (!(error instanceof RuntimeError) || error.kind === 'unreachable') throw error
      tools.log.warn('cannot create volume', { volume: volume.source, error: error.message })
      return withoutVolume
    }
  },
}

const provide = async (volume: EngineVolume, { runtime, settings, ownLabels }: StepTools): Promise<void> => {
  const { source, scope, autoprovision, driver, driverOpts, labels } = volume
  if (scope === 'shared') {
    const existing = await runtime.inspectVolume(source)
    if (existing !== undefined) return settings.sharedVolumeMatchFullConfig ? requireMatch(volume, existing) : undefined
    if (!autoprovision) throw new RuntimeError('not-found', `no such volume: ${source}`)
  }
  await runtime.createVolume(source, {
    ...(driver !== undefined && { driver }),
    ...(driverOpts !== undefined && { driverOpts }),
    // A shared volume outlives its task and may be used by anybody, so it does not carry this agent's mark.
    labels: scope === 'task' ? { ...labels, ...ownLabels } : { ...labels },
  })
}

const requireMatch = (volume: EngineVolume, existing: LocalVolume): void => {
  const differs = [
    ...(volume.driver !== undefined && volume.driver !== existing.driver ? ['driver'] : []),
    ...(util.isDeepStrictEqual(volume.driverOpts ?? {}, existing.driverOpts ?? {}) ? [] : ['driver options']),
    ...(util.isDeepStrictEqual(volume.labels ?? {}, existing.labels ?? {}) ? [] : ['labels']),
  ]
  if (differs.length === 0) return
  throw new RuntimeError('conflict', `volume ${volume.source} exists with other ${differs.join(' and ')}`)
}

const withoutVolume = (task: EngineTask): EngineTask => ({
  ...task,
  desiredStatus: 'STOPPED',
  reason: task.reason || "VolumeError: Agent could not create task's volume resources",
})
