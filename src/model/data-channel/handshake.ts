/**
 * The documents with which agent and client agree on a session before its data: the agent asks for actions, the client says what became of
 * them, and the agent says that it begins. With a KMS key, a challenge in between proves that both have the same data key.
 */
import { DataChannelError } from './data-channel-error.ts'
import { bytesIn, decodeJson, encodeJson, type JsonObject, textIn } from './json-payload.ts'

/** Session types of a command; the plugin has the same shell for both. Ports are forwarded by others, which ECS Exec has not. */
export type SessionType = 'InteractiveCommands' | 'NonInteractiveCommands'

export const ACTION_STATUS = { success: 1, failed: 2, unsupported: 3 } as const

export interface HandshakeRequest {
  readonly agentVersion: string
  readonly sessionType: SessionType
  readonly properties?: object
  /** Data is encrypted from end to end under a data key of this KMS key. */
  readonly kmsKeyId?: string | undefined
}

export const encodeHandshakeRequest = ({ agentVersion, sessionType, properties, kmsKeyId }: HandshakeRequest): Buffer =>
  encodeJson({
    AgentVersion: agentVersion,
    RequestedClientActions: [
      ...(kmsKeyId === undefined ? [] : [{ ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: kmsKeyId } }]),
      { ActionType: 'SessionType', ActionParameters: { SessionType: sessionType, Properties: properties ?? {} } },
    ],
  })

export interface RequestedAction {
  readonly actionType: string
  readonly parameters: JsonObject
}

export interface RequestedActions {
  readonly agentVersion: string
  readonly actions: readonly RequestedAction[]
}

/** As the client reads it. Throws `DataChannelError`. */
export const decodeHandshakeRequest = (payload: Uint8Array): RequestedActions => {
  const request = decodeJson(payload)
  return {
    agentVersion: typeof request.AgentVersion === 'string' ? request.AgentVersion : '',
    actions: objectsIn(request, 'RequestedClientActions').map((action) => ({
      actionType: textIn(action, 'ActionType'),
      parameters: isObject(action.ActionParameters) ? action.ActionParameters : {},
    })),
  }
}

export interface ProcessedAction {
  readonly actionType: string
  /** One of `ACTION_STATUS`. */
  readonly status: number
  readonly result?: JsonObject | undefined
  readonly error?: string
}

export interface HandshakeResponse {
  readonly clientVersion: string
  readonly actions: readonly ProcessedAction[]
}

export const encodeHandshakeResponse = ({ clientVersion, actions }: HandshakeResponse): Buffer => {
  const errors = actions.flatMap(({ error }) => (error ? [error] : []))
  return encodeJson({
    ClientVersion: clientVersion,
    ProcessedClientActions: actions.map(({ actionType, status, result, error = '' }) => ({
      ActionType: actionType,
      ActionStatus: status,
      ActionResult: result ?? null,
      Error: error,
    })),
    Errors: errors.length > 0 ? errors : null,
  })
}

/** As the agent reads it. Throws `DataChannelError`. */
export const decodeHandshakeResponse = (payload: Uint8Array): HandshakeResponse => {
  const response = decodeJson(payload)
  return {
    clientVersion: typeof response.ClientVersion === 'string' ? response.ClientVersion : '',
    actions: objectsIn(response, 'ProcessedClientActions').map((action) => ({
      actionType: textIn(action, 'ActionType'),
      status: typeof action.ActionStatus === 'number' ? action.ActionStatus : 0,
      ...(isObject(action.ActionResult) && { result: action.ActionResult }),
      ...(typeof action.Error === 'string' && { error: action.Error }),
    })),
  }
}

/** What the client did not do of what the agent asked for, in one sentence; undefined if it did all of it. */
export const handshakeFailure = (
  { actions }: HandshakeResponse,
  asked: Pick<HandshakeRequest, 'kmsKeyId'>,
): string | undefined => {
  const wanted = asked.kmsKeyId === undefined ? ['SessionType'] : ['KMSEncryption', 'SessionType']
  for (const wantedType of wanted) {
    const done = actions.find(({ actionType }) => actionType === wantedType)
    if (done?.status !== ACTION_STATUS.success)
      return `The client could not do what the session needs (${wantedType}). ${done?.error ?? ''}`.trim()
  }
  return undefined
}

/** The data key that the client had made, encrypted under the KMS key. Throws `DataChannelError`. */
export const encryptedDataKeyOf = ({ actions }: HandshakeResponse): Buffer => {
  const { result } = actions.find(({ actionType }) => actionType === 'KMSEncryption') ?? {}
  if (result === undefined) throw new DataChannelError('The client sent no data key.')
  return bytesIn(result, 'KMSCipherTextKey')
}

export interface HandshakeComplete {
  readonly handshakeMs: number
  /** The client shows it to the user, unless it is empty. */
  readonly customerMessage: string
}

export const encodeHandshakeComplete = ({ handshakeMs, customerMessage }: HandshakeComplete): Buffer =>
  encodeJson({ HandshakeTimeToComplete: Math.round(handshakeMs * 1_000_000), CustomerMessage: customerMessage })

/** Throws `DataChannelError`. */
export const decodeHandshakeComplete = (payload: Uint8Array): HandshakeComplete => {
  const { HandshakeTimeToComplete: nanoseconds, CustomerMessage: message } = decodeJson(payload)
  return {
    handshakeMs: typeof nanoseconds === 'number' ? nanoseconds / 1_000_000 : 0,
    customerMessage: typeof message === 'string' ? message : '',
  }
}

/** Of both directions: bytes that are encrypted. */
export const encodeChallenge = (challenge: Uint8Array): Buffer =>
  encodeJson({ Challenge: Buffer.from(challenge).toString('base64') })

/** Throws `DataChannelError`. */
export const decodeChallenge = (payload: Uint8Array): Buffer => bytesIn(decodeJson(payload), 'Challenge')

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const objectsIn = (object: JsonObject, name: string): readonly JsonObject[] => {
  const value = object[name]
  if (!Array.isArray(value) || !value.every(isObject)) throw new DataChannelError(`The payload has no list "${name}".`)
  return value
}
