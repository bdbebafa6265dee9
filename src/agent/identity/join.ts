/** A machine joins: it makes a key pair, shows the activation of its token once, and keeps who it is from then on. */
import { generateKeyPair } from 'node:crypto'
import type { JsonCaller } from '../../agentlink/json-caller.ts'
import type { Ids } from '../../kit/ids.ts'
import type { JoinToken } from '../../kit/join-token.ts'
import { util } from '../../kit/node.ts'
import type { MachineIdentity } from './identity-file.ts'

const KEY_BITS = 2048
const CALL_TIMEOUT_MS = 30_000
/** A call that was answered and lost has used the activation up: it is made once, unless it did not arrive. */
const RETRIES = {
  backoff: { minMs: 1000, maxMs: 10_000, jitter: 0.2, multiplier: 2 },
  withinMs: 60_000,
  isRetried: ({ status }: { readonly status: number }): boolean => status === 0 || status === 503,
}

/** Rejects with `ControlApiError` if the activation is refused. */
export const join = async (token: JoinToken, caller: JsonCaller, ids: Ids): Promise<MachineIdentity> => {
  const { endpoint, region, cluster, activationId, activationCode, authority } = token
  const { publicKey, privateKey } = await util.promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS })
  const fingerprint = ids.uuid()
  const { InstanceId: instanceId } = await caller.call({
    target: 'AmazonSSM.RegisterManagedInstance',
    input: {
      ActivationId: activationId,
      ActivationCode: activationCode,
      PublicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      PublicKeyType: 'Rsa',
      Fingerprint: fingerprint,
    },
    // There is nothing to sign with yet.
    sign: ({ headers }) => headers,
    retries: RETRIES,
    timeoutMs: CALL_TIMEOUT_MS,
  })
  return {
    instanceId: String(instanceId),
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    fingerprint,
    endpoint,
    region,
    cluster,
    ...(authority !== undefined && { authority }),
  }
}
