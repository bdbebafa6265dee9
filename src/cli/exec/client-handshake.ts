/** The client's part of a session's handshake: it can do sessions of commands, and encrypt them. */
import {
  ACTION_STATUS,
  decodeChallenge,
  decodeHandshakeRequest,
  encodeChallenge,
  type ProcessedAction,
  type RequestedAction,
} from '../../model/data-channel/handshake.ts'
import { DataChannelError } from '../../model/data-channel/data-channel-error.ts'
import { SessionCipher } from '../../model/data-channel/session-cipher.ts'

export interface DataKey {
  readonly plain: Uint8Array
  readonly encrypted: Uint8Array
}

/** Has KMS make a data key for the session. */
export type DataKeySource = (kmsKeyId: string) => Promise<DataKey>

const COMMAND_SESSIONS: ReadonlySet<unknown> = new Set([
  'Standard_Stream',
  'InteractiveCommands',
  'NonInteractiveCommands',
])

export const answerHandshake = async (
  request: Uint8Array,
  dataKey: DataKeySource,
): Promise<{ readonly actions: readonly ProcessedAction[]; readonly cipher: SessionCipher | undefined }> => {
  const actions: ProcessedAction[] = []
  let cipher: SessionCipher | undefined
  for (const { actionType, parameters } of decodeHandshakeRequest(request).actions) {
    if (actionType !== 'KMSEncryption') {
      actions.push(processed({ actionType, parameters }))
      continue
    }
    const key = await dataKey(String(parameters['KMSKeyId']))
    cipher = new SessionCipher(key.plain, 'client')
    const result = { KMSCipherTextKey: Buffer.from(key.encrypted).toString('base64') }
    actions.push({ actionType, status: ACTION_STATUS.success, result })
  }
  return { actions, cipher }
}

const processed = ({ actionType, parameters }: RequestedAction): ProcessedAction =>
  actionType === 'SessionType' && COMMAND_SESSIONS.has(parameters['SessionType'])
    ? { actionType, status: ACTION_STATUS.success }
    : { actionType, status: ACTION_STATUS.unsupported, error: `Unsupported action ${actionType}` }

/** Proves that this end has the key. Throws `DataChannelError`. */
export const answerChallenge = (payload: Uint8Array, cipher: SessionCipher | undefined): Buffer => {
  if (cipher === undefined) throw new DataChannelError('There is a challenge in a session that is not encrypted.')
  return encodeChallenge(cipher.encrypt(cipher.decrypt(decodeChallenge(payload))))
}
