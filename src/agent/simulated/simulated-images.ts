/**
 * Images of simulated containers: every one is there, unless the container's labels say that it cannot be pulled. Their digests are known where
 * the control plane names them.
 */
import { parseReference } from '../../model/image-reference.ts'
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import type { ImageOutcome, Images } from '../engine/tools.ts'
import { type Labels, orderFailure } from './orders.ts'

export class SimulatedImages implements Images {
  async ensure(_task: EngineTask, { definition }: EngineContainer): Promise<ImageOutcome> {
    const message = orderFailure(
      labelsOf(definition.dockerConfig.config),
      'fail-pull',
      `cannot pull ${definition.image}`,
    )
    const { digest } = parseReference(definition.image)
    if (message === undefined)
      return { status: 'ready', imageId: 'sha256:simulated', ...(digest !== undefined && { digest }) }
    return { status: 'failed', error: 'CannotPullContainerError', message }
  }
}

/** A configuration that is no JSON fails the container when it is created. */
const labelsOf = (config: string | undefined): Labels => {
  if (config === undefined || !config.includes('fail-pull')) return {}
  try {
    return (JSON.parse(config) as { Labels?: Labels }).Labels ?? {}
  } catch {
    return {}
  }
}
