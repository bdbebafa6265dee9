/**
 * RegisterManagedInstance: a machine joins with the id and code of an activation, and leaves the public half of its key. Who has the code
 * needs no signature; each use of it counts.
 */
import { createPublicKey, timingSafeEqual } from 'node:crypto'
import { ACTIVATION_KEY_BITS } from '../../../model/limits.ts'
import { hashOfActivationCode, newManagedInstanceId } from '../../../model/managed-instance.ts'
import type { ActivationRecord } from '../../../model/managed-instance-records.ts'
import { checkConstraints, validation } from '../../constraints.ts'
import type { RegisterManagedInstanceRequest, RegisterManagedInstanceResult } from '../agent-model.ts'
import type { SsmContext, SsmOperation } from '../context.ts'
import { fault } from '../faults.ts'

export const registerManagedInstance: SsmOperation<RegisterManagedInstanceRequest, RegisterManagedInstanceResult> = {
  access: 'open',
  handle: (input, context) => {
    const { tx, ids, now } = context
    checkConstraints(input, { Fingerprint: { min: 1, max: 256 }, PublicKey: { min: 1, max: 4096 } })
    const activation = requireActivation(input, context)
    const publicKey = checkedKey(input)
    const { activationId, account, region, iamRole, registrationsCount, defaultInstanceName, tags } = activation
    const instanceId = newManagedInstanceId(ids)
    tx.activations.update(activationId, { registrationsCount: registrationsCount + 1 })
    tx.managedInstances.insert({
      instanceId,
      account,
      region,
      activationId,
      iamRole,
      publicKey,
      fingerprint: input.Fingerprint ?? '',
      ...(defaultInstanceName !== undefined && { name: defaultInstanceName }),
      registeredAt: now,
      tags,
    })
    return { InstanceId: instanceId }
  },
}

/** The same words for every reason: whoever guesses learns nothing. */
const invalidActivation = () =>
  fault('InvalidActivation', 'The activation is not valid: its id or code is wrong, it expired, or it was used up.')

const requireActivation = (
  { ActivationId: id = '', ActivationCode: code = '' }: RegisterManagedInstanceRequest,
  { tx, now }: SsmContext,
): ActivationRecord => {
  const activation = tx.activations.get(id)
  const hash = Buffer.from(hashOfActivationCode(code))
  if (activation === undefined || !timingSafeEqual(hash, Buffer.from(activation.codeHash))) throw invalidActivation()
  if (activation.expiresAt <= now || activation.registrationsCount >= activation.registrationLimit)
    throw invalidActivation()
  return activation
}

const checkedKey = ({ PublicKey: text = '', PublicKeyType: type }: RegisterManagedInstanceRequest): string => {
  if (type !== undefined && type !== 'Rsa') throw validation('PublicKeyType must be Rsa.')
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
    if (key.asymmetricKeyType === 'rsa' && bits >= ACTIVATION_KEY_BITS.least && bits <= ACTIVATION_KEY_BITS.most)
      return key.export({ format: 'der', type: 'spki' }).toString('base64')
  } catch (error) {
    if (!(error instanceof Error)) throw error
  }
  throw validation(
    `PublicKey must be an RSA key of ${ACTIVATION_KEY_BITS.least} to ${ACTIVATION_KEY_BITS.most} bits, as base64 of its SubjectPublicKeyInfo.`,
  )
}
