/**
 * Errors in ECS's words: `<Name>: <detail>` as it stands in the reason of a container.
 * Names: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
import type { RuntimeError } from '../runtime.ts'

export type FailedStep =
  | 'CannotCreateContainerError'
  | 'CannotStartContainerError'
  | 'CannotStopContainerError'
  | 'CannotCreateVolumeError'

/** What the Docker client says: an answer of the engine is marked as such. */
export const engineText = (error: RuntimeError): string =>
  error.kind === 'timeout' || error.kind === 'unreachable'
    ? error.message
    : `Error response from daemon: ${error.message}`

/** A duration as Go prints it: `4m0s`, `1h0m0s`, `30s`. */
export const goDuration = (seconds: number): string => {
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  const rest = `${seconds % 60}s`
  if (hours > 0) return `${hours}h${minutes}m${rest}`
  return minutes > 0 ? `${minutes}m${rest}` : rest
}

/** The reason for a call that failed: its own name, or a timeout of the transition it stood for. */
export const reasonFor = (name: FailedStep, error: RuntimeError, transition: string, limitSeconds: number): string =>
  error.kind === 'timeout'
    ? `DockerTimeoutError: Could not transition to ${transition}; timed out after waiting ${goDuration(limitSeconds)}`
    : `${name}: ${engineText(error)}`

export const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage'
export const VANISHED = 'ContainerVanishedError: No container matching saved ID found'
export const CANNOT_STOP_UNKNOWN = "TaskStateError: Agent could not progress task's state to stopped"

export const unrecognized = (detail: string): string => `UnrecogniedTaskError: Error loading task - ${detail}`

export const unresolvable = (taskArn: string): string => `Task dependencies cannot be resolved, taskArn: ${taskArn}`

/** AWS: the control plane refuses longer ones. Cut by bytes, never within a character. */
export const cutReason = (reason: string, bytes: number): string => {
  if (Buffer.byteLength(reason) <= bytes) return reason
  return Buffer.from(reason)
    .subarray(0, bytes)
    .toString()
    .replace(/\uFFFD$/, '')
}
