/** Why a call of the control API did not succeed. */
import type { HttpAnswer } from './http-transport.ts'

interface ControlApiFailure {
  readonly type: string
  readonly message: string
  readonly status?: number
  readonly requestId?: string | undefined
}

export class ControlApiError extends Error {
  override readonly name = 'ControlApiError'
  /** The modelled exception, e.g. `ClusterNotFoundException`; `Unreachable` if no answer came. */
  readonly type: string
  /** HTTP status; 0 if no answer came. */
  readonly status: number
  /** As the service names the request that it refused. */
  readonly requestId: string | undefined
  /** How often the call was made, all in vain. */
  attempts = 1

  constructor({ type, message, status = 0, requestId }: ControlApiFailure) {
    super(message)
    this.type = type
    this.status = status
    this.requestId = requestId
  }

  /** The same call may succeed later. */
  get isTransient(): boolean {
    return this.type === UNREACHABLE || this.status >= 500 || this.status === 429 || THROTTLING.has(this.type)
  }
}

const UNREACHABLE = 'Unreachable'
const THROTTLING: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'ServerException',
])

export const unreachable = (operation: string, cause: unknown): ControlApiError => {
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new ControlApiError({ type: UNREACHABLE, message: `${operation} got no answer: ${detail}` })
}

/** Reads `__type`, with or without a namespace before `#`, and `message` or `Message`. */
export const errorOfAnswer = (operation: string, { status, body, requestId }: HttpAnswer): ControlApiError => {
  const { __type, message, Message } = parse(body)
  const type = typeof __type === 'string' ? (__type.split('#').at(-1) ?? __type) : `HTTP ${status}`
  const text = [message, Message].find((candidate) => typeof candidate === 'string')
  return new ControlApiError({
    type,
    status,
    requestId,
    message: (text as string | undefined) ?? `${operation} failed`,
  })
}

const parse = (body: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
