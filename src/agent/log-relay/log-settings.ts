/** The log configuration of a container, as its payload has it and as Docker gets it. */
import { isJsonObject, type JsonObject } from '../docker/overlay.ts'
import type { EngineContainer } from '../engine/task.ts'

type LogOptions = Readonly<Record<string, string>>

/** Of a container's payload; undefined if it says nothing. */
export const logConfigOf = ({
  definition,
}: EngineContainer): { readonly type: string; readonly options: LogOptions } | undefined => {
  const { hostConfig } = definition.dockerConfig
  const config: unknown = hostConfig ? (JSON.parse(hostConfig) as JsonObject)['LogConfig'] : undefined
  if (!isJsonObject(config)) return undefined
  const { Type: type, Config: options } = config
  return { type: typeof type === 'string' ? type : '', options: isJsonObject(options) ? (options as LogOptions) : {} }
}

/** AWS: of a non-blocking log driver whose buffer is not sized. */
export const USUAL_BUFFER = '10m'

const BYTES = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i
const UNITS = ['', 'k', 'm', 'g', 't', 'p']

/** Of log lines that wait for the control plane. */
export interface LogBuffer {
  readonly bytes: number
  /** Whether the container waits when it is full; else lines are lost. */
  readonly isWaitedFor: boolean
}

/** Of mode `blocking`: a dozen of Docker's batches, so that neither side waits for the other's pauses. */
const AHEAD_BYTES = 16 * 1024 * 1024

export const bufferOf = ({ mode, 'max-buffer-size': size = USUAL_BUFFER }: LogOptions): LogBuffer => {
  if (mode !== 'non-blocking') return { bytes: AHEAD_BYTES, isWaitedFor: true }
  const [, number = '10', unit = 'm'] = BYTES.exec(size) ?? []
  return { bytes: Number(number) * 1024 ** UNITS.indexOf(unit.toLowerCase()), isWaitedFor: false }
}
