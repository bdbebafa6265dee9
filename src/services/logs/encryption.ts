/**
 * Keys of KMS under which groups have their events encrypted. A group gets a data key for each; who works with the data keys is the log
 * store. It is the service that uses the KMS key, and so the key's policy must allow the service, not the caller.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
import { randomBytes } from 'node:crypto'
import { SEALING_KEY_BYTES } from '../../kit/sealing.ts'
import { parseArn } from '../../model/arn.ts'
import type { KmsKeyRecord } from '../../model/kms-records.ts'
import { type LogDataKey, logEncryptionContext, type LogGroupRecord } from '../../model/log-records.ts'
import { evaluate } from '../../model/policy/evaluate.ts'
import { parsePolicyDocument } from '../../model/policy/parse.ts'
import { preparePolicy } from '../../model/policy/prepare.ts'
import { Fault } from '../../wire/fault.ts'
import { keyDemand } from '../kms-demands.ts'
import { encryptWithKey, requireKmsKey } from '../kms-keys.ts'
import type { LogsContext } from './context.ts'
import { invalidParameter } from './faults.ts'

type Encryption = Required<Pick<LogGroupRecord, 'kmsKeyArn' | 'dataKeys'>>

/** What the group's record has when the key is its own. Throws `InvalidParameterException` if the key is not there, or cannot be used. */
export const encryptionWith = (
  context: LogsContext,
  group: Pick<LogGroupRecord, 'arn' | 'dataKeys'>,
  kmsKeyId: string,
): Encryption => {
  const key = requireUsableKey(context, group, kmsKeyId)
  const { dataKeys = [] } = group
  const dataKey = newDataKey(context, group, key)
  const isKnown = dataKeys.some(({ kmsKeyArn }) => kmsKeyArn === key.arn)
  return { kmsKeyArn: key.arn, dataKeys: isKnown ? dataKeys : [...dataKeys, dataKey] }
}

/** AWS: keys are named by ARN. The services' own keys serve no groups. */
const requireUsableKey = (context: LogsContext, group: Pick<LogGroupRecord, 'arn'>, kmsKeyId: string): KmsKeyRecord => {
  const isKeyArn = parseArn(kmsKeyId)?.resource.startsWith('key/') === true
  if (!isKeyArn) throw invalidParameter(`The specified KMS Key Id is not the ARN of a key: ${kmsKeyId}`)
  const key = orInvalid(() => requireKmsKey(context, kmsKeyId))
  if (key.managedFor !== undefined || !mayUse(context, group, key))
    throw invalidParameter(`The specified KMS Key Id is not allowed to be used with Arn '${group.arn}'`)
  return key
}

const newDataKey = (context: LogsContext, group: Pick<LogGroupRecord, 'arn'>, key: KmsKeyRecord): LogDataKey => {
  const plain = randomBytes(SEALING_KEY_BYTES)
  const encrypted = orInvalid(() => encryptWithKey(context, key, plain, logEncryptionContext(group)))
  return { dataKeyId: context.ids.uuid(), kmsKeyArn: key.arn, encryptedKey: encrypted.toString('base64') }
}

/** What KMS has against it, in this service's words. */
const orInvalid = <T>(work: () => T): T => {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw invalidParameter(`The specified KMS Key Id cannot be used. ${error.message}`)
  }
}

const ACTIONS = ['kms:GenerateDataKey', 'kms:Decrypt'] as const

/** Whether the key's policy lets the service encrypt and decrypt for this group. */
const mayUse = (context: LogsContext, group: Pick<LogGroupRecord, 'arn'>, key: KmsKeyRecord): boolean =>
  !context.guard.applies(context) || ACTIONS.every((action) => isAllowed(context, group, key, action))

const isAllowed = (
  context: LogsContext,
  group: Pick<LogGroupRecord, 'arn'>,
  key: KmsKeyRecord,
  action: string,
): boolean => {
  const demand = keyDemand(context, key, { encryptionContext: logEncryptionContext(group) })
  const policy = preparePolicy(parsePolicyDocument(demand.resourcePolicy ?? key.policy, 'resource'), {
    id: key.arn,
    type: 'resource',
  })
  return [`logs.${context.region}.amazonaws.com`, 'logs.amazonaws.com'].some((service) => {
    const asService = {
      'aws:sourceaccount': [context.account],
      'aws:sourcearn': [group.arn],
      'aws:principalisawsservice': ['true'],
      'aws:principalservicename': [service],
    }
    const request = { principal: { service }, action, resource: key.arn, context: { ...demand.context, ...asService } }
    return evaluate(request, { identity: [], resource: policy, resourcePolicyMustAllow: true }).outcome === 'allowed'
  })
}
