/**
 * Turns what can go wrong on the way to the engine into a `RuntimeError`: the engine's own answers keep its words, failures of the
 * connection say what cannot be reached. ECS's names and prefixes are put in front by those who report the error.
 */
import { goDuration } from '../engine/reasons.ts'
import { RuntimeError, type RuntimeErrorKind } from '../runtime.ts'
import type { EngineEndpoint } from './engine-endpoint.ts'

const KIND_BY_STATUS: Readonly<Record<number, RuntimeErrorKind>> = { 404: 'not-found', 409: 'conflict' }

/** The error of an answer whose status is no success. The body is `{"message": ...}`; anything else is quoted as it is. */
export const errorOfAnswer = (status: number, body: string): RuntimeError => {
  const message = messageOf(body) || `status ${status}`
  return new RuntimeError(KIND_BY_STATUS[status] ?? 'refused', message)
}

const messageOf = (body: string): string => {
  const text = body.trim()
  if (!text.startsWith('{')) return text
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    return typeof message === 'string' ? message.trim() : text
  } catch {
    return text
  }
}

/** The error of a connection that could not be made, or that broke before the answer was complete. */
export const errorOfConnection = (endpoint: EngineEndpoint, error: NodeJS.ErrnoException): RuntimeError => {
  if (error instanceof RuntimeError) return error
  const reason =
    error.code === 'EACCES'
      ? `permission denied while trying to connect to the Docker daemon socket at ${endpoint.name}`
      : `Cannot connect to the Docker daemon at ${endpoint.name}. Is the docker daemon running? (${error.code ?? error.message})`
  return new RuntimeError('unreachable', reason)
}

/** AWS: how the ECS agent words that a call took too long. */
export const timedOut = (transition: string, timeoutMs: number): RuntimeError =>
  new RuntimeError(
    'timeout',
    `Could not transition to ${transition}; timed out after waiting ${goDuration(timeoutMs / 1000)}`,
  )

/** Texts by which registries say that they have no such image, or none for these credentials. */
const REGISTRY_DENIALS = [
  /pull access denied/i,
  /requested access to the resource is denied/i,
  /\bdenied: /i,
  /unauthorized/i,
  /no basic auth credentials/i,
  /authentication required/i,
  /manifest unknown/i,
  /name unknown/i,
  /\bnot found\b/i,
  /does not exist/i,
]

/** The same error with the kind that a registry's refusal has; the engine answers those with various statuses, or in the stream. */
export const asRegistryError = (error: RuntimeError): RuntimeError => {
  if (error.kind === 'unreachable' || error.kind === 'timeout') return error
  const denied = REGISTRY_DENIALS.some((pattern) => pattern.test(error.message))
  return new RuntimeError(denied ? 'denied' : 'refused', error.message)
}
