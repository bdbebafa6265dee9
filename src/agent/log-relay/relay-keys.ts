/**
 * What Docker signs log events with: an access key for each container, good for this agent's relay and nothing else. It is derived from a
 * secret of this data directory, so that nothing has to be remembered of containers that run on while the agent is started anew, and it
 * never changes, so that Docker asks for it once. No credentials of a role ever leave the agent this way.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** A container by what its key says. */
export interface RelayedContainer {
  readonly taskId: string
  readonly containerName: string
}

export interface RelayKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const NAME = 'longshore'
const KEY_ID = /^longshore\.([^.]+)\.([^.]+)$/
/** Below it, the path at which Docker finds the key of a container. */
const PATH = '/v2/log-relay'

export class RelayKeys {
  readonly #secret: string

  constructor(secret: string) {
    this.#secret = secret
  }

  keyOf({ taskId, containerName }: RelayedContainer): RelayKey {
    const accessKeyId = `${NAME}.${taskId}.${containerName}`
    return { accessKeyId, secretAccessKey: this.#derive('key', accessKeyId) }
  }

  /** Nobody else can guess it: containers in the host's network can ask there, too. */
  pathOf(container: RelayedContainer): string {
    const { accessKeyId } = this.keyOf(container)
    return `${PATH}/${accessKeyId}/${this.#derive('path', accessKeyId)}`
  }

  /** The container whose key is at that path. Undefined if it is none of these paths, `unknown` if nothing is there. */
  containerAt(pathname: string): RelayedContainer | 'unknown' | undefined {
    if (!pathname.startsWith(`${PATH}/`)) return undefined
    const container = containerOf(pathname.slice(PATH.length + 1).split('/', 1)[0] ?? '')
    return container !== undefined && isSame(this.pathOf(container), pathname) ? container : 'unknown'
  }

  #derive(purpose: 'key' | 'path', accessKeyId: string): string {
    return createHmac('sha256', this.#secret).update(`${purpose}/${accessKeyId}`).digest('hex')
  }
}

/** Whose key it is, if it is one. */
export const containerOf = (accessKeyId: string): RelayedContainer | undefined => {
  const [, taskId, containerName] = KEY_ID.exec(accessKeyId) ?? []
  return taskId === undefined || containerName === undefined ? undefined : { taskId, containerName }
}

export const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
